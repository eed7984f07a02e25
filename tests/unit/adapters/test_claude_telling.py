"""Facts about telling failures without telling secrets."""

import httpx2
import pytest
from anthropic import AnthropicError

from evalgate.adapters.claude_telling import LONGEST_MESSAGE, Teller
from evalgate.model.chat import FailureKind
from evalgate.model.route import Provider


class NoCredentialsError(Exception):
    """As the packages raise it that look for credentials."""


@pytest.mark.parametrize("package", ["botocore.exceptions", "google.auth.exceptions", "boto3.x"])
def test_credentials_that_cannot_be_found_are_missing(package: str) -> None:
    class CloudError(NoCredentialsError):
        __module__ = package

    failure = Teller(provider=Provider.VERTEX).failure(CloudError("no default credentials"))
    assert failure is not None
    assert failure.kind is FailureKind.AUTHENTICATION
    assert "no default credentials" in failure.message
    assert "check the credentials of the route" in failure.message


def test_the_sdk_says_by_a_runtime_error_that_it_found_none_where_it_looked_for_them() -> None:
    error = RuntimeError("Could not resolve AWS credentials from session")
    failure = Teller(provider=Provider.BEDROCK).failure(error)
    assert failure is not None
    assert failure.kind is FailureKind.AUTHENTICATION


def test_what_the_sdk_refuses_to_send_is_told_in_its_own_words() -> None:
    failure = Teller().failure(AnthropicError("not supported\nthere"))
    assert failure is not None
    assert failure.kind is FailureKind.REQUEST
    assert failure.message == "AnthropicError: not supported there"


def test_a_message_names_the_server_without_what_stands_before_it() -> None:
    teller = Teller(url="http://me:password-1@host:1/x", secrets=("password-1",))
    failure = teller.failure(httpx2.ConnectError("x"))
    assert failure is not None
    assert failure.message.startswith("no answer from http://host:1: ConnectError")


def test_a_placeholder_for_a_key_is_no_secret() -> None:
    assert Teller(secrets=("none",)).told(FailureKind.SERVER, "none left").message == "none left"


@pytest.mark.parametrize("provider", [Provider.DIRECT, Provider.FOUNDRY])
def test_where_nothing_looks_for_credentials_a_runtime_error_is_a_bug(provider: Provider) -> None:
    assert Teller(provider=provider).failure(RuntimeError("x")) is None


def test_a_bug_escapes_a_watched_call() -> None:
    with pytest.raises(KeyError), Teller().watching(within=1):
        raise KeyError


def test_a_watched_call_that_takes_too_long_is_told_with_its_time() -> None:
    with Teller().watching(within=2.5) as watch:
        raise TimeoutError
    assert watch.failure is not None
    assert watch.failure.message == "no answer within 2.5 s"


def test_a_call_that_goes_well_has_no_failure() -> None:
    with Teller().watching(within=1) as watch:
        pass
    assert watch.failure is None


def test_a_message_is_one_short_printable_line_without_secrets() -> None:
    told = Teller(secrets=("password-1",)).told(
        FailureKind.SERVER, "a\n::error::\x1b[31m password-1 " + "b" * 10_000
    )
    assert told.message.startswith("a ::error:: [31m [key] bbb")
    assert len(told.message) == LONGEST_MESSAGE
