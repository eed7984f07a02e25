"""Agreement of a judge with people: published values, oracles, and how often limits hold.

Ids say where a value is from: `published` was read in a public source, `recomputed` is a published
value whose source was not read but which was computed a second time, `ours` is a value of our own.
"""

import math

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from evalgate.deciding.agreement import Confusion

COUNT = st.integers(0, 300)


def confusion(true_pass: int, false_fail: int, false_pass: int, true_fail: int) -> Confusion:
    return Confusion(
        true_pass=true_pass, false_fail=false_fail, false_pass=false_pass, true_fail=true_fail
    )


CONFUSIONS = st.builds(confusion, COUNT, COUNT, COUNT, COUNT)
CALIBRATION = confusion(180, 20, 60, 140)
"""People passed 200, of which the judge passes 90 %, and failed 200, of which it fails 70 %."""


def test_rates_are_shares_of_what_people_said() -> None:
    assert CALIBRATION.human_passes == CALIBRATION.human_fails == 200
    assert CALIBRATION.labels == 400
    assert CALIBRATION.sensitivity == 0.9
    assert CALIBRATION.specificity == 0.7
    assert CALIBRATION.youden == pytest.approx(0.6)


@given(CONFUSIONS, st.floats(0.5, 0.99))
def test_limits_of_the_rates_agree_with_statsmodels(judge: Confusion, confidence: float) -> None:
    counts = (
        (judge.true_pass, judge.human_passes, judge.sensitivity_interval(confidence)),
        (judge.true_fail, judge.human_fails, judge.specificity_interval(confidence)),
    )
    for right, of, found in counts:
        expected = proportion_confint(right, of, 1 - confidence, "beta") if of else (0.0, 1.0)
        assert found == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        pytest.param(confusion(12, 2, 4, 2), 0.2105, id="published: easycalculation"),
        pytest.param(confusion(45, 15, 25, 15), 0.1304, id="recomputed: worked example 1"),
        pytest.param(confusion(25, 35, 5, 35), 0.2593, id="recomputed: worked example 2"),
        pytest.param(confusion(20, 5, 10, 15), 0.4000, id="recomputed: worked example 3"),
    ],
)
def test_kappa_is_the_published_one(judge: Confusion, expected: float) -> None:
    assert judge.kappa == pytest.approx(expected, abs=5e-5)


@given(st.builds(confusion, *[st.integers(1, 300)] * 4))
def test_kappa_and_its_limits_agree_with_statsmodels(judge: Confusion) -> None:
    table = [[judge.true_pass, judge.false_fail], [judge.false_pass, judge.true_fail]]
    oracle = cohens_kappa(table)
    assert judge.kappa == pytest.approx(oracle.kappa, abs=1e-9)
    limits = (max(-1.0, oracle.kappa_low), min(1.0, oracle.kappa_upp))
    assert judge.kappa_interval() == pytest.approx(limits, abs=1e-6)


def test_kappa_of_a_judge_that_never_errs_is_one() -> None:
    judge = confusion(7, 0, 0, 5)
    assert judge.kappa == 1.0


@pytest.mark.parametrize(
    "judge",
    [
        (7, 0, 0, 5),
        (0, 3, 3, 0),
        (0, 0, 1, 6),
        (4, 0, 5, 0),
        (60, 40, 0, 0),
        (9, 0, 0, 0),
        (9, 0, 0, 47),
    ],
)
def test_kappa_has_no_interval_where_its_variance_is_lost(judge: tuple[int, int, int, int]) -> None:
    assert confusion(*judge).kappa_interval() is None


def test_without_labels_of_one_kind_the_indices_that_need_it_are_unknown() -> None:
    only_passes, only_fails, nothing = (
        confusion(5, 1, 0, 0),
        confusion(0, 0, 1, 5),
        confusion(0, 0, 0, 0),
    )
    assert (only_passes.specificity, only_fails.sensitivity) == (None, None)
    assert only_passes.specificity_interval() == only_fails.sensitivity_interval() == (0.0, 1.0)
    for judge in (only_passes, only_fails, nothing):
        assert judge.youden is None
        assert judge.youden_low() is None


def test_kappa_is_unknown_when_both_say_the_same_of_everything() -> None:
    for judge in (confusion(5, 0, 0, 0), confusion(0, 0, 0, 5), confusion(0, 0, 0, 0)):
        assert judge.kappa is None


def test_fifteen_right_of_fifteen_prove_a_youden_index_of_three_quarters_nearly() -> None:
    # Ours: either rate is at least .05^(1/15), and the distances of 1 to it are joined.
    expected = 1 - math.sqrt(2) * (1 - 0.05 ** (1 / 15))
    assert confusion(15, 0, 0, 15).youden_low() == pytest.approx(expected)
    assert expected == pytest.approx(0.744, abs=5e-4)


@given(CONFUSIONS, st.floats(0.001, 0.2))
def test_the_limit_of_the_youden_index_lies_below_it(judge: Confusion, alpha: float) -> None:
    youden, low = judge.youden, judge.youden_low(alpha)
    if youden is not None and low is not None:
        assert -1 - 1e-9 <= low <= youden
        assert (judge.youden_low(alpha / 2) or 0.0) <= low + 1e-12


@pytest.mark.parametrize(
    ("passes", "fails", "alpha"),
    [(1, 1, 0.05), (3, 20, 0.05), (15, 15, 0.05), (15, 15, 0.01), (9, 12, 0.1)],
)
def test_the_limit_of_the_youden_index_holds_as_often_as_it_says(
    passes: int, fails: int, alpha: float
) -> None:
    lows = [
        [confusion(x, passes - x, fails - y, y).youden_low(alpha) or 0.0 for y in range(fails + 1)]
        for x in range(passes + 1)
    ]
    rates = (0.3, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0)
    for sensitivity in rates:
        of_passes = scipy.stats.binom.pmf(range(passes + 1), passes, sensitivity).tolist()
        for specificity in (rate for rate in rates if rate + sensitivity >= 1):
            of_fails = scipy.stats.binom.pmf(range(fails + 1), fails, specificity).tolist()
            true = sensitivity + specificity - 1 + 1e-9
            covered = math.fsum(
                p * q
                for p, row in zip(of_passes, lows, strict=True)
                for q, low in zip(of_fails, row, strict=True)
                if low <= true
            )
            assert covered >= 1 - alpha - 1e-9
