"""Facts about OpenFeature, with its own SDK: prompts as flags, and flags as versions to serve."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, Problem, UsageError
from evalgate.model.call import Arm
from evalgate.model.prompt import Canary, PromptVersion, Switch
from evalgate.prompts.version import read_version
from evalgate.runtime.versions.live_prompt import LivePrompt, Pointed, outranked
from evalgate.runtime.versions.openfeature import PromptProvider, chooser
from evalgate.runtime.versions.split import arm_of, chosen


def version(name: str) -> PromptVersion:
    content = f"---\nmodel: m\nmax_tokens: 1\n---\n## user\n\nway {name}\n".encode()
    return read_version("sum-up", f"prompts/sum-up/{name}.md", content=content, parser=FORMATS)


SPLIT = Canary(version="v4", percent=50, salt="s")
TWO = outranked(
    Pointed(prompt="sum-up", stable=version("v3"), canary=version("v4"), split=SPLIT), None, None
)
ONE = outranked(Pointed(prompt="sum-up", stable=version("v3")), None, None)
OFF = replace(ONE, switch=Switch(disabled=True))


def live(prompt: str) -> LivePrompt:
    prompts = {"two": TWO, "one": ONE, "off": OFF}
    if prompt == "broken":
        raise ConfigurationError([Problem(path="live.yaml", message="not YAML")])
    if prompt not in prompts:
        raise UsageError("there is no prompt")
    return prompts[prompt]


@pytest.fixture
def client() -> Iterator[OpenFeatureClient]:
    api.set_provider_and_wait(PromptProvider(live), "evalgate-tests")
    yield api.get_client("evalgate-tests")
    api.clear_providers()


def test_a_prompt_with_one_version_is_static(client: OpenFeatureClient) -> None:
    details = client.get_string_details("one", "none")
    assert (details.value, details.variant, details.reason) == ("v3", "stable", Reason.STATIC)
    assert details.flag_metadata == {"pointer": ONE.pointer, "prompt_hash": ONE.stable.hash}


@pytest.mark.parametrize("arm", Arm)
def test_a_prompt_with_a_canary_is_split_by_the_targeting_key(
    client: OpenFeatureClient, arm: Arm
) -> None:
    unit = next(f"user-{n}" for n in range(100) if arm_of(f"user-{n}", SPLIT) is arm)
    details = client.get_string_details("two", "none", EvaluationContext(targeting_key=unit))
    served = TWO.canary if arm is Arm.CANARY else TWO.stable
    assert served is not None
    assert (details.value, details.variant) == (served.version, arm.value)
    assert details.reason == Reason.SPLIT
    assert details.flag_metadata["prompt_hash"] == served.hash


def test_a_split_needs_a_targeting_key(client: OpenFeatureClient) -> None:
    details = client.get_string_details("two", "none")
    assert (details.value, details.error_code) == ("none", ErrorCode.TARGETING_KEY_MISSING)


def test_a_prompt_that_is_switched_off_gives_the_default(client: OpenFeatureClient) -> None:
    details = client.get_string_details("off", "none")
    assert (details.value, details.variant, details.reason) == ("none", None, Reason.DISABLED)


@pytest.mark.parametrize(
    ("flag", "code"),
    [("unknown", ErrorCode.FLAG_NOT_FOUND), ("broken", ErrorCode.PARSE_ERROR)],
)
def test_what_cannot_be_served_is_an_error_of_openfeature(
    client: OpenFeatureClient, flag: str, code: ErrorCode
) -> None:
    details = client.get_string_details(flag, "none")
    assert (details.value, details.error_code) == ("none", code)


def test_a_prompts_flag_is_a_text(client: OpenFeatureClient) -> None:
    found = [
        client.get_boolean_details("one", True).error_code,
        client.get_integer_details("one", 1).error_code,
        client.get_float_details("one", 1.0).error_code,
        client.get_object_details("one", {}).error_code,
    ]
    assert found == [ErrorCode.TYPE_MISMATCH] * 4


async def test_the_asynchronous_client_is_served_too(client: OpenFeatureClient) -> None:
    assert await client.get_string_value_async("one", "none") == "v3"


# The other direction


def flags(value: str) -> InMemoryProvider:
    return InMemoryProvider({"sum-up": InMemoryFlag(default_variant="on", variants={"on": value})})


@pytest.mark.parametrize(
    ("value", "arm"),
    [("v3", Arm.STABLE), ("v4", Arm.CANARY), ("v9", None), ("", None)],
)
def test_a_flag_chooses_between_what_is_live(value: str, arm: Arm | None) -> None:
    api.set_provider_and_wait(flags(value), "evalgate-tests")
    choose = chooser(api.get_client("evalgate-tests"))
    units = [f"user-{n}" for n in range(50)]
    arms = [chosen(TWO, unit, chooser=choose).arm for unit in units]
    assert arms == [arm or arm_of(unit, SPLIT) for unit in units]
    api.clear_providers()


def test_without_a_flag_the_split_decides() -> None:
    api.set_provider_and_wait(InMemoryProvider({}), "evalgate-tests")
    assert chooser(api.get_client("evalgate-tests"))("sum-up", "user-1") is None
    api.clear_providers()


def test_a_flag_of_another_type_is_no_choice() -> None:
    flag = InMemoryFlag(default_variant="on", variants={"on": 4})
    api.set_provider_and_wait(InMemoryProvider({"sum-up": flag}), "evalgate-tests")
    assert chooser(api.get_client("evalgate-tests"))("sum-up", "user-1") is None
    api.clear_providers()
