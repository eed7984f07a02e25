"""Facts about exceptions that stand for no error response."""

import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from json import JSONDecodeError
from typing import cast

import aiohttp
import anthropic
import anthropic.lib
import httpx2
import pytest
from aiohttp.client_reqrep import ConnectionKey
from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    RetryableError,
)

from evalgate.adapters.claude_exceptions import BY_CLASS, kind_of_exception
from evalgate.model.chat import FailureKind

REQUEST = httpx2.Request("POST", "http://host/v1/messages")


def family(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


def shell(kind: type[BaseException]) -> BaseException:
    """Make an instance of a class whatever its arguments are."""
    return kind.__new__(kind)


def import_the_platforms() -> None:
    """Load the parts of the SDK that it does not load by itself, and whose errors may meet us."""
    for module in pkgutil.walk_packages(anthropic.lib.__path__, "anthropic.lib."):
        # What needs a package that is not installed cannot raise anything either.
        with suppress(ImportError):
            import_module(module.name)


def test_every_exception_of_the_sdk_that_is_no_error_response_has_a_kind() -> None:
    import_the_platforms()
    without_response = [
        each for each in family(anthropic.AnthropicError) if not issubclass(each, APIStatusError)
    ]
    assert len(without_response) >= 10
    missing = [each.__qualname__ for each in without_response if not kind_of_exception(shell(each))]
    assert missing == []


@pytest.mark.parametrize("root", [httpx2.HTTPError, httpx2.InvalidURL, aiohttp.ClientError])
def test_every_exception_of_the_line_has_a_kind(root: type[Exception]) -> None:
    missing = [each.__qualname__ for each in family(root) if not kind_of_exception(shell(each))]
    assert missing == []


def test_an_exact_class_stands_before_the_wider_one_that_it_belongs_to() -> None:
    rows = list(BY_CLASS)
    for index, row in enumerate(rows):
        assert not any(issubclass(later, row) for later in rows[index + 1 :]), row


def caused(cause: Exception) -> APIConnectionError:
    error = APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


def on_the_line(cause: Exception) -> httpx2.ConnectError:
    error = httpx2.ConnectError("broke")
    error.__cause__ = cause
    return error


NOBODY = cast("ConnectionKey", None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (caused(httpx2.ConnectError("refused")), FailureKind.CONNECTION),
        (caused(httpx2.ReadError("half a body")), FailureKind.CUT),
        (caused(httpx2.DecodingError("no gzip")), FailureKind.MALFORMED),
        (caused(aiohttp.ServerDisconnectedError()), FailureKind.CUT),
        (caused(on_the_line(aiohttp.ServerDisconnectedError())), FailureKind.CUT),
        (caused(on_the_line(aiohttp.ClientOSError())), FailureKind.CUT),
        (
            caused(on_the_line(aiohttp.ClientConnectorError(NOBODY, OSError()))),
            FailureKind.CONNECTION,
        ),
        (caused(ZeroDivisionError()), FailureKind.CONNECTION),
        (APIConnectionError(request=REQUEST), FailureKind.CONNECTION),
        (APITimeoutError(request=REQUEST), FailureKind.TIMEOUT),
        (httpx2.ReadTimeout("slow"), FailureKind.TIMEOUT),
        (httpx2.RemoteProtocolError("half"), FailureKind.CUT),
        (RetryableError("again"), FailureKind.SERVER),
        (JSONDecodeError("no", "{", 1), FailureKind.MALFORMED),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), FailureKind.MALFORMED),
        (RecursionError(), FailureKind.MALFORMED),
        (ModuleNotFoundError("botocore"), FailureKind.AUTHENTICATION),
        (AnthropicError("not there"), FailureKind.REQUEST),
        (ConnectionResetError(), FailureKind.CONNECTION),
    ],
)
def test_the_kind_is_what_happened_on_the_line(error: Exception, kind: FailureKind) -> None:
    assert kind_of_exception(error) is kind


@pytest.mark.parametrize("error", [ValueError("x"), TypeError(), KeyError("x"), RuntimeError("x")])
def test_a_bug_has_no_kind(error: Exception) -> None:
    assert kind_of_exception(error) is None
