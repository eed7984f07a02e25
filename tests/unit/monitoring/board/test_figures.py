"""Facts about the figures of some calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.traffic import Tally, bucket_of
from evalgate.monitoring.board.figures import figures_of, percentiles, summed


@given(st.lists(st.integers(1, 600_000), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_a_percentile_is_at_most_two_per_cent_above_the_true_one(
    latencies: list[int], rank: float
) -> None:
    buckets: dict[int, int] = {}
    for each in latencies:
        buckets[bucket_of(each)] = buckets.get(bucket_of(each), 0) + 1
    (found,) = percentiles(buckets, (rank,))
    true = sorted(latencies)[max(0, -int(-rank * len(latencies) // 1) - 1)]
    assert found is not None
    assert true * (1 - 1e-9) <= found <= true * 1.0201


def test_several_percentiles_may_lie_in_one_bucket() -> None:
    found = percentiles({bucket_of(1000): 3}, (0.5, 0.9, 1.0))
    assert found == [pytest.approx(1000)] * 3


def test_of_no_calls_there_is_no_percentile_and_no_share() -> None:
    figures = figures_of(Tally())
    assert (figures.p50, figures.p99, figures.available, figures.cost_per_call) == (None,) * 4


def test_a_cost_is_that_of_the_calls_whose_price_is_known() -> None:
    figures = figures_of(Tally(calls=10, unpriced=6, cost_usd=2.0))
    assert figures.cost_per_call == 0.5
    assert figures_of(Tally(calls=3, unpriced=3)).cost_per_call is None


def test_what_was_degraded_did_not_get_what_it_asked_for() -> None:
    figures = figures_of(Tally(calls=10, failed=1, degraded=2))
    assert (figures.answered, figures.available) == (9, 0.7)


def test_a_sum_leaves_its_parts_alone() -> None:
    parts = [Tally(calls=1, smells={"schema": 1}), Tally(calls=2, smells={"schema": 1})]
    assert summed(parts) == Tally(calls=3, smells={"schema": 2})
    assert parts[0] == Tally(calls=1, smells={"schema": 1})
