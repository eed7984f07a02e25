"""Facts about counting how a run gets on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.cli.headway import Headway, Standing
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus


def trial(
    *,
    status: TrialStatus = TrialStatus.GRADED,
    kind: str = "",
    calls: int = 2,
    cost_usd: float | None = 0.01,
    reused: str = "",
) -> Trial:
    return Trial(
        prompt="p",
        version="v1",
        version_hash="",
        evalset="e",
        arm=Arm.CANDIDATE,
        case="c",
        trial=0,
        status=status,
        error=TrialError(kind=kind, message="why") if kind else None,
        calls=calls,
        cost_usd=cost_usd,
        reused=reused,
    )


def errored(kind: str) -> Trial:
    return trial(status=TrialStatus.ERRORED, kind=kind)


def after(total: int, *events: tuple[float, int], now: float) -> Standing:
    """Return the standing after so many trials at each time; the run began at 100."""
    headway = Headway(total, now=100.0)
    for seconds, number in events:
        for _ in range(number):
            headway.count(trial(), now=100.0 + seconds)
    return headway.standing(now=100.0 + now)


def steady(per_second: int, *, since: int, until: int) -> list[tuple[float, int]]:
    return [(float(second), per_second) for second in range(since + 1, until + 1)]


def test_a_steady_run_has_the_rate_that_it_has() -> None:
    standing = after(1_000, *steady(5, since=0, until=40), now=40.0)
    assert standing.done == 200
    assert standing.trials_per_second == pytest.approx(5.0, rel=0.06)
    assert standing.calls_per_minute == pytest.approx(600.0, rel=0.06)
    assert standing.seconds_left == pytest.approx(160.0, rel=0.06)


def test_a_slow_start_is_forgotten_by_the_time_that_it_took() -> None:
    standing = after(1_000, *steady(10, since=20, until=40), now=40.0)
    assert standing.trials_per_second == pytest.approx(10.0, rel=0.06)


def test_rates_look_back_a_minute_at_most() -> None:
    events = [*steady(1, since=0, until=600), *steady(20, since=600, until=660)]
    standing = after(9_999, *events, now=660.0)
    assert standing.trials_per_second == pytest.approx(20.0, rel=0.06)


def test_a_run_that_stands_still_has_no_rate_and_no_end() -> None:
    standing = after(100, *steady(5, since=0, until=10), now=200.0)
    assert standing.trials_per_second is None
    assert standing.seconds_left is None


def test_before_the_first_trial_nothing_is_known() -> None:
    standing = Headway(10, now=5.0).standing(now=5.0)
    assert standing.done == 0
    assert standing.trials_per_second is None
    assert standing.calls_per_minute is None
    assert standing.seconds_left is None


def test_a_finished_run_has_no_time_left() -> None:
    assert after(5, (1.0, 5), now=1.0).seconds_left == 0.0


def test_reused_trials_are_counted_apart_and_make_no_run_look_fast() -> None:
    headway = Headway(1_400, now=0.0)
    for _ in range(1_200):
        headway.count(trial(calls=0, cost_usd=0.0, reused="record"), now=0.5)
    for second in range(1, 5):
        headway.count(trial(), now=float(second))
    soon = headway.standing(now=4.0)
    assert soon.trials_per_second == pytest.approx(1.0)
    for second in range(5, 11):
        headway.count(trial(), now=float(second))
    standing = headway.standing(now=10.0)
    assert (standing.done, standing.reused) == (1_210, 1_200)
    assert standing.trials_per_second == pytest.approx(1.0, rel=0.25)
    assert standing.seconds_left == pytest.approx(190.0, rel=0.25)


def test_skipped_trials_are_done_and_make_no_run_look_fast() -> None:
    headway = Headway(100, now=0.0)
    for _ in range(50):
        headway.count(trial(status=TrialStatus.SKIPPED, calls=0), now=3.0)
    standing = headway.standing(now=4.0)
    assert (standing.done, standing.skipped) == (50, 50)
    assert standing.trials_per_second is None


def test_the_commonest_kinds_of_errors_are_named() -> None:
    headway = Headway(100, now=0.0)
    for kind in ["timeout"] * 3 + ["server"] + ["rate_limit"] * 5 + ["overloaded"] * 2:
        headway.count(errored(kind), now=1.0)
    headway.count(trial(), now=1.0)
    standing = headway.standing(now=1.0)
    assert (standing.errored, standing.graded) == (11, 1)
    assert standing.error_kinds == (("rate_limit", 5), ("timeout", 3), ("overloaded", 2))


def test_a_cost_that_is_not_known_makes_the_sum_partial() -> None:
    headway = Headway(2, now=0.0)
    headway.count(trial(cost_usd=0.5), now=1.0)
    assert not headway.standing(now=1.0).cost_is_partial
    headway.count(trial(cost_usd=None), now=1.0)
    standing = headway.standing(now=1.0)
    assert standing.cost_is_partial
    assert standing.cost_usd == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3)), max_size=60),
    st.floats(0, 100),
)
def test_nothing_that_was_counted_is_lost(steps: list[tuple[float, int]], pause: float) -> None:
    headway, now, done, calls = Headway(10_000, now=0.0), 0.0, 0, 0
    for passed, made in steps:
        now += passed
        headway.count(trial(calls=made), now=now)
        done, calls = done + 1, calls + made
    standing = headway.standing(now=now + pause)
    assert (standing.done, standing.calls) == (done, calls)
    assert standing.trials_per_second is None or standing.trials_per_second > 0
    assert standing.seconds == now + pause
