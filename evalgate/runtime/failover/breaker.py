"""The breaker of one target: decides whether it may be asked, by what came of asking it.

It reads no clock and draws nothing: the time and the draw are arguments. It locks nothing either;
`evalgate.runtime.failover.breakers` does.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from evalgate.model.serving import BreakerRules
from evalgate.runtime.failover.outcomes import Effect
from evalgate.runtime.failover.silence import Silence, Usual
from evalgate.runtime.failover.window import Window

BUCKETS = 10
"""Into how many parts the window is divided."""

JITTER = 0.25
"""The share by which a time of being open is lengthened at most, so that processes part."""

GRACE = 1.0
"""Seconds that a probe is waited for beyond the time that it should take."""

SHORTEST_HOLD = 1.0
"""Seconds of which a server that names fewer is held to fail: else each call would ask it again."""

REMEMBERED = (1 << 20) - 1
"""The last 20 attempts, as bits: whether a target that is open still answers now and then."""

TIMEOUT_WEIGHT = 4
"""How many attempts a timeout stands for among them: a wait in vain costs a caller more."""

MOST_DOUBLINGS = 16
"""A float overflows at 2 to the 1024."""


class State(StrEnum):
    """Whether a target may be asked: closed lets everybody through, half-open one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    HELD = "held"
    FORCED_OPEN = "forced_open"
    FORCED_CLOSED = "forced_closed"


class Reason(StrEnum):
    """Why a breaker is not closed."""

    FAILED = "failed"
    SLOW = "slow"
    IN_A_ROW = "in_a_row"
    PROBE = "probe"
    RATE_LIMIT = "rate_limit"
    REFUSED = "refused"
    SILENT = "silent"
    FORCED = "forced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Leave to make one attempt; what comes of it is reported with it.

    `era` counts openings and closings: what began in another one says nothing about this one.
    `number` tells the attempts of a breaker apart.
    """

    era: int
    probe: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How an attempt ended: after how many seconds, and how long the server wants to be left."""

    effect: Effect
    seconds: float = 0.0
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a breaker shows; `until` is None where no time is set, counts are of the window."""

    state: State
    until: float | None = None
    reason: Reason | None = None
    attempts: int = 0
    failed: int = 0
    slow: int = 0
    in_a_row: int = 0


class Breaker:
    """The state of one target. Times are seconds of any clock that does not run backwards.

    A time before the last one counts as the last one.
    """

    __slots__ = (
        "_held_until",
        "_lease",
        "_now",
        "_numbers",
        "_openings",
        "_patience",
        "_probe",
        "_probe_until",
        "_probes",
        "_reason",
        "_recent",
        "_row",
        "_rules",
        "_silence",
        "_state",
        "_successes",
        "_until",
        "_window",
    )

    def __init__(
        self, rules: BreakerRules, *, patience: float, elsewhere: Usual | None = None
    ) -> None:
        """Start closed.

        Args:
            rules: when to open and for how long.
            patience: the seconds that an attempt must have had for its timeout to count in the
                shares; one that had less counts in the row only, because a caller in a hurry
                proves little about the target.
            elsewhere: how long the answers of all targets take, where there are others.
        """
        self._rules = rules
        self._patience = patience
        self._state = State.CLOSED
        self._reason: Reason | None = None
        self._now = self._until = self._held_until = float("-inf")
        self._openings = self._row = self._successes = self._probes = self._recent = 0
        self._lease = Lease(era=0)
        self._probe: Lease | None = None
        self._probe_until = float("-inf")
        self._window = self._new_window()
        self._numbers = 0
        self._silence = Silence(elsewhere or Usual())

    def wait(self, now: float) -> float:
        """Return the seconds until the target may be asked, as far as can be told; 0 means now."""
        now = self._moved(now)
        wanted = self._held_until
        if self._state is State.OPEN:
            wanted = max(wanted, self._until)
        elif self._state is State.HALF_OPEN and self._probe is not None:
            wanted = max(wanted, self._probe_until)
        return max(0.0, wanted - now)

    def admit(self, now: float, *, within: float) -> Lease | None:
        """Give leave for an attempt of at most `within` seconds, or None.

        A probe that is not reported is waited for until its time is over, or answers would long
        have come, and a little longer; without an answer to compare it with, as long as the breaker
        was open at first.
        """
        if self.wait(now) > 0:
            return None
        if self._state is State.CLOSED:
            self._numbers += 1
            self._silence.begin(self._numbers, now=self._now)
            return Lease(era=self._lease.era, number=self._numbers)
        self._state = State.HALF_OPEN
        self._probes += 1
        self._probe = Lease(era=self._lease.era, probe=self._probes)
        usual = self._silence.patience
        most = self._rules.open if usual == inf else usual
        self._probe_until = self._now + min(within, most) + GRACE
        return self._probe

    def listen(self, now: float, *, draw: float) -> bool:
        """Open when the target has fallen silent, and return whether it has; see `silence`."""
        now = self._moved(now)
        is_heard = not self._silence.lasts(now, waiting=self._rules.in_a_row)
        if self._state is not State.CLOSED or is_heard:
            return False
        self._open(Reason.SILENT, now=now, draw=draw)
        return True

    def last_resort(self, now: float) -> Lease | None:
        """Give leave for an attempt that nobody else can make, or None.

        A target that fails half of the time opens its breaker, and yet is better than nobody. One
        that answered none of its last 20 attempts is not, nor one that is held or refuses.
        """
        is_shut = self._moved(now) < self._held_until or self._reason is Reason.REFUSED
        return None if is_shut or not self._recent else self._lease

    def passing(self) -> Lease:
        """Give leave without asking the state: somebody holds the breaker closed by hand."""
        return self._lease

    def report(self, lease: Lease, report: Report, *, now: float, draw: float) -> bool:
        """Take in how an attempt ended, and return whether the breaker opened, closed or was held.

        Args:
            lease: with which the attempt was made.
            report: how it ended.
            now: the time.
            draw: from 0 up to 1, for the jitter of a time of being open.
        """
        now = self._moved(now)
        effect = report.effect
        self._silence.end(lease.number)
        is_probe = self._probe is not None and lease.probe == self._probe.probe
        if is_probe:
            self._probe = None
        if effect is Effect.HOLD and (report.retry_after or 0.0) >= SHORTEST_HOLD:
            return self._hold(now, report.retry_after or 0.0)
        if effect in (Effect.LONG, Effect.ROUTE):
            return self.open_until(now + self._rules.long_open * (1 + JITTER * draw), now=now)
        if effect is Effect.NONE:
            return False
        self._remember(effect)
        if self._is_sign_of_life(report, now=now):
            return True
        if lease.era == self._lease.era and self._state is State.CLOSED:
            return self._counted(report, now=now, draw=draw)
        is_of_now = is_probe and lease.era == self._lease.era
        return is_of_now and self._probed(report, now=now, draw=draw)

    def open_until(self, until: float, *, now: float) -> bool:
        """Open for long, whatever the counts say, and return whether that is news."""
        self._moved(now)
        is_news = self._reason is not Reason.REFUSED or self._state is not State.OPEN
        self._until = max(self._until, until)
        self._change(State.OPEN, Reason.REFUSED)
        return is_news

    def state(self, now: float) -> State:
        """Return the state; one whose time of being open is over is half-open."""
        now = self._moved(now)
        if self._state is State.OPEN:
            return State.OPEN if now < max(self._until, self._held_until) else State.HALF_OPEN
        return State.HELD if now < self._held_until else self._state

    def condition(self, now: float) -> Condition:
        """Return what can be seen of it."""
        state = self.state(now)
        self._window.move(self._now)
        attempts, failed, slow = self._window.sums
        until = {State.HELD: self._held_until, State.OPEN: max(self._until, self._held_until)}
        return Condition(
            state=state,
            until=until.get(state),
            reason=Reason.RATE_LIMIT if state is State.HELD else self._reason,
            attempts=attempts,
            failed=failed,
            slow=slow,
            in_a_row=self._row,
        )

    def _is_sign_of_life(self, report: Report, *, now: float) -> bool:
        """Return whether an answer shows that the target only seemed silent, and close then."""
        if report.effect is Effect.SLOW:
            return False
        is_answer = report.effect is Effect.SUCCESS
        self._silence.hear(now=now, answered_in=report.seconds if is_answer else None)
        if not is_answer or self._reason is not Reason.SILENT:
            return False
        self._openings = 0
        self._change(State.CLOSED, None)
        return True

    def _remember(self, effect: Effect) -> None:
        shift = TIMEOUT_WEIGHT if effect is Effect.SLOW else 1
        self._recent = (self._recent << shift | (effect is Effect.SUCCESS)) & REMEMBERED

    def _hold(self, now: float, seconds: float) -> bool:
        # A server may name days; after the longest time it is asked whether that still holds.
        until = now + min(max(seconds, 0.0), self._rules.long_open)
        is_news = self._held_until <= now < until
        self._held_until = max(self._held_until, until)
        return is_news

    def _counted(self, report: Report, *, now: float, draw: float) -> bool:
        is_success = report.effect is Effect.SUCCESS
        slow_after = self._rules.slow_after
        is_slow = slow_after is not None and report.seconds >= slow_after
        self._row = 0 if is_success else self._row + 1
        if report.effect is not Effect.SLOW or report.seconds >= self._patience:
            self._window.add(now, (1, not is_success, is_slow))
        reason = None if is_success and not is_slow else self._verdict(now)
        if reason is not None:
            self._open(reason, now=now, draw=draw)
        return reason is not None

    def _verdict(self, now: float) -> Reason | None:
        rules = self._rules
        if self._row >= rules.in_a_row:
            return Reason.IN_A_ROW
        self._window.move(now)
        attempts, failed, slow = self._window.sums
        if attempts < rules.fewest:
            return None
        if failed >= rules.failed * attempts:
            return Reason.FAILED
        return Reason.SLOW if slow >= rules.slow * attempts else None

    def _probed(self, report: Report, *, now: float, draw: float) -> bool:
        if report.effect is not Effect.SUCCESS:
            self._open(Reason.PROBE, now=now, draw=draw)
            return True
        slow_after = self._rules.slow_after
        if slow_after is not None and report.seconds >= slow_after:
            return False  # it answers, but no better than when it was slow
        self._successes += 1
        if self._successes < self._rules.probes:
            return False
        self._openings = 0
        self._change(State.CLOSED, None)
        return True

    def _open(self, reason: Reason, *, now: float, draw: float) -> None:
        doubled = self._rules.open * 2.0 ** min(self._openings, MOST_DOUBLINGS)
        seconds = min(self._rules.longest_open, doubled)
        self._openings += 1
        self._until = now + seconds * (1 + JITTER * draw)
        self._change(State.OPEN, reason)

    def _change(self, state: State, reason: Reason | None) -> None:
        self._state, self._reason = state, reason
        self._lease = Lease(era=self._lease.era + 1)
        self._probe = None
        self._row = self._successes = 0
        self._window = self._new_window()
        self._silence.clear()

    def _new_window(self) -> Window:
        return Window(seconds=self._rules.window, buckets=BUCKETS, columns=3)

    def _moved(self, now: float) -> float:
        self._now = max(self._now, now)
        return self._now
