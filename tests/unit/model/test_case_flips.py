"""When a case counts as flipped."""

import pytest

from evalgate.model.comparison import CaseKind, CasePair, Flip


@pytest.mark.parametrize(
    ("before", "after", "flip"),
    [
        ((1.0,) * 3, (1.0, 1.0, 0.0), Flip.REGRESSED),
        ((1.0,) * 9 + (0.0,), (1.0,), Flip.UNCHANGED),
        ((1.0,) * 9 + (0.0,), (0.0,), Flip.REGRESSED),
        ((1.0, 0.0), (0.0,), Flip.REGRESSED),
        ((0.0,) * 3 + (1.0,) * 7, (1.0,), Flip.UNCHANGED),
        ((0.0,) * 7 + (1.0,) * 3, (1.0,), Flip.FIXED),
    ],
)
def test_a_longer_record_flips_only_where_it_differs_by_one_half(
    before: tuple[float, ...], after: tuple[float, ...], flip: Flip
) -> None:
    pair = CasePair(case="a", kind=CaseKind.SAME, baseline=before, candidate=after)
    assert pair.flip is flip
