"""Whether a judge moved: against SciPy's paired test."""

from random import Random

import pytest
from scipy import stats  # type: ignore[import-untyped]

from evalgate.deciding.anchor_shift import FEWEST, LEVEL, shift_of


def test_it_is_the_paired_t_test() -> None:
    draws = Random(1)  # noqa: S311 - draws of a test
    differences = [draws.gauss(-0.03, 0.05) for _ in range(20)]
    found, expected = shift_of(differences), stats.ttest_1samp(differences, 0.0)
    limits = expected.confidence_interval(0.95)
    assert found is not None
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))
    assert found.n == 20


def test_a_judge_that_repeats_itself_and_adds_a_little_to_all_has_moved() -> None:
    found = shift_of([0.05] * 20)
    assert found is not None
    assert found.is_clear
    assert found.mean == pytest.approx(0.05)


def test_a_judge_that_did_not_move_is_hardly_ever_called_moved() -> None:
    draws = Random(5)  # noqa: S311 - draws of a test
    moved = 0
    for _ in range(2_000):
        found = shift_of([draws.gauss(0, 0.03) for _ in range(15)])
        moved += found is not None and found.is_clear
    assert moved <= 2_000 * LEVEL + 4


def test_a_handful_of_anchors_says_nothing() -> None:
    assert shift_of([0.5] * (FEWEST - 1)) is None
    assert shift_of([0.5] * FEWEST) is not None
