"""A process that calls over routes that fail, on a clock of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from random import Random

from evalgate.model.chat import CallFailure, Completion, FailureKind, Usage
from evalgate.model.route import Route
from evalgate.model.serving import Serving
from evalgate.runtime.failover.breaker import Report
from evalgate.runtime.failover.breakers import Breakers
from evalgate.runtime.failover.budget import RetryBudget
from evalgate.runtime.failover.outcomes import effect_of
from evalgate.runtime.failover.plan import Course, Means, Stop, next_step
from evalgate.runtime.failover.targets import targets

MODEL = "claude-sonnet-5-5"
USAGE = Usage(input_tokens=1, output_tokens=1)
ANSWER = Completion(text="", model=MODEL, stop_reason="end_turn", usage=USAGE, latency_ms=1)


def serving(*routes: str, base: Serving | None = None) -> Serving:
    rules = base or Serving()
    return Serving(
        routes={name: Route() for name in routes},
        timing=rules.timing,
        retry=rules.retry,
        breaker=rules.breaker,
    )


@dataclass(kw_only=True)
class Process:
    """Makes calls one after the other; `fails` says how an attempt over a route at a time ends."""

    serving: Serving
    fails: Callable[[str, float], FailureKind | None]
    seconds: float = 0.5
    random: Random = field(default_factory=lambda: Random(1))  # noqa: S311 - draws of a test
    attempts: list[tuple[str, float]] = field(default_factory=list)

    ended: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.breakers = Breakers(self.serving)
        self.budget = RetryBudget(self.serving.retry)

    def run(self, starts: list[float]) -> list[str | None]:
        """Make calls that start at these times, each beside the others, and return who answered."""
        answers: list[str | None] = [None] * len(starts)
        calls = [self._call(start, index, answers) for index, start in enumerate(starts)]
        waiting = [(start, index) for index, start in enumerate(starts)]
        heapify(waiting)
        while waiting:
            now, index = heappop(waiting)
            following = next(calls[index], None)
            if following is not None:
                heappush(waiting, (max(now, following), index))
        return answers

    def _call(self, start: float, index: int, answers: list[str | None]) -> Iterator[float]:
        """Make one call, and yield each time at which it goes on."""
        now, failure = start, None
        course = Course(targets=targets(self.serving, prefer=self.serving.prefer, model=MODEL))
        self.budget.first(now=now)
        while True:
            left = start + self.serving.timing.deadline - now
            step = next_step(course, failure, remaining=left, means=self._means(now))
            if isinstance(step, Stop):
                self.ended.append(now - start)
                return
            if step.pause:
                now += step.pause
                yield now
            lease = self.breakers.admit(
                step.target, now=now, within=step.seconds, as_last_resort=step.is_last_resort
            )
            self.breakers.listen(step.target, now=now, draw=self.random.random)
            course, failure = step.course, None
            if lease is None:
                continue
            name = step.target.route_name
            self.attempts.append((name, now))
            kind = self.fails(name, now)
            took = step.seconds if kind is FailureKind.TIMEOUT else self.seconds
            now += took
            yield now
            result = ANSWER if kind is None else CallFailure(kind=kind, message="")
            report = Report(effect=effect_of(result), seconds=took)
            self.breakers.report(step.target, lease, report, now=now, draw=self.random.random)
            if isinstance(result, Completion):
                self.ended.append(now - start)
                answers[index] = name
                return
            failure = result

    def _means(self, now: float) -> Means:
        return Means(
            timing=self.serving.timing,
            retry=self.serving.retry,
            wait=lambda target: self.breakers.wait(target, now=now),
            serves_at_last=lambda target: self.breakers.serves_at_last(target, now=now),
            may_retry=lambda: self.budget.take(now=now),
            draw=self.random.random,
        )
