"""Runs planned trials side by side, writes each down as it ends, and stops when that is vain."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass

from evalgate.model.ports import TrialLog
from evalgate.model.trial import Trial, TrialError, TrialStatus
from evalgate.running.plan import PlannedTrial
from evalgate.running.retry import STOPS_RUN

ERROR_BUDGET = "error_budget"
NOT_STARTED = "not started: "


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReason:
    """Why a run stopped before all its trials had started.

    `kind` is a failure kind that ends every run, or `error_budget`.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """How many trials are in flight at once, and how many may end errored; one more stops a run.

    `to_the_end` runs the trials all the same, because no call is made any more.
    """

    concurrency: int
    errored: int
    to_the_end: bool = False


async def run_trials(
    planned: Iterable[PlannedTrial],
    *,
    work: Callable[[PlannedTrial], Awaitable[Trial]],
    log: TrialLog,
    limits: RunLimits,
    on_trial: Callable[[Trial], None],
) -> StopReason | None:
    """Run every planned trial to its end, or skip those that are left when there is a reason.

    Plans are pulled one by one, so a plan of any length takes no memory. Each trial is in the log
    before it is reported. Stopping lets the trials in flight finish; cancelling this coroutine
    cancels them, and what is in the log stays there.

    Args:
        planned: the trials, in the order in which they start.
        work: runs one trial; what it raises ends the run and is raised here.
        log: where each trial is written.
        limits: how wide the run may be, and how many errored trials it can bear.
        on_trial: told of each trial once it is written.

    Returns:
        Why the run stopped early, or None when every trial was run.
    """
    run = _Run(iter(planned), log, on_trial=on_trial, limits=limits)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(1, limits.concurrency)):
                group.create_task(run.keep_working(work))
    except BaseExceptionGroup as failed:
        # One cause is enough to report; the others are mostly the same.
        raise failed.exceptions[0] from failed
    run.skip_rest()
    return run.stop


class _Run:
    """The state that the workers of one run share."""

    def __init__(
        self,
        planned: Iterator[PlannedTrial],
        log: TrialLog,
        *,
        on_trial: Callable[[Trial], None],
        limits: RunLimits,
    ) -> None:
        self.stop: StopReason | None = None
        self._planned = planned
        self._log = log
        self._on_trial = on_trial
        self._limits = limits
        self._errored = 0

    async def keep_working(self, work: Callable[[PlannedTrial], Awaitable[Trial]]) -> None:
        """Take trials off the plan, one after the other, until it is empty or the run stops."""
        while self.stop is None or self._limits.to_the_end:
            planned = next(self._planned, None)
            if planned is None:
                return
            self._record(await work(planned))

    def skip_rest(self) -> None:
        """Record what is left of the plan as skipped."""
        if self.stop is None:
            return
        error = TrialError(kind=self.stop.kind, message=f"{NOT_STARTED}{self.stop.message}")
        for planned in self._planned:
            self._write(planned.trial(TrialStatus.SKIPPED, error))

    def _record(self, trial: Trial) -> None:
        self._write(trial)
        if trial.status is not TrialStatus.ERRORED or trial.error is None:
            return
        self._errored += 1
        if self.stop is None:
            self.stop = self._reason_to_stop(trial.error)

    def _reason_to_stop(self, error: TrialError) -> StopReason | None:
        if error.kind in STOPS_RUN:
            return StopReason(kind=error.kind, message=error.message)
        if self._errored <= self._limits.errored:
            return None
        message = (
            f"{self._errored} trials ended without a grade, and the error budget allows"
            f" {self._limits.errored}; the last one: {error.message}"
        )
        return StopReason(kind=ERROR_BUDGET, message=message)

    def _write(self, trial: Trial) -> None:
        self._log.append(trial)
        self._on_trial(trial)
