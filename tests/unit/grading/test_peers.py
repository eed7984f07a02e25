"""Published semantics of other evaluation tools, where a check here bears the same name."""

import pytest

from evalgate.grading.answer import Answer
from evalgate.grading.checks import check_grade
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data
from evalgate.model.evalset import GraderSpec
from evalgate.model.trial import Grade

USAGE = Usage(input_tokens=1, output_tokens=1)


def grade(kind: str, argument: Data, text: str, *, negated: bool = False) -> Grade:
    spec = GraderSpec(kind=kind, name=kind, argument=argument, negated=negated)
    answer = Completion(text=text, model="m", stop_reason="end_turn", usage=USAGE, latency_ms=1)
    return check_grade(spec, Answer(completion=answer))


@pytest.mark.parametrize(
    ("kind", "argument", "text", "passed"),
    [
        # promptfoo: equals compares text exactly, and data with the parsed output
        ("equals", "Hello", "Hello", True),
        ("equals", "Hello", "hello", False),
        ("equals", {"key": "value"}, '{"key": "value"}', True),
        ("equals", {"key": "value"}, '{"key": "other"}', False),
        ("equals", {"key": "value"}, "not JSON", False),
        # promptfoo: contains and starts-with are case-sensitive, the i-variants are not
        ("contains", "world", "Hello world", True),
        ("contains", "World", "Hello world", False),
        ("icontains", "World", "hello WORLD", True),
        ("contains_any", ["a1", "world"], "Hello world", True),
        ("contains_any", ["a1", "b2"], "Hello world", False),
        ("contains_all", ["Hello", "world"], "Hello world", True),
        ("contains_all", ["Hello", "moon"], "Hello world", False),
        ("icontains_any", ["MOON", "WORLD"], "Hello world", True),
        ("icontains_all", ["HELLO", "WORLD"], "Hello world", True),
        ("starts_with", "Hello", "Hello world", True),
        ("starts_with", "hello", "Hello world", False),
        # promptfoo: regex searches, without flags
        ("regex", r"\d+", "call 911", True),
        ("regex", "^world", "Hello world", False),
        ("regex", "HELLO", "hello", False),
        # promptfoo: is-json is the whole output, contains-json anything embedded
        ("json", "whole", '{"a": 1}', True),
        ("json", "whole", 'text {"a": 1}', False),
        ("json", "anywhere", 'text {"a": 1} text', True),
        ("json", "anywhere", "text", False),
        # promptfoo: levenshtein passes up to 5 edits unless a threshold is given
        ("edit_distance", "Hello world", "Hello worms", True),
        ("edit_distance", "Hello world", "Goodbye moon", False),
        ("edit_distance", {"to": "Hello", "max": 1}, "Hallo", True),
        ("edit_distance", {"to": "Hello", "max": 1}, "Halla", False),
        # promptfoo: word-count with both ends included
        ("words", {"min": 2, "max": 3}, "Hello big world", True),
        ("words", {"min": 4}, "Hello big world", False),
        # openai/evals: Includes is a substring, Match the beginning; JsonMatch ignores key order
        ("contains", "42", "The answer is 42", True),
        ("starts_with", "42", "42 is the answer", True),
        ("equals", {"a": 1, "b": 2}, '{"b": 2, "a": 1}', True),
        # GitHub .prompt.yml: contains and endsWith overlook case, so they become i-variants
        ("icontains", "paris", "PARIS is the capital", True),
    ],
)
def test_a_check_agrees_with_its_peer(kind: str, argument: Data, text: str, passed: bool) -> None:
    assert grade(kind, argument, text).passed is passed


def test_as_at_the_peer_unparsable_json_fails_equals_and_its_negation() -> None:
    assert not grade("equals", {"a": 1}, "no").passed
    assert not grade("equals", {"a": 1}, "no", negated=True).passed


@pytest.mark.parametrize(
    ("kind", "argument", "text", "passed"),
    [
        # promptfoo calls an empty output a refusal; here it says nothing
        ("refusal", True, "", False),
        # promptfoo counts what stands between blanks; here a word has a letter or digit
        ("words", {"max": 2}, "yes — no", True),
        # promptfoo compares code points; here both ways to write an accent are equal
        ("equals", "caf\u00e9", "cafe\u0301", True),
    ],
)
def test_where_a_check_differs_it_is_on_purpose(
    kind: str, argument: Data, text: str, passed: bool
) -> None:
    assert grade(kind, argument, text).passed is passed
