"""Facts about how slices are told."""

from collections.abc import Callable

from inline_snapshot import snapshot

from evalgate.model.verdict import PromptVerdict, Slice, SliceFlag
from evalgate.reporting.slice_words import slice_mark, told_slices


def part(tag: str, *, protected: bool = False, flag: SliceFlag | None = None) -> Slice:
    return Slice(
        tag=tag,
        cases=60,
        baseline=0.95,
        candidate=0.78,
        delta=-0.17,
        p_value=0.001,
        adjusted=0.0034,
        protected=protected,
        flag=flag,
    )


def test_protected_and_suspect_slices_are_told_the_worst_first(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    slices = (
        part("calm", protected=True),
        part("plain"),
        part("odd", flag=SliceFlag.SUSPECT),
        part("worse", protected=True, flag=SliceFlag.WORSE),
    )
    assert list(told_slices(a_verdict(slices=slices))) == snapshot(
        [
            (
                "worse",
                "60 cases, 95% → 78%: protected, got worse, by chance about once in 290 harmless changes",
            ),
            (
                "odd",
                "60 cases, 95% → 78%: may have got worse",
            ),
            ("calm", "60 cases, 95% → 78%: protected"),
        ]
    )


def test_a_slice_without_a_baseline_has_one_rate(a_verdict: Callable[..., PromptVerdict]) -> None:
    alone = Slice(tag="a", cases=1, baseline=None, candidate=1.0, delta=None, protected=True)
    assert list(told_slices(a_verdict(slices=(alone,)))) == [("a", "1 case, 100%: protected")]


def test_many_slices_are_counted(a_verdict: Callable[..., PromptVerdict]) -> None:
    slices = tuple(part(f"{number:02}", protected=True) for number in range(23))
    told = list(told_slices(a_verdict(slices=slices)))
    assert len(told) == 21
    assert told[-1] == ("…", "3 more slices in the full report")


def test_a_table_marks_what_is_noticed() -> None:
    assert slice_mark(part("a")) == ""
    assert slice_mark(part("a", flag=SliceFlag.SUSPECT)) == "may have got worse"
    assert slice_mark(part("a", protected=True, flag=SliceFlag.WORSE)) == "protected, got worse"
