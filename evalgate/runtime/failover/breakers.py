"""The breakers of a process, one for each target, shared by its threads.

One lock guards them all; what is done under it takes microseconds. A process that comes of
`os.fork()` starts with new ones, and with a lock of its own: another thread of its parent may have
held the old one at that moment, and probes under way are the parent's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import getpid
from threading import Lock

from evalgate.model.override import Forced
from evalgate.model.serving import Serving
from evalgate.runtime.failover.breaker import (
    JITTER,
    Breaker,
    Condition,
    Lease,
    Reason,
    Report,
    State,
)
from evalgate.runtime.failover.outcomes import Effect
from evalgate.runtime.failover.silence import Usual
from evalgate.runtime.failover.targets import Target

PATIENT = 0.5
"""The share of `timeout` that an attempt must have had for its timeout to count in full."""

_SHOWN: Mapping[Forced, State] = {
    Forced.OPEN: State.FORCED_OPEN,
    Forced.CLOSED: State.FORCED_CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A breaker that opened, was held or closed; `reason` is why it is not closed."""

    route_name: str
    model: str
    before: State
    after: State
    reason: Reason | None


@dataclass(slots=True, kw_only=True)
class _Held:
    """What belongs to one process; `refused` are the times until which whole routes are open."""

    pid: int = field(default_factory=getpid)
    lock: Lock = field(default_factory=Lock)
    breakers: dict[tuple[str, str], Breaker] = field(default_factory=dict)
    refused: dict[str, float] = field(default_factory=dict)
    usual: Usual = field(default_factory=Usual)


class Breakers:
    """Says of each target whether it may be asked, and learns from what came of it."""

    def __init__(self, serving: Serving) -> None:
        self._rules = serving.breaker
        self._patience = _patience(serving)
        self._forced: Mapping[str, Forced] = {}
        self._held = _Held()

    def follow(self, serving: Serving) -> None:
        """Take over what `runtime.yml` says now; breakers with other rules start anew."""
        if (self._rules, self._patience) != (serving.breaker, _patience(serving)):
            self._rules, self._patience = serving.breaker, _patience(serving)
            self._held = _Held()

    def force(self, routes: Mapping[str, Forced]) -> None:
        """Hold these routes in their states, and no others, until the next call of this."""
        self._forced = dict(routes)

    def wait(self, target: Target, *, now: float) -> float:
        """Return the seconds until a target may be asked: 0 means now, infinity cannot be told."""
        forced = self._forced.get(target.route_name)
        if forced is not None:
            return float("inf") if forced is Forced.OPEN else 0.0
        held = self._own()
        with held.lock:
            return self._breaker(held, target, now=now).wait(now)

    def serves_at_last(self, target: Target, *, now: float) -> bool:
        """Whether a target may be asked when nobody else may: it still answers now and then."""
        forced = self._forced.get(target.route_name)
        if forced is not None:
            return forced is Forced.CLOSED
        held = self._own()
        with held.lock:
            return self._breaker(held, target, now=now).last_resort(now) is not None

    def admit(
        self, target: Target, *, now: float, within: float, as_last_resort: bool = False
    ) -> Lease | None:
        """Give leave for one attempt of at most `within` seconds, or None.

        Whoever gets it calls `report` when the attempt ended, also when it was broken off.
        """
        forced = self._forced.get(target.route_name)
        if forced is Forced.OPEN:
            return None
        held = self._own()
        with held.lock:
            breaker = self._breaker(held, target, now=now)
            if forced is Forced.CLOSED:
                return breaker.passing()
            lease = breaker.admit(now, within=within)
            return breaker.last_resort(now) if lease is None and as_last_resort else lease

    def listen(
        self, target: Target, *, now: float, draw: Callable[[], float]
    ) -> tuple[Change, ...]:
        """Return what changes where nothing has come back from a target for too long.

        It is asked after each leave, so that it is heard of without a clock that ticks.
        """
        if target.route_name in self._forced:
            return ()
        held = self._own()
        with held.lock:
            breaker = self._breaker(held, target, now=now)
            before = breaker.state(now)
            if not breaker.listen(now, draw=draw()):
                return ()
            return (_change(target.key, before, breaker, now),)

    def report(
        self,
        target: Target,
        lease: Lease,
        report: Report,
        *,
        now: float,
        draw: Callable[[], float],
    ) -> tuple[Change, ...]:
        """Take in how an attempt ended; `Effect.NONE` gives the leave back and says nothing.

        Returns:
            what changed: nothing, the target, or all known targets of a route that is refused.
        """
        held = self._own()
        with held.lock:
            breaker = self._breaker(held, target, now=now)
            drawn = 0.0 if report.effect is Effect.SUCCESS else draw()
            before = breaker.state(now)
            is_news = breaker.report(lease, report, now=now, draw=drawn)
            changes = [_change(target.key, before, breaker, now)] if is_news else []
            if report.effect is Effect.ROUTE:
                until = now + self._rules.long_open * (1 + JITTER * drawn)
                changes += _refuse(held, target, until, now=now)
        return tuple(changes)

    def conditions(self, *, now: float) -> Mapping[tuple[str, str], Condition]:
        """Return what can be seen of each breaker, by route and model."""
        held = self._own()
        with held.lock:
            seen = {key: breaker.condition(now) for key, breaker in held.breakers.items()}
        return {key: _forced(each, self._forced.get(key[0])) for key, each in seen.items()}

    def _own(self) -> _Held:
        held = self._held
        if held.pid != getpid():
            # Two threads may both come here: what one of them reports is lost, and nothing breaks.
            held = self._held = _Held()
        return held

    def _breaker(self, held: _Held, target: Target, *, now: float) -> Breaker:
        breaker = held.breakers.get(target.key)
        if breaker is None:
            breaker = Breaker(self._rules, patience=self._patience, elsewhere=held.usual)
            held.breakers[target.key] = breaker
            until = held.refused.get(target.route_name, now)
            if until > now:
                breaker.open_until(until, now=now)
        return breaker


def _patience(serving: Serving) -> float:
    return serving.breaker.slow_after or PATIENT * serving.timing.timeout


def _refuse(held: _Held, target: Target, until: float, *, now: float) -> list[Change]:
    held.refused[target.route_name] = until
    changes: list[Change] = []
    for key, breaker in held.breakers.items():
        if key[0] == target.route_name:
            before = breaker.state(now)
            if breaker.open_until(until, now=now):
                changes.append(_change(key, before, breaker, now))
    return changes


def _change(key: tuple[str, str], before: State, breaker: Breaker, now: float) -> Change:
    after = breaker.condition(now)
    return Change(
        route_name=key[0], model=key[1], before=before, after=after.state, reason=after.reason
    )


def _forced(condition: Condition, forced: Forced | None) -> Condition:
    if forced is None:
        return condition
    return Condition(
        state=_SHOWN[forced],
        reason=Reason.FORCED,
        attempts=condition.attempts,
        failed=condition.failed,
        slow=condition.slow,
        in_a_row=condition.in_a_row,
    )
