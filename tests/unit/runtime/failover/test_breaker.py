"""Facts about the breaker of one target."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from evalgate.model.serving import BreakerRules
from evalgate.runtime.failover.breaker import GRACE, JITTER, Breaker, Lease, Reason, Report, State
from evalgate.runtime.failover.outcomes import Effect

RULES = BreakerRules(fewest=4, in_a_row=3, slow_after=2.0, probes=2)
FAILED = Report(effect=Effect.FAILURE, seconds=0.1)
ANSWERED = Report(effect=Effect.SUCCESS, seconds=0.1)


def breaker(rules: BreakerRules = RULES, *, patience: float = 1.0) -> Breaker:
    return Breaker(rules, patience=patience)


def tell(
    one: Breaker, *reports: Report, now: float = 0.0, draw: float = 0.0, within: float = 1.0
) -> bool:
    """Make attempts one after the other, and return whether the last one changed something."""
    changed = False
    for report in reports:
        lease = one.admit(now, within=within)
        assert lease is not None
        changed = one.report(lease, report, now=now, draw=draw)
    return changed


def opened(rules: BreakerRules = RULES, *, now: float = 0.0, draw: float = 0.0) -> Breaker:
    one = breaker(rules)
    assert tell(one, FAILED, FAILED, FAILED, now=now, draw=draw)
    return one


def test_it_opens_after_some_failures_in_a_row() -> None:
    one = breaker()
    assert not tell(one, FAILED, FAILED)
    assert tell(one, FAILED)
    shown = one.condition(0)
    assert (shown.state, shown.reason, shown.until) == (State.OPEN, Reason.IN_A_ROW, 5.0)


def test_a_success_ends_a_row() -> None:
    one = breaker(BreakerRules(in_a_row=3, fewest=100))
    tell(one, *[FAILED, FAILED, ANSWERED] * 5)
    assert one.condition(0).state is State.CLOSED


def test_it_opens_when_the_share_failed_of_enough_attempts() -> None:
    one = breaker()
    assert not tell(one, ANSWERED, FAILED, ANSWERED)
    assert tell(one, FAILED)
    assert one.condition(0).reason is Reason.FAILED


def test_failures_older_than_the_window_count_no_more() -> None:
    one = breaker()
    tell(one, ANSWERED, FAILED, ANSWERED)
    assert not tell(one, FAILED, now=31)
    assert one.condition(31).attempts == 1


def test_it_opens_when_most_attempts_are_slow() -> None:
    slow = Report(effect=Effect.SUCCESS, seconds=2.0)
    one = breaker()
    assert not tell(one, slow, slow, slow)
    assert tell(one, slow)
    assert one.condition(0).reason is Reason.SLOW


def test_slowness_opens_nothing_where_no_time_is_set() -> None:
    one = breaker(BreakerRules(fewest=4))
    tell(one, *[Report(effect=Effect.SUCCESS, seconds=1e9)] * 50)
    assert one.condition(0).state is State.CLOSED


def test_the_timeout_of_a_caller_in_a_hurry_counts_in_the_row_alone() -> None:
    one = breaker(BreakerRules(fewest=1, failed=0.1, in_a_row=3), patience=5.0)
    hurried = Report(effect=Effect.SLOW, seconds=4.9)
    assert not tell(one, hurried, hurried)
    assert one.condition(0).attempts == 0
    assert tell(one, hurried)
    patient = breaker(BreakerRules(fewest=1, failed=0.1), patience=5.0)
    assert tell(patient, Report(effect=Effect.SLOW, seconds=5.0))


def test_nobody_is_let_through_before_its_time_and_then_one_at_a_time() -> None:
    one = opened()
    assert one.wait(4.0) == 1.0
    assert one.admit(4.99, within=1) is None
    probe = one.admit(5.0, within=1)
    assert probe is not None
    assert one.admit(5.0, within=1) is None
    one.report(probe, ANSWERED, now=5.5, draw=0)
    assert one.admit(5.5, within=1) is not None


def test_successes_of_probes_close_it() -> None:
    one = opened()
    assert not tell(one, ANSWERED, now=5)
    assert tell(one, ANSWERED, now=5)
    assert one.condition(5).state is State.CLOSED
    assert one.condition(5).attempts == 0


def test_a_slow_answer_of_a_probe_neither_opens_nor_closes() -> None:
    one = opened()
    assert not tell(one, *[Report(effect=Effect.SUCCESS, seconds=2)] * 5, now=5)
    assert one.condition(5).state is State.HALF_OPEN


def test_each_failed_probe_doubles_the_time_up_to_the_longest() -> None:
    one, now, waits = opened(), 0.0, []
    for _ in range(4):
        now += one.wait(now)
        tell(one, FAILED, now=now)
        waits.append(one.wait(now))
    assert waits == [10.0, 15.0, 15.0, 15.0]
    now += one.wait(now)
    tell(one, ANSWERED, ANSWERED, now=now)
    tell(one, FAILED, FAILED, FAILED, now=now)
    assert one.wait(now) == 5.0


def test_the_time_is_lengthened_by_the_draw_and_never_shortened() -> None:
    assert opened(draw=0.5).wait(0) == 5.0 * (1 + JITTER / 2)


def test_a_probe_that_is_never_given_back_expires() -> None:
    one = opened()
    lost = one.admit(5.0, within=2)
    assert lost is not None
    assert one.admit(7.0 + GRACE - 0.01, within=2) is None
    assert one.admit(7.0 + GRACE, within=2) is not None
    assert not one.report(lost, FAILED, now=8.5, draw=0)
    assert one.condition(8.5).state is State.HALF_OPEN


def test_a_probe_that_is_given_back_makes_room_and_says_nothing() -> None:
    one = opened()
    tell(one, Report(effect=Effect.NONE), now=5)
    assert one.wait(5) == 0
    assert one.condition(5).state is State.HALF_OPEN


def test_what_began_before_the_opening_neither_closes_it_nor_counts_later() -> None:
    one = breaker()
    early = one.admit(0, within=9)
    assert early is not None
    tell(one, FAILED, FAILED, FAILED)
    for now in (1.0, 5.0):
        assert not one.report(early, ANSWERED, now=now, draw=0)
    assert one.admit(5.0, within=1) is not None
    assert not one.report(early, ANSWERED, now=5.0, draw=0)
    assert not one.report(early, FAILED, now=5.0, draw=0)
    assert one.condition(5.0).state is State.HALF_OPEN


def test_failures_that_began_before_an_outage_do_not_open_it_again_after() -> None:
    one = breaker()
    early = [one.admit(0, within=9) for _ in range(5)]
    tell(one, FAILED, FAILED, FAILED)
    tell(one, ANSWERED, ANSWERED, now=5)
    for lease in early:
        assert lease is not None
        assert not one.report(lease, FAILED, now=6, draw=0)
    assert one.condition(6).state is State.CLOSED


def test_successes_of_probes_count_anew_after_a_failed_one() -> None:
    one = opened()
    tell(one, ANSWERED, now=5)
    tell(one, FAILED, now=5)
    assert not tell(one, ANSWERED, now=15)
    assert tell(one, ANSWERED, now=15)


def test_an_open_breaker_that_is_held_too_waits_for_both() -> None:
    for seconds, until in ((3.0, 5.0), (9.0, 9.0)):
        one = breaker()
        early = one.admit(0, within=9)
        assert early is not None
        tell(one, ANSWERED, FAILED, FAILED, FAILED)
        one.report(early, Report(effect=Effect.HOLD, retry_after=seconds), now=0, draw=0)
        assert (one.wait(0), one.condition(0).until) == (until, until)
        assert one.condition(until - 0.1).state is State.OPEN
        assert one.condition(until).state is State.HALF_OPEN


def test_nobody_serves_at_last_while_the_server_wants_to_be_left_alone() -> None:
    one = breaker()
    early = one.admit(0, within=9)
    assert early is not None
    tell(one, ANSWERED, FAILED, FAILED, FAILED)
    one.report(early, Report(effect=Effect.HOLD, retry_after=3.0), now=0, draw=0)
    assert one.last_resort(2.9) is None
    assert one.last_resort(3.0) is not None


def test_a_hold_is_news_once_and_a_shorter_one_shortens_nothing() -> None:
    one = breaker()
    leases = [one.admit(0, within=9) for _ in range(2)]
    news = []
    for lease, seconds in zip(leases, (7.0, 3.0), strict=True):
        assert lease is not None
        limited = Report(effect=Effect.HOLD, retry_after=seconds)
        news.append(one.report(lease, limited, now=0, draw=0))
    assert news == [True, False]
    assert one.wait(0) == 7.0


def test_a_second_refusal_is_no_news_and_shortens_nothing() -> None:
    one = breaker()
    leases = [one.admit(0, within=9) for _ in range(2)]
    news = []
    for lease, draw in zip(leases, (0.9, 0.0), strict=True):
        assert lease is not None
        news.append(one.report(lease, Report(effect=Effect.LONG), now=0, draw=draw))
    assert news == [True, False]
    assert one.wait(0) == RULES.long_open * (1 + JITTER * 0.9)


def test_a_rate_limit_holds_as_long_as_the_server_says_and_is_no_failure() -> None:
    one = breaker()
    limited = Report(effect=Effect.HOLD, retry_after=7.0)
    assert tell(one, limited)
    shown = one.condition(1)
    assert (shown.state, shown.until, shown.failed) == (State.HELD, 7.0, 0)
    assert one.admit(6.99, within=1) is None
    assert tell(one, limited, now=7.0)
    assert one.condition(14.0).state is State.CLOSED


def test_a_server_that_names_days_is_asked_again_after_the_long_time() -> None:
    one = breaker()
    tell(one, Report(effect=Effect.HOLD, retry_after=4e5))
    assert one.wait(0) == RULES.long_open


@pytest.mark.parametrize("seconds", [0.0, 0.9])
def test_a_rate_limit_of_no_time_worth_waiting_for_is_a_failure(seconds: float) -> None:
    one = breaker()
    limited = Report(effect=Effect.HOLD, retry_after=seconds)
    assert tell(one, limited, limited, limited)
    assert one.condition(0).reason is Reason.IN_A_ROW


def test_a_rate_limit_without_a_time_is_a_failure() -> None:
    assert tell(breaker(), *[Report(effect=Effect.HOLD)] * 3)


@pytest.mark.parametrize("effect", [Effect.LONG, Effect.ROUTE])
def test_a_refusal_opens_for_long_at_once(effect: Effect) -> None:
    one = breaker()
    assert tell(one, ANSWERED, Report(effect=effect))
    assert one.wait(0) == RULES.long_open
    assert one.condition(0).reason is Reason.REFUSED
    assert one.last_resort(0) is None


def test_a_refusal_that_arrives_late_still_tells_something() -> None:
    one = breaker()
    late = one.admit(0, within=9)
    assert late is not None
    tell(one, FAILED, FAILED, FAILED)
    assert one.report(late, Report(effect=Effect.ROUTE), now=1, draw=0)
    assert one.wait(1) == RULES.long_open


def test_an_open_target_serves_at_last_while_one_of_its_last_twenty_attempts_did() -> None:
    one = breaker()
    tell(one, ANSWERED, FAILED, FAILED, FAILED)
    for count in range(17):
        lease = one.last_resort(1)
        assert lease is not None, count
        assert not one.report(lease, FAILED, now=1, draw=0)
    assert one.last_resort(1) is None
    assert one.condition(1).state is State.OPEN


def test_timeouts_end_the_last_resort_sooner() -> None:
    one = breaker()
    tell(one, ANSWERED, *[Report(effect=Effect.SLOW, seconds=3)] * 3)
    assert one.condition(0).state is State.OPEN
    for _ in range(2):
        lease = one.last_resort(0)
        assert lease is not None
        one.report(lease, Report(effect=Effect.SLOW, seconds=3), now=0, draw=0)
    assert one.last_resort(0) is None


def test_answers_of_the_last_resort_do_not_close_it() -> None:
    one = breaker()
    tell(one, ANSWERED, FAILED, FAILED, FAILED)
    for _ in range(10):
        lease = one.last_resort(1)
        assert lease is not None
        one.report(lease, ANSWERED, now=1, draw=0)
    assert one.condition(1).state is State.OPEN


@dataclass(frozen=True)
class Flight:
    """An attempt under way: its leave, when it began, and until when a probe is waited for."""

    lease: Lease
    until: float


class AnyBreaker(RuleBasedStateMachine):
    """A breaker that is asked and told in any order, on a clock that stands, jumps and errs."""

    def __init__(self) -> None:
        super().__init__()
        self.one = breaker()
        self.now = 0.0
        self.flights: list[Flight] = []
        self.shut_until = 0.0

    @rule(seconds=st.sampled_from([0.0, 0.0, 0.5, 3.0, 5.0, 16.0, 700.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule(back=st.sampled_from([0.0, 0.0, 4.0]), within=st.sampled_from([0.5, 4.0]))
    def ask(self, back: float, within: float) -> None:
        before = self.one.condition(self.now).state
        lease = self.one.admit(self.now - back, within=within)
        if lease is None:
            assert before is not State.CLOSED
            return
        assert self.now >= self.shut_until
        if before is State.HALF_OPEN:
            probing = [each for each in self.flights if each.lease.probe and each.until > self.now]
            assert all(each.lease.era != lease.era for each in probing)
        self.flights.append(Flight(lease, self.now + within + GRACE))

    @precondition(lambda self: self.flights)
    @rule(
        data=st.data(),
        effect=st.sampled_from([*Effect, Effect.SUCCESS, Effect.FAILURE, Effect.FAILURE]),
        after=st.sampled_from([None, 1.0, 30.0]),
        draw=st.sampled_from([0.0, 0.99]),
    )
    def tell(self, data: st.DataObject, effect: Effect, after: float | None, draw: float) -> None:
        flight = self.flights.pop(data.draw(st.integers(0, len(self.flights) - 1)))
        before = self.one.condition(self.now)
        report = Report(effect=effect, seconds=1.0, retry_after=after)
        changed = self.one.report(flight.lease, report, now=self.now, draw=draw)
        shown = self.one.condition(self.now)
        if changed and shown.state is State.CLOSED:
            assert flight.lease.probe
            assert effect is Effect.SUCCESS
            assert before.state is State.HALF_OPEN
        if shown.state in (State.OPEN, State.HELD) and shown.until is not None:
            self.shut_until = max(self.shut_until, shown.until)

    @invariant()
    def it_waits_exactly_as_long_as_it_is_shut(self) -> None:
        shown = self.one.condition(self.now)
        if shown.state in (State.OPEN, State.HELD):
            assert shown.until is not None
            assert self.one.wait(self.now) >= shown.until - self.now > 0
        elif shown.state is State.CLOSED:
            assert self.one.wait(self.now) == 0


TestAnyBreaker = AnyBreaker.TestCase
TestAnyBreaker.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
