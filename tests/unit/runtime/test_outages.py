"""Facts about whole processes in outages: what they cost, and how soon they end."""

from collections.abc import Callable
from random import Random

import pytest

from evalgate.model.chat import FailureKind
from evalgate.model.serving import BreakerRules, RetryRules, Serving, Timing
from evalgate.runtime.failover.breaker import JITTER
from tests.unit.runtime.outage import Process, serving

KINDS = [FailureKind.CONNECTION, FailureKind.SERVER, FailureKind.OVERLOADED, FailureKind.TIMEOUT]
QUICK = Serving(timing=Timing(deadline=5.0, timeout=0.5))
OUTAGE = 30.0


def spread(calls: int, *, seconds: float = OUTAGE) -> list[float]:
    return [index * seconds / calls for index in range(calls)]


def out(kind: FailureKind, *routes: str) -> Callable[[str, float], FailureKind | None]:
    return lambda name, now: kind if name in routes and now < OUTAGE else None


@pytest.mark.parametrize("kind", [*KINDS, FailureKind.AUTHENTICATION, FailureKind.SPEND_LIMIT])
@pytest.mark.parametrize("routes", [("a",), ("a", "b", "c")])
@pytest.mark.parametrize("calls", [60, 1000])
def test_an_outage_of_all_routes_costs_few_calls(
    kind: FailureKind, routes: tuple[str, ...], calls: int
) -> None:
    process = Process(serving=serving(*routes, base=QUICK), fails=out(kind, *routes))
    process.run(spread(calls))
    assert len(process.attempts) <= 0.65 * calls
    assert max(process.ended) <= QUICK.timing.deadline


@pytest.mark.parametrize("kind", KINDS)
def test_while_one_route_of_three_is_out_the_others_answer_at_little_more(
    kind: FailureKind,
) -> None:
    for calls, most in ((60, 1.15), (1000, 1.05)):
        process = Process(serving=serving("a", "b", "c", base=QUICK), fails=out(kind, "a"))
        assert None not in process.run(spread(calls))
        assert len(process.attempts) <= most * calls


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_after_an_outage_calls_are_answered_within_the_longest_time_and_the_probes(
    kind: FailureKind, seed: int
) -> None:
    process = Process(
        serving=serving("a", base=QUICK),
        fails=out(kind, "a"),
        random=Random(seed),  # noqa: S311 - draws of a test
    )
    starts = spread(1200, seconds=2 * OUTAGE)
    answers = process.run(starts)
    rules = process.serving.breaker
    within = rules.longest_open * (1 + JITTER) + rules.probes * (process.seconds + 0.1)
    late = [
        start
        for start, answer in zip(starts, answers, strict=True)
        if answer is None and start > OUTAGE + within
    ]
    assert late == []


def at_random(share: float) -> Callable[[str, float], FailureKind | None]:
    random = Random(3)  # noqa: S311 - draws of a test
    return lambda _name, _now: FailureKind.SERVER if random.random() < share else None


def answered(routes: tuple[str, ...], rules: Serving) -> float:
    process = Process(serving=serving(*routes, base=rules), fails=at_random(0.5))
    answers = process.run(spread(1000))
    return sum(answer is not None for answer in answers) / len(answers)


def test_where_half_of_the_attempts_fail_calls_fare_no_worse_than_without_retries() -> None:
    no_breaker = BreakerRules(fewest=10_000, in_a_row=10_000)
    bare = answered(("a",), Serving(retry=RetryRules(most=0), breaker=no_breaker))
    assert 0.45 < bare < 0.55
    assert answered(("a",), Serving()) >= bare
    assert answered(("a", "b", "c"), Serving()) >= bare
    assert answered(("a", "b", "c"), Serving(breaker=no_breaker)) >= bare + 0.3


def test_where_one_route_fails_half_of_the_time_the_other_answers() -> None:
    fails = at_random(0.5)
    process = Process(
        serving=serving("a", "b"), fails=lambda name, now: fails(name, now) if name == "a" else None
    )
    assert None not in process.run(spread(1000))


def test_retries_stay_within_their_budget() -> None:
    fails = out(FailureKind.SERVER, "a")
    no_breaker = Serving(breaker=BreakerRules(fewest=10_000, in_a_row=10_000))
    process = Process(serving=serving("a", base=no_breaker), fails=fails)
    process.run(spread(1000))
    assert len(process.attempts) <= 1000 * 1.1 + 3


@pytest.mark.parametrize("routes", [("a",), ("a", "b", "c")])
@pytest.mark.parametrize("calls", [120, 1000])
def test_an_outage_in_which_nothing_comes_back_is_known_long_before_the_timeout(
    routes: tuple[str, ...], calls: int
) -> None:
    falls = lambda name, now: FailureKind.TIMEOUT if 10 < now < 10 + OUTAGE else None  # noqa: ARG005, E731
    process = Process(serving=serving(*routes, base=Serving()), fails=falls)
    starts = [10 + start for start in spread(calls)]
    process.run([*spread(50, seconds=10.0), *starts, *(50 + start for start in spread(100))])
    assert len([now for _, now in process.attempts if 10 < now < 10 + OUTAGE]) <= 1.1 * calls
    assert max(process.ended) <= process.serving.timing.deadline
