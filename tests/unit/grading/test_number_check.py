"""Facts about comparing numbers in answers."""

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.finding import Finding
from evalgate.grading.number_check import number, number_fault
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data


def found(argument: Data, text: str) -> Finding:
    assert number_fault(argument) is None
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)
    return number(argument, Answer(completion=completion))


@pytest.mark.parametrize(
    ("argument", "text", "holds"),
    [
        (42, "42", True),
        (42, "The total is 42.", True),
        (42.5, "Es sind 42,50 €.", True),
        (1234.5, "CHF 1'234.50", True),
        (1234, "1,234 items", True),
        (1.234, "1,234 kg", True),
        ({"equals": 0.3, "within": 0.1}, "0.4", True),
        ({"equals": 0.3, "within": 0.1}, "0.41", False),
        ({"equals": 200, "within_percent": 1}, "about 202", True),
        ({"equals": 200, "within_percent": 1}, "about 203", False),
        (7, "no number", False),
        (7, "7 of 9", False),
        (7, "7 and again 7", True),
        ({"equals": 7, "pick": "first"}, "7 of 9", True),
        ({"equals": 9, "pick": "last"}, "7 of 9", True),
        ({"equals": 9, "pick": "any"}, "7 of 9 of 11", True),
        ({"equals": 8, "pick": "any"}, "7 of 9", False),
        ({"equals": 19, "path": "$.n"}, '{"n": 19.0}', True),
        ({"equals": 19, "path": "$.n"}, '{"n": "19"}', False),
        ({"equals": 19, "path": "$.n"}, '{"m": 19}', False),
        ({"equals": 19, "path": "$[*]"}, "[19, 19]", False),
        (-3, "−3 °C", True),
    ],
)
def test_numbers_are_compared_by_value(argument: Data, text: str, holds: bool) -> None:
    result = found(argument, text)
    assert result.holds is holds, result.reason


def test_several_numbers_ask_for_a_choice() -> None:
    assert found(7, "7 of 9").reason == (
        "Several numbers stand in the answer (`7`, `9`); `pick` says which one counts."
    )


def test_an_answer_that_is_no_json_fails_with_and_without_not() -> None:
    result = found({"equals": 1, "path": "$.a"}, "one")
    assert (result.holds, result.final) == (False, True)


@pytest.mark.parametrize(
    "argument",
    [
        None,
        "7",
        True,
        {},
        {"equals": "7"},
        {"equals": 7, "within": -1},
        {"equals": 7, "withn": 1},
        {"equals": 7, "pick": "second"},
        {"equals": 7, "path": "n"},
        float("inf"),
    ],
)
def test_a_wrong_argument_is_a_fault(argument: Data) -> None:
    assert number_fault(argument) is not None


def test_several_numbers_fail_negated_or_not() -> None:
    assert found(42, "It is 42, or 43.").final
    assert not found(42, "It is 43.").final
