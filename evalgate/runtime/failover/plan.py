"""Decides the next step of a call: ask this target, now or after a pause, or give up.

A call is a loop over `next_step`: it waits for the pause, gets leave from the breaker, makes the
attempt, reports how it ended, and asks again with the failure.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from evalgate.model.call import Rung
from evalgate.model.chat import CallFailure, FailureKind
from evalgate.model.serving import RetryRules, Timing
from evalgate.runtime.failover.backoff import pause
from evalgate.runtime.failover.outcomes import OUTCOMES, Again
from evalgate.runtime.failover.targets import Target

LEAST_SECONDS = 0.05
"""With less time left no attempt starts: it could only cost money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a call has come: the target that was asked last, and the retries so far.

    `at` is the place in `targets`, -1 before the first attempt. `asked` counts the attempts at that
    target, `retries` the retries of the whole call.
    """

    targets: tuple[Target, ...]
    at: int = -1
    asked: int = 0
    retries: int = 0

    @property
    def target(self) -> Target:
        """The target that was asked last."""
        return self.targets[self.at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Ask a target for at most `seconds`, after a pause; `course` is how far the call is then.

    `is_last_resort` asks one whose breaker is open, because all are.
    """

    target: Target
    rung: Rung
    pause: float
    seconds: float
    course: Course
    is_last_resort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Ask nobody else. `kind` is the last failure's; None when no target may be asked at all."""

    kind: FailureKind | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a decision rests on beside the failure.

    `wait` gives the seconds until a target may be asked, as its breaker says, and `serves_at_last`
    whether it may when nobody else may. `may_retry` takes one retry from the budget, and is asked
    last. `draw` draws a number from 0 up to 1.
    """

    timing: Timing
    retry: RetryRules
    wait: Callable[[Target], float]
    serves_at_last: Callable[[Target], bool]
    may_retry: Callable[[], bool]
    draw: Callable[[], float]


def attempt_seconds(timing: Timing, remaining: float, targets_left: int) -> float:
    """Return how long an attempt may take, so that time is left for the targets after it."""
    kept = timing.reserve * remaining if targets_left else 0.0
    return max(LEAST_SECONDS, min(timing.timeout, remaining - kept))


def next_step(
    course: Course,
    failure: CallFailure | None,
    *,
    remaining: float,
    means: Means,
    has_begun: bool = False,
) -> Attempt | Stop:
    """Decide what to do next.

    The same target is asked again where its failure allows it and the pause is a usual one. Then
    come the targets after it that may be asked now. A longer pause that the server named is waited
    for only when there are none. A call that nobody at all may answer is made once all the same,
    while its target answers now and then.

    Args:
        course: how far the call has come.
        failure: how the last attempt ended; None before the first one, and when its breaker gave no
            leave after all.
        remaining: seconds until the deadline of the call.
        means: rules, breakers, budget and draws.
        has_begun: whether the caller has seen content of a stream: then nothing is tried again.
    """
    kind = None if failure is None else failure.kind
    if has_begun:
        return Stop(kind=kind)
    if remaining < LEAST_SECONDS:
        return Stop(kind=FailureKind.DEADLINE)
    others = [] if _is_final(kind) else _others(course, means)
    wanted = None if failure is None else _pause(course, failure, others, remaining, means)
    is_usual = wanted is not None and wanted <= means.retry.longest_pause
    if wanted is not None and (is_usual or not others) and means.may_retry():
        return _retry(course, wanted, others, remaining, means)
    if others:
        return _hop(course, others, remaining, means)
    return _last_resort(course, remaining, means) or Stop(kind=kind)


def _is_final(kind: FailureKind | None) -> bool:
    return kind is not None and not OUTCOMES[kind].hops


def _others(course: Course, means: Means) -> list[int]:
    after = range(course.at + 1, len(course.targets))
    return [index for index in after if means.wait(course.targets[index]) <= 0]


def _pause(
    course: Course, failure: CallFailure, others: list[int], remaining: float, means: Means
) -> float | None:
    """Return the seconds to wait before the same target is asked again; None forbids it."""
    again = OUTCOMES[failure.kind].again
    is_wanted = again in (Again.ONCE, Again.TOLD) or (again is Again.LAST and not others)
    if not is_wanted or course.asked > 1 or course.retries >= means.retry.most:
        return None
    seconds = pause(
        means.retry,
        course.retries,
        retry_after=failure.retry_after,
        room=remaining * (1 - means.timing.reserve),
        draw=means.draw,
    )
    is_open = seconds is not None and means.wait(course.target) > seconds
    return None if is_open else seconds


def _retry(
    course: Course, wanted: float, others: list[int], remaining: float, means: Means
) -> Attempt:
    return Attempt(
        target=course.target,
        rung=Rung.RETRY,
        pause=wanted,
        seconds=attempt_seconds(means.timing, remaining - wanted, len(others)),
        course=replace(course, asked=course.asked + 1, retries=course.retries + 1),
    )


def _hop(course: Course, others: list[int], remaining: float, means: Means) -> Attempt:
    at, *later = others
    target = course.targets[at]
    return Attempt(
        target=target,
        rung=target.rung,
        pause=0.0,
        seconds=attempt_seconds(means.timing, remaining, len(later)),
        course=replace(course, at=at, asked=1),
    )


def _last_resort(course: Course, remaining: float, means: Means) -> Attempt | None:
    # One attempt and no hop: in an outage of all targets a call must not cost more than one.
    if course.at >= 0:
        return None
    ailing = [index for index, each in enumerate(course.targets) if means.serves_at_last(each)]
    if not ailing:
        return None
    return replace(_hop(course, ailing[:1], remaining, means), is_last_resort=True)
