"""Facts about values at paths of JSON answers."""

import json
from time import process_time

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.finding import Finding
from evalgate.grading.json_path import json_path, json_path_fault, path_fault
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data
from tests.machine import slowness

DATA: Data = {
    "a": {"b": [1, 2.5, "x"], "none": None, "yes": True},
    "items": [{"n": "pen", "price": 2}, {"n": "ink", "price": 5}],
}


def found(argument: Data, text: str | None = None) -> Finding:
    assert json_path_fault(argument) is None
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(
        text=json.dumps(DATA) if text is None else text,
        model="m",
        stop_reason="end_turn",
        usage=usage,
        latency_ms=1,
    )
    return json_path(argument, Answer(completion=completion))


@pytest.mark.parametrize(
    ("argument", "holds"),
    [
        ({"path": "$.a.b[0]", "equals": 1}, True),
        ({"path": "$.a.b[0]", "equals": 1.0}, True),
        ({"path": "$.a.b[0]", "equals": "1"}, False),
        ({"path": "$.a.yes", "equals": 1}, False),
        ({"path": "$.a.none", "equals": None}, True),
        ({"path": "$.a.yes", "equals": None}, False),
        ({"path": "$.gone", "equals": None}, False),
        ({"path": "$.a.b", "equals": [1, 2.5, "x"]}, True),
        ({"path": "$.items[*].n", "regex": "^(pen|ink)$"}, True),
        ({"path": "$.items[*].n", "equals": "pen"}, False),
        ({"path": "$.items[*].price", "min": 2}, True),
        ({"path": "$.items[*].price", "min": 3}, False),
        ({"path": "$.items[*].price", "max": 5, "min": 1}, True),
        ({"path": "$.items[*]", "count": 2}, True),
        ({"path": "$.items[*]", "count": 3}, False),
        ({"path": "$.gone", "count": 0}, True),
        ({"path": "$.gone", "exists": False}, True),
        ({"path": "$.a", "exists": False}, False),
        ({"path": "$.a", "exists": True}, True),
        ({"path": "$.a.b[2]", "one_of": ["y", "x"]}, True),
        ({"path": "$.a.none", "one_of": [None]}, True),
        ({"path": "$.a.b[2]", "one_of": ["y"]}, False),
        ({"path": "$.a.b", "contains": "x"}, True),
        ({"path": "$.a.b", "contains": 2.5}, True),
        ({"path": "$.items[0].n", "contains": "en"}, True),
        ({"path": "$.items[0].price", "contains": "2"}, False),
        ({"path": "$..price", "min": 1, "count": 2}, True),
        ({"path": "$.items[?@.price > 3].n", "equals": "ink"}, True),
        ({"path": "$.a.b[2]", "min": 1}, False),
    ],
)
def test_every_selected_value_must_meet_every_condition(argument: Data, holds: bool) -> None:
    result = found(argument)
    assert result.holds is holds, result.reason


def test_the_reason_names_what_stands_there() -> None:
    assert found({"path": "$.a.b[0]", "equals": 2}).reason == "At `$.a.b[0]` stands `1`, not `2`."


def test_an_answer_that_is_no_json_fails_with_and_without_not() -> None:
    result = found({"path": "$.a", "exists": False}, "no JSON")
    assert (result.holds, result.final) == (False, True)


@pytest.mark.parametrize(
    "argument",
    [
        "$.a",
        {"path": "$.a"},
        {"equals": 1},
        {"path": "a.b", "equals": 1},
        {"path": "$.a[", "equals": 1},
        {"path": "$.a", "equlas": 1},
        {"path": "$.a", "one_of": []},
        {"path": "$.a", "exists": "yes"},
        {"path": "$.a", "min": "1"},
        {"path": "$.a", "regex": "("},
        {"path": "$.a[?match(@.b, 'x')]", "exists": True},
        {"path": "$..*..*..*", "exists": True},
        {"path": "$.a[?@..b]", "exists": True},
        {"path": "$" + ".a" * 300, "exists": True},
    ],
)
def test_a_wrong_argument_is_a_fault(argument: Data) -> None:
    assert json_path_fault(argument) is not None


def test_a_wrong_path_says_why() -> None:
    assert "RFC 9535" in str(path_fault("$.a["))


def test_a_path_over_a_huge_answer_ends_soon() -> None:
    nested = "[" * 90 + "1" + "]" * 90
    wide = json.dumps([{"a": [1] * 10}] * 20_000)
    start = process_time()
    assert found({"path": "$..*..*", "min": 0}, wide).cause == "too_large"
    found({"path": "$..*..*", "exists": True}, nested)
    found({"path": "$.a", "exists": True}, "[" * 100_000)
    assert process_time() - start < 5 * slowness()


def test_a_slow_pattern_is_ungraded() -> None:
    slow: Data = {"path": "$", "regex": "(a|aa)+$"}
    assert found(slow, json.dumps("a" * 60 + "b")).cause == "timeout"


@pytest.mark.parametrize(
    "path",
    [
        "$[?count($[*])>5]",
        "$[?$.a[?@.b]]",
        "$[?@.p==$.a[1:2]]",
        "$[?@.x && $ .a [ * ]]",
        "$[?@.a=='it\\'s' || $['x','y']]",
    ],
)
def test_a_filter_may_not_look_through_the_whole_answer_for_each_value(path: str) -> None:
    assert "a path from the root (`$`) names one value" in str(path_fault(path))


@pytest.mark.parametrize(
    "path",
    ["$[?@.p<$.max]", "$[?@.p<$['max x'].b[0]]", "$[?@.a=='$[*]']", "$.a[?count(@[*])>2].c[*]"],
)
def test_a_filter_may_compare_with_one_value_of_the_answer(path: str) -> None:
    assert path_fault(path) is None
