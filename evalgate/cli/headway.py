"""How a run gets on: what is done, how fast, at what cost, with which errors, and what is left.

Rates are those of the later half of the run, of its last minute at most, so that a slow start is
soon forgotten. Trials that needed no call are counted apart, and no rate includes them; the time
left supposes that none of those to come is reused.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.trial import Trial, TrialStatus

WINDOW = 60.0
"""The longest time that rates look back, in seconds."""

SHORTEST_WINDOW = 5.0

MOST_KINDS = 3
"""How many kinds of errors are named."""

_PIECES = 120
"""How many pieces of the window are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a run stands. `fresh` are trials that made calls; rates are None while unknown.

    `cost_usd` is what is known, and `cost_is_partial` tells that some of the cost is not.
    """

    seconds: float
    total: int
    done: int
    graded: int
    errored: int
    skipped: int
    reused: int
    calls: int
    cost_usd: float
    cost_is_partial: bool
    error_kinds: Sequence[tuple[str, int]]
    trials_per_second: float | None
    calls_per_minute: float | None
    seconds_left: float | None


@dataclass(slots=True)
class _Piece:
    """The fresh trials and the calls that ended in a short stretch of time."""

    start: float
    trials: int = 0
    calls: int = 0


class Headway:
    """Counts finished trials. Times are seconds of one clock, and never go back."""

    def __init__(self, trials: int, *, now: float) -> None:
        """Start counting towards so many trials."""
        self._total = trials
        self._start = now
        self._statuses: Counter[TrialStatus] = Counter()
        self._kinds: Counter[str] = Counter()
        self._reused = 0
        self._calls = 0
        self._cost_usd = 0.0
        self._cost_is_partial = False
        self._pieces: deque[_Piece] = deque()

    def count(self, trial: Trial, *, now: float) -> None:
        """Count one finished trial."""
        self._statuses[trial.status] += 1
        self._calls += trial.calls
        self._cost_usd += trial.cost_usd or 0.0
        self._cost_is_partial = self._cost_is_partial or trial.cost_usd is None
        if trial.status is TrialStatus.ERRORED and trial.error is not None:
            self._kinds[trial.error.kind] += 1
        if trial.reused:
            self._reused += 1
        elif trial.status is not TrialStatus.SKIPPED:
            self._remember(trial.calls, now)

    def standing(self, *, now: float) -> Standing:
        """Return how the run stands."""
        done = self._statuses.total()
        rates = self._rates(now)
        trials_per_second, calls_per_second = rates or (None, None)
        # Trials may have called for further ones, which nobody counted on.
        total = max(self._total, done)
        left = total - done
        return Standing(
            seconds=now - self._start,
            total=total,
            done=done,
            graded=self._statuses[TrialStatus.GRADED],
            errored=self._statuses[TrialStatus.ERRORED],
            skipped=self._statuses[TrialStatus.SKIPPED],
            reused=self._reused,
            calls=self._calls,
            cost_usd=self._cost_usd,
            cost_is_partial=self._cost_is_partial,
            error_kinds=tuple(self._kinds.most_common(MOST_KINDS)),
            trials_per_second=trials_per_second,
            calls_per_minute=None if calls_per_second is None else 60 * calls_per_second,
            seconds_left=_time_left(left, trials_per_second),
        )

    def _remember(self, calls: int, now: float) -> None:
        if not self._pieces or now - self._pieces[-1].start >= WINDOW / _PIECES:
            self._pieces.append(_Piece(start=now))
        self._pieces[-1].trials += 1
        self._pieces[-1].calls += calls
        while self._pieces[0].start < now - WINDOW:
            self._pieces.popleft()

    def _rates(self, now: float) -> tuple[float, float] | None:
        """Return trials and calls per second; None while nothing can be said."""
        passed = now - self._start
        window = min(passed, WINDOW, max(SHORTEST_WINDOW, passed / 2))
        recent = [piece for piece in self._pieces if piece.start >= now - window]
        if window <= 0 or not recent:
            return None
        trials = sum(piece.trials for piece in recent)
        return trials / window, sum(piece.calls for piece in recent) / window


def _time_left(trials: int, per_second: float | None) -> float | None:
    if trials <= 0:
        return 0.0
    return trials / per_second if per_second else None
