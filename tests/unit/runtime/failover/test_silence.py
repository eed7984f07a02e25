"""Facts about targets from which nothing comes back."""

from math import inf

import pytest

from evalgate.model.serving import BreakerRules
from evalgate.runtime.failover.breaker import GRACE, Breaker, Lease, Reason, Report, State
from evalgate.runtime.failover.outcomes import Effect
from evalgate.runtime.failover.silence import LEAST, TIMES, Silence, Usual

RULES = BreakerRules(in_a_row=3, probes=1, open=5.0)
TIMEOUT = Report(effect=Effect.SLOW, seconds=20.0)


def answered(seconds: float) -> Report:
    return Report(effect=Effect.SUCCESS, seconds=seconds)


def begun(one: Breaker, now: float) -> Lease:
    lease = one.admit(now, within=20.0)
    assert lease is not None
    return lease


def usual(seconds: float) -> Breaker:
    """Return the breaker of a target that has answered after so many seconds, at that time."""
    one = Breaker(RULES, patience=10.0)
    one.report(begun(one, 0.0), answered(seconds), now=seconds, draw=0.0)
    return one


def test_it_opens_when_as_many_as_a_row_wait_far_longer_than_usual() -> None:
    one = usual(2.0)
    for second in (10.0, 11.0, 12.0):
        begun(one, second)
    assert not one.listen(12.0 + TIMES * 2.0 - 0.1, draw=0.0)
    assert one.listen(12.0 + TIMES * 2.0, draw=0.0)
    shown = one.condition(18.0)
    assert (shown.state, shown.reason, shown.until) == (State.OPEN, Reason.SILENT, 23.0)
    assert not one.listen(18.0, draw=0.0), "it is open already"


def test_fewer_than_a_row_may_wait_as_long_as_they_like() -> None:
    one = usual(0.1)
    begun(one, 10.0)
    begun(one, 10.0)
    assert not one.listen(25.0, draw=0.0)


@pytest.mark.parametrize("effect", [Effect.SUCCESS, Effect.FAILURE])
def test_whatever_is_heard_ends_the_silence(effect: Effect) -> None:
    one = usual(1.0)
    leases = [begun(one, 10.0) for _ in range(4)]
    one.report(leases.pop(), Report(effect=effect, seconds=2.0), now=12.0, draw=0.0)
    assert not one.listen(14.9, draw=0.0)


@pytest.mark.parametrize("report", [TIMEOUT, Report(effect=Effect.NONE)])
def test_what_ends_without_a_word_of_the_target_waits_no_more_and_is_not_heard(
    report: Report,
) -> None:
    one = usual(1.0)
    leases = [begun(one, 10.0) for _ in range(4)]
    one.report(leases.pop(), report, now=12.9, draw=0.0)
    assert one.listen(13.0, draw=0.0)
    other = usual(1.0)
    leases = [begun(other, 10.0) for _ in range(3)]
    other.report(leases.pop(), report, now=12.9, draw=0.0)
    assert not other.listen(13.0, draw=0.0)


def test_quick_answers_make_nobody_impatient() -> None:
    one = usual(0.01)
    for _ in range(3):
        begun(one, 10.0)
    assert not one.listen(10.0 + LEAST - 0.01, draw=0.0)
    assert one.listen(10.0 + LEAST, draw=0.0)


def test_before_the_first_answer_nothing_is_too_long() -> None:
    one = Breaker(RULES, patience=10.0)
    for _ in range(10):
        begun(one, 0.0)
    assert not one.listen(1000.0, draw=0.0)


def test_a_late_answer_closes_what_only_seemed_silent() -> None:
    one = usual(1.0)
    leases = [begun(one, 10.0) for _ in range(3)]
    assert one.listen(13.0, draw=0.0)
    assert one.report(leases[0], answered(4.0), now=14.0, draw=0.0)
    assert one.condition(14.0).state is State.CLOSED
    begun(one, 14.0)


def test_what_began_before_is_not_waited_for_after_a_closing() -> None:
    one = usual(1.0)
    leases = [begun(one, 10.0) for _ in range(3)]
    assert one.listen(13.0, draw=0.0)
    one.report(leases[0], answered(1.0), now=14.0, draw=0.0)
    assert not one.listen(30.0, draw=0.0)


def test_a_probe_of_a_silent_target_holds_the_next_one_up_for_little_longer_than_usual() -> None:
    one = usual(1.0)
    for _ in range(3):
        begun(one, 10.0)
    assert one.listen(13.0, draw=0.0)
    begun(one, 18.0)
    assert one.admit(18.0 + TIMES + GRACE - 0.1, within=20.0) is None
    second = begun(one, 18.0 + TIMES + GRACE)
    assert one.report(second, answered(1.0), now=23.0, draw=0.0)
    assert one.condition(23.0).state is State.CLOSED


def test_a_slow_answer_is_forgotten_by_and_by() -> None:
    silence = Silence(Usual())
    assert silence.patience == inf
    silence.hear(now=0.0, answered_in=10.0)
    for _ in range(20):
        silence.hear(now=0.0, answered_in=0.1)
    assert silence.patience > 2 * TIMES
    for _ in range(500):
        silence.hear(now=0.0, answered_in=0.1)
    assert silence.patience == LEAST


def test_one_that_never_answered_is_given_the_time_of_the_others() -> None:
    elsewhere = Usual()
    elsewhere.note(2.0)
    one = Breaker(RULES, patience=10.0, elsewhere=elsewhere)
    for _ in range(3):
        begun(one, 10.0)
    assert not one.listen(15.9, draw=0.0)
    assert one.listen(16.0, draw=0.0)
