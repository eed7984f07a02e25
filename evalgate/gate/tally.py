"""Adds up what trials cost, how long answers took, and what kept them from an end."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from evalgate.model.chat import FailureKind
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.model.verdict import Latency, Spending
from evalgate.running.account import known_sum
from evalgate.running.retry import STOPS_RUN
from evalgate.running.scheduler import NOT_STARTED, StopReason


@dataclass(slots=True)
class Tally:
    """Adds up what trials cost and how long the candidate took."""

    cost_usd: float | None = 0.0
    judge_usd: float | None = 0.0
    at_most_usd: float = 0.0
    reused: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    simulated: bool = False
    latencies: "array[int]" = field(default_factory=lambda: array("Q"))
    trials: int = 0
    ungraded: Counter[str] = field(default_factory=Counter)
    stopped: StopReason | None = None

    def add(self, trial: Trial) -> None:
        """Take one trial into account."""
        self.cost_usd = known_sum(self.cost_usd, trial.cost_usd)
        self.judge_usd = known_sum(self.judge_usd, trial.judge_cost_usd)
        self.at_most_usd += trial.booked_usd if trial.cost_usd is None else trial.cost_usd
        if trial.reused:
            self.reused[trial.reused] += 1
        self.calls += trial.calls
        self.trials += 1
        self.stopped = self.stopped or _stop_told_by(trial)
        # A required grader without a grade makes the trial errored, which the ledger shows.
        self.ungraded.update(
            {grade.grader for grade in trial.grades if grade.passed is None and not grade.required}
        )
        if trial.completion is not None:
            self.simulated = self.simulated or trial.completion.simulated
            if trial.arm is Arm.CANDIDATE:
                self.latencies.append(trial.completion.latency_ms)

    @property
    def spending(self) -> Spending:
        """What the trials cost, by purpose."""
        known = self.cost_usd is not None and self.judge_usd is not None
        return Spending(
            answers_usd=(self.cost_usd or 0.0) - (self.judge_usd or 0.0) if known else None,
            judge_usd=self.judge_usd,
            at_most_usd=self.at_most_usd,
            reused=dict(sorted(self.reused.items())),
        )

    @property
    def latency(self) -> Latency | None:
        """How long the candidate's answers took; None without any."""
        return Latency.of(self.latencies)


def _stop_told_by(trial: Trial) -> StopReason | None:
    """Return why the run stopped, as far as one trial tells; so no log reads as a whole run's."""
    error = trial.error
    if error is not None and error.kind == FailureKind.CALL_NEEDED:
        return None
    if error is None or (trial.status is not TrialStatus.SKIPPED and error.kind not in STOPS_RUN):
        return None
    return StopReason(kind=error.kind, message=error.message.removeprefix(NOT_STARTED))
