"""Facts about the worlds that a selftest plays in."""

from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.gate.worlds import Drop, after_change, drawn_rates, drawn_record, outcome
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.selftest import Spread

RATES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
SPREADS = st.sampled_from([Spread.BROKEN, Spread.DIFFUSE])


def luck(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - a simulation


def cases(number: int, *, clusters: int = 0) -> tuple[PlannedCase, ...]:
    return tuple(
        PlannedCase(
            case=f"c{index}",
            kind=CaseKind.SAME,
            baseline=range(1),
            candidate=range(1),
            cluster=f"k{index % clusters}" if clusters else None,
        )
        for index in range(number)
    )


def named(rates: list[float]) -> dict[str, float]:
    return {f"c{index}": rate for index, rate in enumerate(rates)}


def test_without_a_record_nine_trials_in_ten_pass_and_two_of_a_case_agree_half_way() -> None:
    rates = list(drawn_rates(cases(20_000), {}, luck()).values())
    assert fmean(rates) == pytest.approx(0.9, abs=0.01)
    assert pvariance(rates) / (0.9 * 0.1) == pytest.approx(0.5, abs=0.03)


def test_a_case_that_always_passed_may_yet_fail_and_the_less_the_longer_its_record() -> None:
    means = []
    for depth in (3, 10, 30):
        record = {f"c{index}": (1.0,) * depth for index in range(5_000)}
        means.append(1 - fmean(drawn_rates(cases(5_000), record, luck()).values()))
    expected = [0.1 / (depth + 1) for depth in (3, 10, 30)]
    assert means == pytest.approx(expected, rel=0.3)


def test_a_score_counts_as_so_much_of_a_pass() -> None:
    record = {f"c{index}": (0.5,) * 40 for index in range(1_000)}
    rates = drawn_rates(cases(1_000), record, luck()).values()
    assert fmean(rates) == pytest.approx((0.9 + 20) / 41, abs=0.01)


def test_a_record_is_drawn_as_deep_as_it_was_from_the_rates() -> None:
    record = {"c0": (1.0, 0.0), "c1": (), "c2": (0.5,)}
    drawn = drawn_record({"c0": 1.0, "c1": 1.0, "c2": 0.0}, record, luck())
    assert drawn == {"c0": (1.0, 1.0), "c1": (), "c2": (0.0,)}


def test_a_trial_passes_as_often_as_its_rate_says() -> None:
    source = luck()
    assert fmean(outcome(0.3, source) for _ in range(20_000)) == pytest.approx(0.3, abs=0.02)


@given(RATES, SPREADS, st.floats(0, 1), st.integers(0, 5), st.integers(0, 4))
def test_a_drop_of_the_set_is_just_so_large_and_no_larger_than_what_there_is(
    rates: list[float], spread: Spread, size: float, seed: int, clusters: int
) -> None:
    drop = Drop(size=size, spread=spread, of_the_set=True)
    after = after_change(named(rates), cases(len(rates), clusters=clusters), luck(seed), drop=drop)
    expected = min(size, fmean(rates))
    assert fmean(rates) - fmean(after.values()) == pytest.approx(expected, abs=1e-9)
    assert all(0 <= rate <= named(rates)[case] + 1e-12 for case, rate in after.items())


def test_a_drop_of_the_traffic_varies_from_set_to_set_about_its_size() -> None:
    before = named([0.8] * 100)
    drop = Drop(size=0.08, spread=Spread.BROKEN)
    source = luck()
    drops = [
        0.8 - fmean(after_change(before, cases(100), source, drop=drop).values())
        for _ in range(2_000)
    ]
    assert fmean(drops) == pytest.approx(0.08, abs=0.003)
    assert pvariance(drops) ** 0.5 == pytest.approx(0.8 * (0.1 * 0.9 / 100) ** 0.5, rel=0.1)


def test_broken_cases_break_altogether_and_with_their_cluster() -> None:
    drop = Drop(size=0.4, spread=Spread.BROKEN)
    after = after_change(named([0.8] * 40), cases(40, clusters=8), luck(), drop=drop)
    by_cluster = [{after[f"c{index}"] for index in range(k, 40, 8)} for k in range(8)]
    assert all(found in ({0.0}, {0.8}) for found in by_cluster)
    assert {0.0} in by_cluster
    assert {0.8} in by_cluster


def test_a_diffuse_drop_takes_the_same_share_of_every_rate() -> None:
    drop = Drop(size=0.1, spread=Spread.DIFFUSE)
    after = after_change(named([1.0, 0.6, 0.0, 0.4]), cases(4), luck(), drop=drop)
    assert list(after.values()) == pytest.approx([0.8, 0.48, 0.0, 0.32])


def test_a_change_of_nothing_changes_nothing() -> None:
    before = named([0.3, 0.9])
    assert after_change(before, cases(2), luck(), drop=Drop(size=0, spread=Spread.NONE)) == before


def test_cases_that_never_pass_cannot_get_worse() -> None:
    drop = Drop(size=0.1, spread=Spread.BROKEN)
    assert after_change(named([0.0, 0.0]), cases(2), luck(), drop=drop) == named([0.0, 0.0])
