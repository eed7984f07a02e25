"""Facts about the breakers of a process."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalgate.model.call import Rung
from evalgate.model.override import Forced
from evalgate.model.route import Route
from evalgate.model.serving import BreakerRules, Serving, Timing
from evalgate.runtime.failover.breaker import Reason, Report, State
from evalgate.runtime.failover.breakers import Breakers, Change
from evalgate.runtime.failover.outcomes import Effect
from evalgate.runtime.failover.targets import Target

RULES = BreakerRules(in_a_row=2, probes=1)
SERVING = Serving(breaker=RULES)


def target(route: str = "a", model: str = "big") -> Target:
    return Target(route_name=route, route=Route(), model=model, rung=Rung.FIRST)


def tell(
    breakers: Breakers, effect: Effect, *, to: Target | None = None, now: float = 0.0
) -> tuple[Change, ...]:
    lease = breakers.admit(to or target(), now=now, within=1)
    assert lease is not None
    report = Report(effect=effect, seconds=20.0)
    return breakers.report(to or target(), lease, report, now=now, draw=lambda: 0.0)


def opened() -> Breakers:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.FAILURE)
    tell(breakers, Effect.FAILURE)
    return breakers


def test_each_model_over_each_route_has_a_breaker_of_its_own() -> None:
    breakers = opened()
    assert breakers.wait(target(), now=0) == 5.0
    assert breakers.wait(target("b"), now=0) == 0
    assert breakers.wait(target(model="small"), now=0) == 0


def test_a_change_says_what_opened_and_why() -> None:
    breakers = Breakers(SERVING)
    assert tell(breakers, Effect.FAILURE) == ()
    assert tell(breakers, Effect.FAILURE) == (
        Change(
            route_name="a",
            model="big",
            before=State.CLOSED,
            after=State.OPEN,
            reason=Reason.IN_A_ROW,
        ),
    )
    [closed] = tell(breakers, Effect.SUCCESS, now=5)
    assert (closed.before, closed.after, closed.reason) == (State.HALF_OPEN, State.CLOSED, None)


def test_the_draw_lengthens_what_is_open() -> None:
    breakers = Breakers(SERVING)
    for _ in range(2):
        lease = breakers.admit(target(), now=0, within=1)
        assert lease is not None
        report = Report(effect=Effect.FAILURE)
        breakers.report(target(), lease, report, now=0, draw=lambda: 0.5)
    assert breakers.wait(target(), now=0) == 5.0 * 1.125


def test_a_refusal_opens_all_models_of_the_route_also_those_not_yet_asked() -> None:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.SUCCESS, to=target(model="small"))
    tell(breakers, Effect.SUCCESS, to=target("b"))
    changes = tell(breakers, Effect.ROUTE)
    assert [(each.route_name, each.model) for each in changes] == [("a", "big"), ("a", "small")]
    for model in ("big", "small", "new"):
        assert breakers.wait(target(model=model), now=0) == RULES.long_open
    assert breakers.wait(target("b"), now=0) == 0
    assert breakers.wait(target(model="newer"), now=RULES.long_open) == 0


def test_an_unknown_model_opens_that_model_alone() -> None:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.LONG)
    assert breakers.wait(target(), now=0) == RULES.long_open
    assert breakers.wait(target(model="small"), now=0) == 0


def test_a_route_forced_closed_lets_everybody_through_whatever_happens() -> None:
    breakers = opened()
    breakers.force({"a": Forced.CLOSED})
    for _ in range(10):
        tell(breakers, Effect.FAILURE)
    assert breakers.wait(target(), now=0) == 0
    assert breakers.serves_at_last(target(), now=0)
    assert breakers.conditions(now=0)[("a", "big")].state is State.FORCED_CLOSED
    breakers.force({})
    assert breakers.admit(target(), now=0, within=1) is None


def test_a_route_forced_open_lets_nobody_through() -> None:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.SUCCESS)
    breakers.force({"a": Forced.OPEN})
    assert breakers.admit(target(), now=0, within=1, as_last_resort=True) is None
    assert breakers.wait(target(), now=1e9) == float("inf")
    assert not breakers.serves_at_last(target(), now=0)
    assert breakers.conditions(now=0)[("a", "big")].state is State.FORCED_OPEN
    assert breakers.wait(target("b"), now=0) == 0


def test_the_last_resort_is_for_those_who_ask_for_it() -> None:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.SUCCESS)
    tell(breakers, Effect.FAILURE)
    tell(breakers, Effect.FAILURE)
    assert breakers.serves_at_last(target(), now=0)
    assert breakers.admit(target(), now=0, within=1) is None
    assert breakers.admit(target(), now=0, within=1, as_last_resort=True) is not None
    assert not opened().serves_at_last(target(), now=0)


def test_other_rules_start_anew_and_the_same_ones_go_on() -> None:
    breakers = opened()
    breakers.follow(Serving(breaker=RULES, routes={"b": Route()}))
    assert breakers.wait(target(), now=0) == 5.0
    breakers.follow(Serving(breaker=BreakerRules(in_a_row=1)))
    assert breakers.wait(target(), now=0) == 0
    tell(breakers, Effect.FAILURE)
    assert breakers.wait(target(), now=0) == 5.0


def test_a_timeout_counts_in_full_from_half_of_the_usual_one() -> None:
    rules = BreakerRules(fewest=1, failed=0.1)
    for timeout, is_open in ((40.0, True), (41.0, False)):
        breakers = Breakers(Serving(breaker=rules, timing=Timing(deadline=60, timeout=timeout)))
        assert bool(tell(breakers, Effect.SLOW)) is is_open


def test_of_many_threads_one_gets_the_probe() -> None:
    breakers = opened()
    with ThreadPoolExecutor(8) as pool:
        got = pool.map(lambda _: breakers.admit(target(), now=6, within=1), range(200))
        assert sum(lease is not None for lease in got) == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_starts_closed_and_with_a_lock_of_its_own() -> None:
    breakers = opened()
    breakers.force({"b": Forced.OPEN})
    with breakers._held.lock:
        child = os.fork()
        if child == 0:
            is_closed = breakers.admit(target(), now=0, within=1) is not None
            is_forced = breakers.admit(target("b"), now=0, within=1) is None
            os._exit(0 if is_closed and is_forced else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert breakers.wait(target(), now=0) == 5.0


def test_a_silent_target_opens_once_and_says_so_unless_it_is_held_by_hand() -> None:
    breakers = Breakers(SERVING)
    tell(breakers, Effect.SUCCESS)
    for _ in range(2):
        assert breakers.admit(target(), now=100, within=200) is not None
    assert breakers.listen(target(), now=159, draw=lambda: 0.0) == ()
    breakers.force({"a": Forced.CLOSED})
    assert breakers.listen(target(), now=160, draw=lambda: 0.0) == ()
    breakers.force({})
    [silent] = breakers.listen(target(), now=160, draw=lambda: 0.0)
    assert (silent.before, silent.after, silent.reason) == (State.CLOSED, State.OPEN, Reason.SILENT)
    assert breakers.listen(target(), now=160, draw=lambda: 0.0) == ()
    assert breakers.wait(target(), now=160) == 5.0
