"""Tests of pairs: published values, oracles of scipy and statsmodels, and the laws.

Published tables are given as [[both pass, n12], [n21, both fail]], with the difference n12 − n21;
here n12 is `won` and n21 `lost`. Ids say where a value is from: `published` was read in a public
source, `recomputed` is a published value whose source was not read but which was computed a second
time, `ours` is a value of our own.
"""

import math

import pytest
import scipy.optimize  # type: ignore[import-untyped]
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar  # type: ignore[import-untyped]

from evalgate.deciding.paired import mcnemar_exact, mcnemar_mid_p, tango_interval, tango_score
from evalgate.deciding.quantiles import normal_quantile, normal_tail

COUNT = st.integers(0, 250)
TABLES = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
"""Lost, won and unchanged pairs."""


@pytest.mark.parametrize(
    ("lost", "won", "p_value", "precision"),
    [
        pytest.param(7, 1, 0.0703125, 5e-8, id="recomputed: Bentur data in Fagerland 2013"),
        pytest.param(16, 6, 0.052479, 5e-7, id="published: Cavo 2012, contingencytables"),
        pytest.param(2, 12, 0.0129, 5e-5, id="published: StatsDirect, Armitage and Berry"),
        pytest.param(2, 25, 5.6475e-6, 5e-10, id="ours: data of Ezra 2010"),
        pytest.param(3, 13, 0.02127, 5e-6, id="published: contingencytables, 13/16 against half"),
    ],
)
def test_exact_p_values_are_those_published(
    lost: int, won: int, p_value: float, precision: float
) -> None:
    assert mcnemar_exact(lost, won) == pytest.approx(p_value, abs=precision)


@pytest.mark.parametrize(
    ("lost", "won", "p_value", "precision"),
    [
        pytest.param(7, 1, 0.0390625, 5e-8, id="ours: formula of Fagerland 2013"),
        pytest.param(16, 6, 0.034690, 5e-7, id="published: Cavo 2012, contingencytables"),
        pytest.param(2, 25, 3.0324e-6, 5e-10, id="ours: data of Ezra 2010"),
        pytest.param(3, 13, 0.01273, 5e-6, id="published: contingencytables, 13/16 against half"),
    ],
)
def test_mid_p_values_are_those_published(
    lost: int, won: int, p_value: float, precision: float
) -> None:
    assert mcnemar_mid_p(lost, won) == pytest.approx(p_value, abs=precision)


@given(COUNT, COUNT)
def test_the_exact_test_agrees_with_statsmodels(lost: int, won: int) -> None:
    expected = mcnemar([[5, won], [lost, 5]], exact=True).pvalue if lost + won else 1.0
    assert mcnemar_exact(lost, won) == pytest.approx(expected, rel=1e-9)


@given(COUNT, COUNT)
def test_the_mid_p_value_counts_half_of_what_is_as_likely(lost: int, won: int) -> None:
    flips = lost + won
    odds = scipy.stats.binom.pmf(range(flips + 1), flips, 0.5)
    apart = abs(won - flips / 2)
    beyond = math.fsum(p for wins, p in enumerate(odds) if abs(wins - flips / 2) > apart)
    level = math.fsum(p for wins, p in enumerate(odds) if abs(wins - flips / 2) == apart)
    expected = beyond + level / 2 if flips else 1.0
    assert mcnemar_mid_p(lost, won) == pytest.approx(expected, rel=1e-8)


@given(COUNT, COUNT)
def test_the_direction_does_not_matter_and_mid_p_is_the_bolder(lost: int, won: int) -> None:
    assert mcnemar_exact(lost, won) == mcnemar_exact(won, lost)
    assert mcnemar_mid_p(lost, won) == mcnemar_mid_p(won, lost)
    assert 0 < mcnemar_mid_p(lost, won) <= mcnemar_exact(lost, won) <= 1


def test_few_changes_are_counted_without_rounding() -> None:
    assert mcnemar_exact(6, 0) == 2 / 64
    assert mcnemar_mid_p(6, 0) == 1 / 64
    assert mcnemar_mid_p(1, 2) == 0.625


def test_as_many_lost_as_won_is_what_is_likeliest() -> None:
    # Ours: the formula for equal counts that contingencytables has, 1 less half of 6/16.
    assert mcnemar_mid_p(2, 2) == pytest.approx(1 - 6 / 32)
    assert mcnemar_exact(2, 2) == 1.0


def test_without_changes_of_sides_nothing_speaks_against_no_change() -> None:
    assert mcnemar_exact(0, 0) == mcnemar_mid_p(0, 0) == 1.0


@pytest.mark.parametrize(("lost", "won"), [(50_100, 48_900), (490_000, 510_000), (0, 100_000)])
def test_very_many_changes_are_no_trouble(lost: int, won: int) -> None:
    expected = scipy.stats.binomtest(won, lost + won).pvalue
    assert mcnemar_exact(lost, won) == pytest.approx(expected, rel=1e-7, abs=1e-300)


@pytest.mark.parametrize(
    ("table", "confidence", "limits", "precision"),
    [
        pytest.param(
            (16, 6, 161),
            0.95,
            (-0.124, -0.0054),
            5e-5,
            id="published: contingencytables, Cavo 2012",
        ),
        pytest.param(
            (7, 1, 21), 0.95, (-0.517, -0.026), 5e-4, id="published: Fagerland 2014, ratesci"
        ),
        pytest.param((3, 9, 32), 0.95, (-0.027, 0.39), 5e-4, id="published: Tango 1998, ratesci"),
        pytest.param(
            (1, 0, 44), 0.9, (-0.096, 0.037), 5e-4, id="published: Tango 1998, contact lenses"
        ),
        pytest.param(
            (8, 16, 86), 0.95, (-0.02, 0.207), 5e-4, id="published: Agresti and Min 2005, ratesci"
        ),
        pytest.param(
            (0, 3, 3), 0.95, (-0.123, 1), 5e-5, id="published: contingencytables, all won"
        ),
        pytest.param(
            (3, 0, 3), 0.95, (-1, 0.123), 5e-5, id="published: contingencytables, all lost"
        ),
        pytest.param(
            (20, 40, 160), 0.95, (0.030865, 0.218064), 5e-7, id="ours: example of PropCIs"
        ),
    ],
)
def test_score_intervals_are_those_published(
    table: tuple[int, int, int], confidence: float, limits: tuple[float, float], *, precision: float
) -> None:
    lost, won, pairs = table
    found = tango_interval(lost, won, pairs=pairs, confidence=confidence)
    assert found == pytest.approx(limits, abs=precision)


def test_the_score_of_the_contact_lenses_is_recomputed() -> None:
    # Recomputed: Tango 1998, one loss in 44 pairs against a limit of 10 points.
    score = tango_score(1, 0, pairs=44, change=-0.1)
    assert score == pytest.approx(1.7086, abs=5e-5)
    assert normal_tail(score) == pytest.approx(0.0438, abs=5e-5)


@given(TABLES, st.floats(-0.95, 0.95))
def test_the_score_rests_on_the_constrained_maximum_of_the_likelihood(
    table: tuple[int, int, int], change: float
) -> None:
    lost, won, same = table
    pairs = lost + won + same

    def implausibility(share: float) -> float:
        chances = ((lost, share), (won, share + change), (same, 1 - 2 * share - change))
        return -math.fsum(count * math.log(max(p, 1e-300)) for count, p in chances if count)

    limits = (max(0.0, -change), (1 - change) / 2)
    best = scipy.optimize.minimize_scalar(
        implausibility, bounds=limits, method="bounded", options={"xatol": 1e-11}
    ).x
    error = math.sqrt(pairs * (2 * best + change - change**2))
    expected = (won - lost - pairs * change) / error
    found = tango_score(lost, won, pairs=pairs, change=change)
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(TABLES, st.floats(0.5, 0.999))
def test_at_either_limit_the_score_is_the_quantile(
    table: tuple[int, int, int], confidence: float
) -> None:
    lost, won, same = table
    pairs = lost + won + same
    low, high = tango_interval(lost, won, pairs=pairs, confidence=confidence)
    reach = normal_quantile((1 + confidence) / 2)
    assert -1 <= low <= (won - lost) / pairs <= high <= 1
    assert tango_score(lost, won, pairs=pairs, change=low) == pytest.approx(reach, rel=1e-6)
    assert tango_score(lost, won, pairs=pairs, change=high) == pytest.approx(-reach, rel=1e-6)


@given(TABLES)
def test_an_exchange_of_the_arms_mirrors_the_interval(table: tuple[int, int, int]) -> None:
    lost, won, same = table
    low, high = tango_interval(lost, won, pairs=sum(table))
    assert tango_interval(won, lost, pairs=lost + won + same) == pytest.approx((-high, -low))


def test_without_pairs_any_change_is_possible() -> None:
    assert tango_interval(0, 0, pairs=0) == (-1.0, 1.0)


def test_without_change_the_score_against_none_is_zero() -> None:
    assert tango_score(0, 0, pairs=10, change=0.0) == 0.0


@pytest.mark.parametrize(("change", "score"), [(1.0, -math.inf), (-1.0, math.inf)])
def test_an_impossible_change_is_infinitely_far(change: float, score: float) -> None:
    assert tango_score(1, 1, pairs=10, change=change) == score
