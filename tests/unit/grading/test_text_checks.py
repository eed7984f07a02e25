"""Facts about looking for texts in answers."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.answer import Answer
from evalgate.grading.checks import CHECKS
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data


def holds(kind: str, argument: Data, text: str) -> bool | None:
    check = CHECKS[kind]
    assert check.fault(argument) is None
    usage = Usage(input_tokens=1, output_tokens=1)
    completion = Completion(text=text, model="m", stop_reason="end_turn", usage=usage, latency_ms=1)
    return check.find(argument, Answer(completion=completion)).holds


@pytest.mark.parametrize(
    ("kind", "argument", "text", "expected"),
    [
        ("contains", "Days", "30 days", False),
        ("icontains", "DAYS", "30 days", True),
        ("icontains", "STRASSE", "In der Straße", True),
        ("icontains", "ς", "ΟΔΟΣ", True),
        ("contains", 30, "30 days", True),
        ("contains_any", ["a", "b"], "only b", True),
        ("contains_any", ["a", "b"], "neither", False),
        ("contains_all", ["a", "b"], "a and b", True),
        ("contains_all", ["a", "z"], "a and b", False),
        ("icontains_any", ["X", "B"], "only b", True),
        ("icontains_all", ["A", "B"], "a and b", True),
        ("icontains_all", ["A", "B"], "a", False),
        ("starts_with", "Dear", "Dear Ada", True),
        ("starts_with", "Dear", " Dear Ada", False),
        ("starts_with", "dear", "Dear Ada", False),
        ("ends_with", "Bye.", "So. Bye.", True),
        ("ends_with", "Bye.", "So. Bye.\n", False),
    ],
)
def test_each_check_looks_for_its_text(
    kind: str, argument: Data, text: str, expected: bool
) -> None:
    assert holds(kind, argument, text) is expected


@given(st.text(min_size=1), st.text(), st.text())
def test_a_text_is_found_inside_any_other(wanted: str, before: str, after: str) -> None:
    # Composing may join the edges, so the frame ends in a letter that nothing joins.
    text = f"{before}|{wanted}|{after}"
    assert holds("contains", f"|{wanted}|", text) is True
    assert holds("contains_any", ["\x00no\x00", f"|{wanted}|"], text) is True
    assert holds("contains_all", [f"|{wanted}|", "|"], text) is True


@given(st.text(alphabet="éàüöñçåe\u0301\u0308a", min_size=1))
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    one, other = normalize("NFC", text), normalize("NFD", text)
    for kind in ("contains", "icontains", "starts_with", "ends_with", "equals"):
        assert holds(kind, one, other) is True
        assert holds(kind, other, one) is True


@pytest.mark.parametrize("kind", ["contains", "icontains", "starts_with", "ends_with"])
@pytest.mark.parametrize("argument", ["", None, True, [], ["a"], {"a": 1}])
def test_a_single_text_is_asked_for(kind: str, argument: Data) -> None:
    assert CHECKS[kind].fault(argument) is not None


@pytest.mark.parametrize("kind", ["contains_any", "icontains_all"])
@pytest.mark.parametrize("argument", ["a", None, [], [""], [True], [["a"]], ["a"] * 1001])
def test_a_list_of_texts_is_asked_for(kind: str, argument: Data) -> None:
    assert CHECKS[kind].fault(argument) is not None


def test_a_hostile_answer_is_searched_in_bounded_time() -> None:
    marks = "e" + "\u0301\u0316" * 100_000
    assert holds("contains", "x", marks) is False
    text = "a\ud800\x00" * 3_000_000
    for kind in ("contains", "icontains", "starts_with"):
        assert holds(kind, "b", text) is False
