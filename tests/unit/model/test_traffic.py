"""Facts about counted calls: buckets of latencies, and sums of tallies."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.traffic import LineCount, Tally, bucket_of, edge_of


@given(st.floats(min_value=1.0001, max_value=3.6e6))
def test_a_latency_lies_in_its_bucket_and_the_bucket_is_two_per_cent_wide(latency: float) -> None:
    bucket = bucket_of(latency)
    assert edge_of(bucket - 1) * (1 - 1e-9) < latency <= edge_of(bucket) * (1 + 1e-9)
    assert edge_of(bucket) / edge_of(bucket - 1) < 1.0201


def test_whole_decades_are_edges_so_that_a_limit_of_one_second_can_be_counted() -> None:
    assert bucket_of(1000) < bucket_of(1001)
    assert edge_of(bucket_of(1000)) == 1000


def test_what_takes_no_time_is_in_the_first_bucket() -> None:
    assert {bucket_of(each) for each in (0, 0.5, 1)} == {0}


def test_a_sum_has_all_that_its_parts_have() -> None:
    one = Tally(
        calls=2, failed=1, degraded=1, refused=1, malformed=1, smelling=1, cached=1, sampled=1,
        unpriced=1, cost_usd=0.5, smells={"schema": 1}, latencies={3: 1}, late={100: 1},
    )  # fmt: skip
    whole = Tally()
    whole.add(one)
    assert whole == one
    whole.add(Tally(smells={"schema": 2, "empty": 1}, latencies={4: 1}, late={100: 1, 200: 1}))
    assert whole.smells == {"schema": 3, "empty": 1}
    assert whole.latencies == {3: 1, 4: 1}
    assert whole.late == {100: 2, 200: 1}
    assert one.smells == {"schema": 1}


def test_the_account_of_lines_balances() -> None:
    lines = LineCount(
        calls=5, events=2, empty=1, passed_over=3, left_out={"a": 2, "b": 1}, unfinished=9
    )
    assert (lines.lost, lines.total) == (3, 14)
