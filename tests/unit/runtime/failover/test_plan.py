"""Facts about the next step of a call."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.call import Rung
from evalgate.model.chat import CallFailure, FailureKind
from evalgate.model.route import Route
from evalgate.model.serving import Prefer, RetryRules, Serving, Timing
from evalgate.runtime.failover.outcomes import OUTCOMES
from evalgate.runtime.failover.plan import (
    LEAST_SECONDS,
    Attempt,
    Course,
    Means,
    Stop,
    attempt_seconds,
    next_step,
)
from evalgate.runtime.failover.targets import Target, targets

THREE = targets(
    Serving(routes={"a": Route(), "b": Route(), "c": Route()}), prefer=Prefer.QUALITY, model="big"
)
ONE = THREE[:1]
TIMING = Timing(deadline=20, timeout=8, reserve=0.5)


def failed(kind: FailureKind, *, after: float | None = None) -> CallFailure:
    return CallFailure(kind=kind, message="", retry_after=after)


def means(
    waits: Mapping[str, float] | None = None,
    *,
    timing: Timing = TIMING,
    retry: RetryRules | None = None,
    budget: bool = True,
    last: frozenset[str] = frozenset(),
) -> Means:
    known = waits or {}

    def wait(target: Target) -> float:
        return known.get(target.route_name, 0.0)

    return Means(
        timing=timing,
        retry=retry or RetryRules(),
        wait=wait,
        serves_at_last=lambda target: target.route_name in last,
        may_retry=lambda: budget,
        draw=lambda: 0.0,
    )


def asked(course: Course, failure: CallFailure | None, how: Means | None = None) -> str:
    """Return the next step in short: the rung and the route, or why it stops."""
    step = next_step(course, failure, remaining=20.0, means=how or means())
    return f"{step.rung} {step.target.route_name}" if isinstance(step, Attempt) else str(step.kind)


def begun(several: tuple[Target, ...] = THREE, *, at: int = 0) -> Course:
    return Course(targets=several, at=at, asked=1)


def test_the_first_target_that_may_be_asked_is_asked_first() -> None:
    assert asked(Course(targets=THREE), None) == "first a"
    assert asked(Course(targets=THREE), None, means({"a": 1.0})) == "other_route b"


def test_an_attempt_leaves_time_for_the_targets_after_it_that_may_be_asked() -> None:
    step = next_step(Course(targets=THREE), None, remaining=10.0, means=means())
    assert isinstance(step, Attempt)
    assert step.seconds == 5.0
    alone = next_step(Course(targets=THREE), None, remaining=7.0, means=means({"b": 1, "c": 1}))
    assert isinstance(alone, Attempt)
    assert alone.seconds == 7.0


@given(st.floats(0, 100), st.floats(0.1, 100), st.floats(0, 0.9), st.integers(0, 5))
def test_an_attempt_is_never_given_nothing_nor_more_than_is_left(
    remaining: float, timeout: float, reserve: float, left: int
) -> None:
    timing = Timing(timeout=timeout, reserve=reserve)
    seconds = attempt_seconds(timing, remaining, left)
    assert 0 < seconds <= max(LEAST_SECONDS, min(timeout, remaining))


def test_what_broke_is_asked_again_once_and_then_elsewhere() -> None:
    broken = failed(FailureKind.SERVER)
    step = next_step(begun(), broken, remaining=20.0, means=means())
    assert isinstance(step, Attempt)
    assert (step.rung, step.target, step.pause) == (Rung.RETRY, THREE[0], 0.125)
    assert step.seconds == 8.0
    assert asked(step.course, broken) == "other_route b"


def test_a_call_has_no_more_retries_than_the_rules_say() -> None:
    second = replace(begun(at=1), retries=1)
    assert asked(second, failed(FailureKind.SERVER)) == "other_route c"
    twice = means(retry=RetryRules(most=2))
    assert asked(second, failed(FailureKind.SERVER), twice) == "retry b"
    none = means(retry=RetryRules(most=0))
    assert asked(begun(), failed(FailureKind.SERVER), none) == "other_route b"


def test_a_target_is_asked_again_only_once_however_many_retries_a_call_has() -> None:
    again = Course(targets=THREE, at=0, asked=2, retries=1)
    many = means(retry=RetryRules(most=5))
    assert asked(again, failed(FailureKind.SERVER), many) == "other_route b"


def test_without_budget_or_with_an_open_breaker_nothing_is_asked_again() -> None:
    broken = failed(FailureKind.SERVER)
    assert asked(begun(), broken, means(budget=False)) == "other_route b"
    assert asked(begun(), broken, means({"a": 5.0})) == "other_route b"
    assert asked(begun(ONE), broken, means(budget=False)) == "server"


def test_the_budget_is_asked_only_for_a_retry_that_will_be_made() -> None:
    taken = []

    def take() -> bool:
        taken.append(True)
        return True

    how = replace(means(), may_retry=take)
    for kind in (FailureKind.TIMEOUT, FailureKind.OVERLOADED, FailureKind.REQUEST):
        asked(begun(), failed(kind), how)
    assert taken == []
    asked(begun(), failed(FailureKind.SERVER), how)
    assert taken == [True]


def test_a_timeout_and_an_overload_go_elsewhere_and_an_overload_alone_is_tried_again() -> None:
    for kind in (FailureKind.TIMEOUT, FailureKind.OVERLOADED):
        assert asked(begun(), failed(kind)) == "other_route b"
    assert asked(begun(ONE), failed(FailureKind.OVERLOADED)) == "retry a"
    assert asked(begun(ONE), failed(FailureKind.TIMEOUT)) == "timeout"


def test_a_short_wait_that_the_server_named_is_waited_for() -> None:
    step = next_step(
        begun(), failed(FailureKind.RATE_LIMIT, after=2.0), remaining=20.0, means=means({"a": 2.0})
    )
    assert isinstance(step, Attempt)
    assert (step.rung, step.pause) == (Rung.RETRY, 2.125)


def test_a_long_wait_is_for_those_who_have_nobody_else() -> None:
    limited = failed(FailureKind.RATE_LIMIT, after=6.0)
    assert asked(begun(), limited, means({"a": 6.0})) == "other_route b"
    assert asked(begun(ONE), limited, means({"a": 6.0})) == "retry a"


def test_a_wait_that_does_not_fit_is_not_begun() -> None:
    limited = failed(FailureKind.RATE_LIMIT, after=10.0)
    assert asked(begun(ONE), limited, means({"a": 10.0})) == "rate_limit"


@pytest.mark.parametrize("kind", [kind for kind, row in OUTCOMES.items() if not row.hops])
def test_what_fails_everywhere_ends_the_call(kind: FailureKind) -> None:
    assert asked(begun(), failed(kind)) == kind.value


def test_after_the_last_target_the_call_ends_with_its_failure() -> None:
    assert asked(begun(at=2), failed(FailureKind.TIMEOUT)) == "timeout"


def test_where_nobody_may_be_asked_no_call_is_made() -> None:
    shut = means({"a": 1.0, "b": 1.0, "c": float("inf")})
    assert next_step(Course(targets=THREE), None, remaining=20, means=shut) == Stop(kind=None)
    assert next_step(Course(targets=()), None, remaining=20, means=means()) == Stop(kind=None)


def test_the_last_resort_is_one_attempt_and_no_more() -> None:
    ailing = means({"a": 9.0, "b": 9.0, "c": 9.0}, last=frozenset("bc"))
    step = next_step(Course(targets=THREE), None, remaining=10.0, means=ailing)
    assert isinstance(step, Attempt)
    assert (step.target.route_name, step.is_last_resort, step.seconds) == ("b", True, 8.0)
    assert asked(step.course, failed(FailureKind.SERVER), ailing) == "server"
    assert asked(begun(), failed(FailureKind.TIMEOUT), ailing) == "timeout"


def test_who_gets_no_leave_after_all_goes_on_to_the_next() -> None:
    assert asked(begun(), None) == "other_route b"
    assert asked(begun(at=2), None) == "None"


def test_after_the_deadline_nothing_starts() -> None:
    step = next_step(Course(targets=THREE), None, remaining=0.04, means=means())
    assert step == Stop(kind=FailureKind.DEADLINE)


def test_a_stream_that_has_begun_is_not_begun_again() -> None:
    broken = failed(FailureKind.CUT)
    step = next_step(begun(), broken, remaining=20, means=means(), has_begun=True)
    assert step == Stop(kind=FailureKind.CUT)


@given(
    st.lists(st.sampled_from(list(FailureKind)), max_size=12),
    st.floats(0, 30),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from([0.0, 0.1, 5.0])),
)
def test_any_call_ends_after_few_attempts_and_goes_down_the_ladder_only(
    kinds: list[FailureKind], remaining: float, waits: dict[str, float]
) -> None:
    course, failure, places = Course(targets=THREE), None, list[int]()
    for kind in [*kinds, *[FailureKind.SERVER] * 5]:
        step = next_step(course, failure, remaining=remaining, means=means(waits))
        if isinstance(step, Stop):
            break
        assert step.pause + step.seconds <= remaining + LEAST_SECONDS
        course, failure = step.course, failed(kind)
        places.append(course.at)
    else:
        pytest.fail("the call does not end")
    assert places == sorted(places)
    assert len(places) <= len(THREE) + RetryRules().most
