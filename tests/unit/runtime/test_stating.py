"""A call as it is stated: every slip is told by the name of the argument, and no value is told."""

from collections.abc import Mapping

import pytest

from evalgate.errors import UsageError
from evalgate.model.content import ToolResult
from evalgate.runtime.asked import Asked, AsyncOptions, Options, Unserved
from evalgate.runtime.stating import (
    check_fallback,
    check_function,
    check_results,
    check_words,
    checked_fallbacks,
    own_text,
    stated,
)

PRIVATE = "4711-private"


async def later(told: Unserved) -> str:
    return told.error


def now(told: Unserved) -> str:
    return told.error


def slip(prompt: object = "shop", variables: object = None, **options: object) -> str:
    """Return what is told of a call that is stated wrongly."""
    given: object = {"question": "?"} if variables is None else variables
    with pytest.raises(UsageError) as caught:
        stated(prompt, given, options, is_awaited=False)  # type: ignore[arg-type]  # slips
    return str(caught.value)


def test_a_call_is_stated_with_all_that_was_said() -> None:
    options: Options = {
        "feature": "support",
        "user": "ann",
        "conversation": "c",
        "pin": "v1",
        "tenant": "t",
        "deadline": 2,
        "idempotency_key": "k",
        "files": {"a.png": b"x"},
        "fallback": now,
    }
    asked = stated("shop", {"question": "?"}, options, is_awaited=False, streamed=True)
    assert asked == Asked(prompt="shop", variables={"question": "?"}, streamed=True, **options)


def test_an_option_that_is_none_is_as_if_it_were_not_there() -> None:
    options: Mapping[str, object] = dict.fromkeys(Options.__annotations__)
    asked = stated("shop", {}, options, is_awaited=False)  # type: ignore[arg-type]  # untyped callers
    assert asked == Asked(prompt="shop", variables={})


@pytest.mark.parametrize("awaited", ["feature", "user", "conversation", "pin", "tenant"])
def test_what_is_to_be_a_text_is_one(awaited: str) -> None:
    told = slip(**{awaited: 4711})
    assert told == f"{awaited}: expected a text, got a value of type int: give it as `str(…)`"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"idempotency_key": 5}, "idempotency_key: expected a text"),
        ({"feture": PRIVATE}, "unknown option `feture` (did you mean `feature`?)"),
        ({"deadline": PRIVATE}, "deadline: expected a number of seconds"),
        ({"files": [PRIVATE]}, "files: expected a mapping of contents by name"),
        ({"files": {5: b"x"}}, "files: expected names that are texts"),
        ({"files": {"a.png": PRIVATE}}, "files: `a.png`: expected bytes"),
        ({"fallback": PRIVATE}, "fallback: expected a function that returns a text"),
        ({"fallback": later}, "fallback: the function is asynchronous: use AsyncRuntime"),
    ],
)
def test_a_wrong_option_is_told_by_its_name_and_without_its_value(
    options: dict[str, object], told: str
) -> None:
    message = slip(**options)
    assert message.startswith(told)
    assert PRIVATE not in message


def test_prompt_and_variables_are_a_name_and_a_mapping() -> None:
    assert slip(prompt=None) == "prompt: expected its name, got None"
    assert slip(variables=PRIVATE).startswith("variables: expected a mapping of variables by name")
    assert slip(variables={5: PRIVATE}).startswith("variables: expected names that are texts")


def test_an_asynchronous_runtime_takes_both_kinds_of_fallback() -> None:
    options: AsyncOptions = {"fallback": later}
    assert stated("shop", {}, options, is_awaited=True).fallback is later
    check_fallback("fallback", now, is_awaited=True)


def test_the_fallbacks_of_a_runtime_are_functions_for_prompts_that_exist() -> None:
    assert checked_fallbacks({"shop": now}, ["shop"], is_awaited=False) == {"shop": now}
    with pytest.raises(UsageError, match=r"fallbacks: there is no prompt `sohp` \(did you mean"):
        checked_fallbacks({"sohp": now}, ["shop"], is_awaited=False)
    with pytest.raises(UsageError, match="fallbacks: `shop`: the function is asynchronous"):
        checked_fallbacks({"shop": later}, ["shop"], is_awaited=False)


def test_what_a_fallback_returns_is_a_text() -> None:
    assert own_text("We will write back.") == "We will write back."
    with pytest.raises(UsageError, match="fallback: expected a text, got None"):
        own_text(None)


def test_a_coroutine_in_place_of_a_text_is_closed_and_told() -> None:
    coroutine = later(
        Unserved(prompt="shop", version="v1", variables={}, error="timeout", request_id="r")
    )
    with pytest.raises(UsageError, match="use AsyncRuntime to await it"):
        own_text(coroutine)
    with pytest.raises(RuntimeError, match="cannot reuse"):
        coroutine.send(None)


@pytest.mark.parametrize(("said", "told"), [("", "empty"), (" \n", "empty"), (5, "type int")])
def test_whoever_says_something_says_words(said: object, told: str) -> None:
    check_words("And the other one?")
    with pytest.raises(UsageError, match=f"say: expected a text, got .*{told}"):
        check_words(said)


def test_results_of_tools_are_texts_by_id() -> None:
    check_results({"a": "sent", "b": ToolResult(call="", content="none", failed=True)})
    with pytest.raises(UsageError, match="give: expected a mapping of results"):
        check_results([PRIVATE])
    with pytest.raises(UsageError, match="give: expected a text or a ToolResult, got a value of"):
        check_results({"a": {"status": PRIVATE}})


def test_a_function_may_be_left_out() -> None:
    check_function("chooser", None)
    check_function("chooser", now)
    with pytest.raises(UsageError, match="chooser: expected a function, got a value of type str"):
        check_function("chooser", "v2")  # type: ignore[arg-type]  # a slip
