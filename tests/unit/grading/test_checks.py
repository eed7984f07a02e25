from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.grading.answer import Answer
from evalgate.grading.checks import CHECKS, check_grade
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec
from evalgate.model.trial import Grade
from tests.machine import slowness

USAGE = Usage(input_tokens=1, output_tokens=1)


def grade(kind: str, argument: Data, *, text: str, negated: bool = False) -> Grade:
    spec = GraderSpec(kind=kind, name=kind, argument=argument, negated=negated)
    answer = Completion(text=text, model="m", stop_reason="end_turn", usage=USAGE, latency_ms=1)
    return check_grade(spec, Answer(completion=answer))


def passes(kind: str, argument: Data, text: str) -> bool | None:
    return grade(kind, argument, text=text).passed


def test_a_text_equals_only_itself() -> None:
    assert passes("equals", "Paris", "Paris")
    assert not passes("equals", "Paris", "paris")
    assert not passes("equals", "Paris", "Paris\n")


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        (30, "30"),
        (30, " 30.0\n"),
        (True, "true"),
        ({"a": [1, 2]}, '{"a":[1.0,2]}'),
        (["x"], '["x"]'),
    ],
)
def test_a_value_equals_an_answer_that_says_it_in_json(argument: Data, text: str) -> None:
    assert passes("equals", argument, text)


@pytest.mark.parametrize(
    ("argument", "text"),
    [(30, "31"), (True, "1"), (1, "true"), ({"a": 1}, '{"a":1,"b":2}'), ([1, 2], "[2,1]")],
)
def test_a_value_does_not_equal_json_that_says_something_else(argument: Data, text: str) -> None:
    assert not passes("equals", argument, text)
    assert grade("equals", argument, text=text, negated=True).passed


@pytest.mark.parametrize("negated", [False, True])
def test_an_answer_that_is_no_json_fails_against_a_value_negated_or_not(negated: bool) -> None:
    found = grade("equals", {"a": 1}, text="I think it is 1.", negated=negated)
    assert (found.passed, found.score) == (False, 0.0)
    assert found.reason == snapshot("The answer is not JSON at character 1: `I think it is 1.`.")


def test_contains_looks_for_the_text_as_it_is_written() -> None:
    assert passes("contains", "30 days", "within 30 days.")
    assert not passes("contains", "30 Days", "within 30 days.")
    assert not passes("contains", "3. days", "within 30 days.")


def test_contains_looks_for_a_number_as_text() -> None:
    assert passes("contains", 30, "within 30 days")
    assert passes("contains", 9.5, "costs 9.5 euros")
    assert not passes("contains", 9.5, "costs 9.50 euros"[:8])


@given(st.text(), st.text(min_size=1), st.text())
def test_an_answer_contains_every_part_of_itself(before: str, part: str, after: str) -> None:
    assert passes("contains", part, before + part + after)


@given(st.sampled_from(["contains", "regex"]), st.text())
def test_a_check_and_its_negation_never_agree(kind: str, text: str) -> None:
    plain = grade(kind, "a", text=text)
    turned = grade(kind, "a", text=text, negated=True)
    assert plain.passed is not turned.passed
    assert plain.score is not None
    assert turned.score == 1.0 - plain.score


def test_a_pattern_is_searched_anywhere_in_the_answer() -> None:
    assert passes("regex", r"\d+ days", "within 30 days")
    assert not passes("regex", r"^\d+ days", "within 30 days")
    assert passes("regex", r"(?i)DAYS\b", "within 30 days")


def test_a_pattern_that_takes_too_long_leaves_the_answer_ungraded() -> None:
    start = perf_counter()
    found = grade("regex", r"^(?:a|aa)+$", text="a" * 60 + "b", negated=True)
    assert perf_counter() - start < 5 * slowness()
    assert (found.passed, found.score, found.cause) == (None, None, "timeout")
    assert found.reason == snapshot("The pattern `^(?:a|aa)+$` searched longer than 0.25 s.")


def test_a_whole_answer_must_be_json_under_the_schema() -> None:
    schema: Data = {"type": "object", "required": ["city"]}
    assert passes("json_schema", schema, '{"city": "Rome"}')
    assert not passes("json_schema", schema, "{}")
    assert not passes("json_schema", schema, 'Here you are: {"city": "Rome"}')
    assert not passes("json_schema", schema, '```json\n{"city": "Rome"}\n```')


def test_a_negated_schema_passes_whatever_is_not_valid_under_it() -> None:
    schema: Data = {"required": ["card_number"], "type": "object"}
    assert not grade("json_schema", schema, text='{"card_number": 1}', negated=True).passed
    assert grade("json_schema", schema, text="{}", negated=True).passed


@pytest.mark.parametrize(
    ("kind", "argument", "text", "reason"),
    [
        ("equals", "Paris", "Paris", snapshot("The answer is `Paris`.")),
        ("equals", "Paris", "It is Rome", snapshot("The answer is `It is Rome`, not `Paris`.")),
        ("equals", {"a": 1}, '{"a": 1}', snapshot('The answer equals `{"a": 1}`.')),
        ("equals", {"a": 1}, '{"a": 2}', snapshot('The answer does not equal `{"a": 1}`.')),
        ("contains", "30 days", "no", snapshot("The answer does not contain `30 days`.")),
        ("contains", "30 days", "30 days", snapshot("The answer contains `30 days`.")),
        ("regex", "d.ys?", "30 days", snapshot("`days` matches `d.ys?`.")),
        ("regex", "weeks?", "30 days", snapshot("Nothing in the answer matches `weeks?`.")),
        (
            "json_schema",
            {"type": "array"},
            "[]",
            snapshot("The answer is JSON that is valid under the schema."),
        ),
        (
            "json_schema",
            {"items": {"type": "string"}},
            '["a", 1]',
            snapshot('The answer breaks the schema at [1]: 1 is not of type "string".'),
        ),
        (
            "json_schema",
            {"type": "array"},
            "[1, 2",
            snapshot("The answer is not JSON: it ends too early."),
        ),
    ],
)
def test_a_reason_states_a_fact_about_the_answer(
    kind: str, argument: Data, text: str, reason: str
) -> None:
    assert grade(kind, argument, text=text).reason == reason
    assert grade(kind, argument, text=text, negated=True).reason == reason


@pytest.mark.parametrize(
    ("kind", "argument"), [("equals", "x"), ("equals", 5), ("regex", ".*"), ("json_schema", {})]
)
def test_a_reason_quotes_little_of_a_long_answer(kind: str, argument: Data) -> None:
    assert len(grade(kind, argument, text="blah " * 10_000).reason) < 200


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("equals", None),
        ("contains", ""),
        ("contains", True),
        ("contains", None),
        ("contains", ["a", "b"]),
        ("regex", ""),
        ("regex", 5),
        ("regex", "("),
        ("regex", r"\q"),
        ("json_schema", 5),
        ("json_schema", None),
        ("json_schema", "missing.json"),
        ("json_schema", {"type": "objekt"}),
        ("json_schema", {"minimum": float("nan")}),
    ],
)
def test_an_argument_that_says_nothing_useful_is_a_fault(kind: str, argument: Data) -> None:
    assert CHECKS[kind].fault(argument)


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("equals", ""),
        ("equals", False),
        ("equals", 0),
        ("contains", 0),
        ("contains", "\n"),
        ("regex", "^$"),
        ("json_schema", {}),
    ],
)
def test_an_argument_that_looks_empty_but_means_something_is_no_fault(
    kind: str, argument: Data
) -> None:
    assert CHECKS[kind].fault(argument) is None
