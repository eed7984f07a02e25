"""Facts about counting what happened in the last seconds."""

from hypothesis import given
from hypothesis import strategies as st

from evalgate.runtime.failover.window import Window


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 8))
def test_nothing_older_is_counted_and_nothing_younger_by_a_bucket_is_missed(
    gaps: list[float], buckets: int
) -> None:
    window = Window(seconds=20, buckets=buckets, columns=1)
    now, times = 0.0, list[float]()
    for gap in gaps:
        now += gap
        times.append(now)
        window.add(now, (1,))
        surely = sum(now - each < 20 - 20 / buckets - 1e-6 for each in times)
        perhaps = sum(now - each <= 20 + 1e-6 for each in times)
        assert surely <= window.sums[0] <= perhaps


def test_columns_are_counted_apart() -> None:
    window = Window(seconds=10, buckets=5, columns=2)
    window.add(0, (1, 0))
    window.add(1, (2, 3))
    assert window.sums == [3, 3]
    window.move(11)
    assert window.sums == [0, 0]


def test_a_time_that_runs_backwards_counts_as_the_last_one() -> None:
    window = Window(seconds=10, buckets=10, columns=1)
    window.add(100, (1,))
    window.add(3, (1,))
    window.move(50)
    assert window.sums == [2]
    window.move(109.5)
    assert window.sums == [2]
    window.move(110.5)
    assert window.sums == [0]
