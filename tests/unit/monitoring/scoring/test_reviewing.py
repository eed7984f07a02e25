"""Facts about which answers are looked at first, and what becomes of what is said of them."""

from dataclasses import replace

import pytest

from evalgate.gate.labels import KEYS
from evalgate.model.spooled import SpoolPlace
from evalgate.monitoring.scoring.reviewing import (
    Candidate,
    Decision,
    Order,
    Word,
    case_name,
    in_order,
    label_row,
    read_decision,
)
from tests.unit.monitoring.scoring.worlds import sample

PLACE = SpoolPlace(file="f", start=0, end=1)


def candidate(name: str, *smell: str, ts: float = 0.0, **scores: float | None) -> Candidate:
    return Candidate(place=PLACE, ts=ts, request_id=name, smell=smell, scores=scores)


SOME = (
    candidate("good", ts=1.0, a=1.0, b=1.0),
    candidate("torn", ts=4.0, a=0.9, b=0.2),
    candidate("bad", ts=3.0, a=0.1, b=0.2),
    candidate("smelly", "empty", "refusal", ts=2.0, a=1.0, b=None),
    candidate("new", ts=5.0),
)


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        (Order.WORST, "bad", "new"),
        (Order.DISAGREEING, "smelly", "new"),
        (Order.SMELL, "smelly", None),
        (Order.NEWEST, "new", "good"),
    ],
)
def test_what_is_looked_for_comes_first(order: Order, first: str, last: str | None) -> None:
    names = [each.request_id for each in in_order(SOME, order, criterion="a")]
    assert names[0] == first
    assert last in (None, names[-1])


def test_disagreement_is_the_distance_between_criteria() -> None:
    names = [each.request_id for each in in_order(SOME, Order.DISAGREEING, criterion="a")]
    assert names[:3] == ["smelly", "torn", "bad"]


def test_a_random_order_depends_on_ids_and_rater_alone() -> None:
    many = [candidate(f"r{n}", a=n / 100) for n in range(100)]
    names = [each.request_id for each in in_order(many, Order.RANDOM, criterion="a")]
    again = in_order(
        reversed([replace(each, scores={}) for each in many]), Order.RANDOM, criterion=""
    )
    assert names == [each.request_id for each in again]
    assert names != [each.request_id for each in many]


def test_two_raters_see_other_answers_first_and_of_the_worst_the_same() -> None:
    many = [candidate(f"r{n}", a=n / 100) for n in range(100)]
    ann, bob = (in_order(many, Order.RANDOM, criterion="a", rater=name) for name in ("ann", "bob"))
    assert ann[:5] != bob[:5]
    assert sorted(ann, key=str) == sorted(bob, key=str)
    worst = [in_order(many, Order.WORST, criterion="a", rater=name) for name in ("ann", "bob")]
    assert worst[0] == worst[1]


@pytest.mark.parametrize(
    ("line", "decision"),
    [
        ("p\n", Decision(word=Word.PASS)),
        ("FAIL  names  no window \n", Decision(word=Word.FAIL, note="names no window")),
        ("u", Decision(word=Word.UNSURE)),
        (" s ", Decision(word=Word.SKIP)),
        ("b", Decision(word=Word.BACK)),
        ("quit", Decision(word=Word.QUIT)),
        ("", None),
        ("x", None),
        ("pa", None),
    ],
)
def test_a_line_is_a_letter_or_a_word_and_a_note(line: str, decision: Decision | None) -> None:
    assert read_decision(line) == decision


def test_a_row_has_the_keys_that_calibrate_reads_and_no_text_but_the_answer() -> None:
    told = sample("01a2-xyz", "Sure.", question="PRIVATE", system="SECRET")
    row = label_row(
        told, Decision(word=Word.FAIL, note="odd"), criterion="c", evalset="e", rater="ann"
    )
    assert row == {
        "evalset": "e",
        "case": "production-01a2xyz-c",
        "answer": "Sure.",
        "human": "fail",
        "rater": "ann",
        "note": "odd",
    }
    assert set(row) <= set(KEYS)


def test_what_nobody_can_tell_has_no_label() -> None:
    row = label_row(sample("r"), Decision(word=Word.UNSURE), criterion="c")
    assert "human" not in row
    assert row["note"] == "unsure"


def test_a_case_is_named_by_the_random_end_of_the_id_and_the_criterion() -> None:
    name = case_name("01a20293-efb8-7cba-a085-603f24d047ab", "window")
    assert name == "production-603f24d047ab-window"
