"""Which trials a comparison needs, and in which order they start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.model.comparison import CaseKind
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import RunSettings
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCounts:
    """How many trials each arm runs on one case."""

    baseline: int
    candidate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrial:
    """One trial that is to be run; `index` counts the trials of its case and arm from 0."""

    version: PromptVersion
    arm: Arm
    evalset: EvalSet
    case: Case
    index: int

    @property
    def key(self) -> str:
        """What the trial's calls are marked with; the same for both arms."""
        return f"{self.case.id}/{self.index}"

    def trial(self, status: TrialStatus, error: TrialError | None = None) -> Trial:
        """Return a trial that says which one it is and what became of it, and nothing else yet."""
        return Trial(
            prompt=self.version.prompt,
            version=self.version.version,
            version_hash=self.version.hash,
            evalset=self.evalset.name,
            arm=self.arm,
            case=self.case.id,
            trial=self.index,
            status=status,
            error=error,
            tags=self.case.tags,
            cluster=self.case.cluster,
        )


def count_trials(
    evalset: EvalSet, *, kinds: Mapping[str, CaseKind] | None, settings: RunSettings
) -> dict[str, TrialCounts]:
    """Return how many trials each case needs, by case id in the order of the set.

    Only a case that is the same at base and head has a baseline to be compared with. A critical
    case gets at least as many trials as it takes to confirm that it is broken.

    Args:
        evalset: the set at the head.
        kinds: how each of its cases relates to the base; None when there is no baseline at all.
        settings: trials per case, unless the set has a number of its own.
    """
    usual = settings.trials if evalset.trials is None else evalset.trials
    counts = {}
    for case in evalset.cases:
        trials = max(usual, settings.critical_trials) if case.critical else usual
        same = kinds is not None and kinds.get(case.id) is CaseKind.SAME
        counts[case.id] = TrialCounts(baseline=trials if same else 0, candidate=trials)
    return counts


def plan_trials(
    evalset: EvalSet,
    counts: Mapping[str, TrialCounts],
    *,
    candidate: PromptVersion,
    baseline: PromptVersion | None,
) -> Iterator[PlannedTrial]:
    """Yield the trials of one candidate on one eval set.

    The arms alternate, so that both meet the same conditions however the service drifts.
    """
    for case in evalset.cases:
        count = counts[case.id]
        for index in range(max(count.baseline, count.candidate)):
            if baseline is not None and index < count.baseline:
                yield PlannedTrial(
                    version=baseline, arm=Arm.BASELINE, evalset=evalset, case=case, index=index
                )
            if index < count.candidate:
                yield PlannedTrial(
                    version=candidate, arm=Arm.CANDIDATE, evalset=evalset, case=case, index=index
                )
