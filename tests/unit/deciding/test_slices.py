"""Slices: the pass rates of the cases that share a tag."""

from evalgate.deciding.slices import slices
from evalgate.model.comparison import CaseKind, CasePair
from evalgate.model.verdict import Slice


def pair(
    *tags: str,
    before: tuple[float, ...] = (1.0,),
    after: tuple[float, ...] = (1.0,),
    kind: CaseKind = CaseKind.SAME,
) -> CasePair:
    return CasePair(case="a", kind=kind, baseline=before, candidate=after, tags=tags)


def test_a_slice_compares_the_cases_of_its_tag() -> None:
    found = slices([pair("refund", after=(0.0,)), pair("refund"), pair("tone")])
    assert found[0] == Slice(tag="refund", cases=2, baseline=1.0, candidate=0.5, delta=-0.5)
    assert found[1] == Slice(tag="tone", cases=1, baseline=1.0, candidate=1.0, delta=0.0)


def test_slices_are_sorted_by_tag() -> None:
    assert [each.tag for each in slices([pair("b", "a"), pair("c"), pair("a")])] == ["a", "b", "c"]


def test_a_case_with_a_repeated_tag_counts_once() -> None:
    assert slices([pair("a", "a")])[0].cases == 1


def test_new_and_edited_cases_stay_out_of_a_slice_that_can_be_compared() -> None:
    new = pair("a", before=(), after=(0.0,), kind=CaseKind.NEW)
    edited = pair("a", after=(0.0,), kind=CaseKind.EDITED)
    assert slices([pair("a"), new, edited]) == (
        Slice(tag="a", cases=1, baseline=1.0, candidate=1.0, delta=0.0),
    )


def test_a_slice_that_cannot_be_compared_has_the_candidate_alone() -> None:
    new = pair("a", before=(), after=(0.0, 1.0), kind=CaseKind.NEW)
    assert slices([new]) == (Slice(tag="a", cases=1, baseline=None, candidate=0.5, delta=None),)


def test_a_tag_without_graded_cases_has_no_slice() -> None:
    assert slices([pair("a", before=(), after=())]) == ()
