"""Facts about measuring answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.answer import Answer
from evalgate.grading.checks import CHECKS
from evalgate.grading.finding import Finding
from evalgate.grading.measures import count_words
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data


def found(kind: str, argument: Data, text: str) -> Finding:
    check = CHECKS[kind]
    assert check.fault(argument) is None
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)
    return check.find(argument, Answer(completion=completion))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One, two - three!", 3),
        ("It's well-known: 3.5 kg of co-op's tea", 7),
        ("l’été à Paris", 3),
        ("Straße 7b", 2),
        ("你好世界", 4),
        ("返品は30日以内です", 8),
        ("коты и собаки", 3),
        ("주전자는 반품 가능합니다", 3),
        ("สวัสดี", 2),
        ("—— ... !!", 0),
    ],
)
def test_words_are_counted_in_any_language(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "characters"),
    [("", 0), ("abc", 3), ("e\u0301", 1), ("👩‍👩‍👧", 1), ("🇩🇪🇫🇷", 2), ("नि", 1), ("a\r\nb", 3)],
)
def test_characters_are_counted_as_people_do(text: str, characters: int) -> None:
    assert found("length", characters, text).holds is True
    assert found("length", characters + 1, text).holds is False


@pytest.mark.parametrize(
    ("span", "holds"),
    [
        ({"max": 3}, True),
        ({"max": 2}, False),
        ({"min": 3}, True),
        ({"min": 4}, False),
        ({"min": 3, "max": 3}, True),
        (3, True),
        (2, False),
    ],
)
def test_both_ends_of_a_range_belong_to_it(span: Data, holds: bool) -> None:
    assert found("words", span, "a b c").holds is holds


@pytest.mark.parametrize(
    "span", [{}, {"mx": 1}, {"min": 3, "max": 2}, -1, 1.5, True, "3", None, {"min": "1"}, [1]]
)
def test_a_wrong_range_is_a_fault(span: Data) -> None:
    assert CHECKS["words"].fault(span) is not None


def test_the_reason_says_what_was_counted_and_asked() -> None:
    assert found("words", {"max": 2}, "a b c").reason == (
        "The answer has 3 words, where at most 2 are asked for."
    )


@pytest.mark.parametrize(
    ("argument", "text", "holds"),
    [
        ({"to": "kitten", "max": 3}, "sitting", True),
        ({"to": "kitten", "max": 2}, "sitting", False),
        ("Hello", "Hell", True),
        ({"to": "a" * 10, "max": 0}, "a" * 10, True),
        ({"to": "a", "max": 0}, "b", False),
    ],
)
def test_edits_are_counted(argument: Data, text: str, holds: bool) -> None:
    assert found("edit_distance", argument, text).holds is holds


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_a_distance_is_never_more_than_the_longer_text(one: str, other: str) -> None:
    most = max(len(one), len(other)) * 4
    assert found("edit_distance", {"to": other, "max": most}, one).holds is True


def test_texts_of_very_different_length_are_told_apart_at_once() -> None:
    assert found("edit_distance", "short", "x" * 10_000_000).holds is False


def test_two_huge_texts_are_not_compared() -> None:
    huge = "x" * 30_000
    assert found("edit_distance", huge, huge).cause == "too_long"


@pytest.mark.parametrize("argument", ["", {}, {"to": ""}, {"to": "a", "max": -1}, {"max": 1}, None])
def test_a_wrong_distance_is_a_fault(argument: Data) -> None:
    assert CHECKS["edit_distance"].fault(argument) is not None


def test_a_hostile_answer_is_measured_in_bounded_time() -> None:
    assert found("words", {"max": 5}, "a " * 1_000_000).holds is False
    assert found("length", {"max": 5}, "\u0301" * 1_000_000).holds is True
