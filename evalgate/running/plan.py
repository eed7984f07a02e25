"""Which trials a comparison needs, and in which order they start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, zip_longest

from evalgate.model.calibration import AnchorCheck
from evalgate.model.comparison import PlannedCase
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import CHECK, CONFIRMATION, Arm, Trial, TrialError, TrialStatus

_APART = 1_000_000
"""More trials than a case ever has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTrial:
    """One trial that is to be run; `index` counts the trials of its case and arm from 0.

    `check` makes it a trial of the judge: nothing is asked of the version, and the judge is held
    against an answer that people have labelled. `confirms` makes it one that tells a loss from a
    slip. `checks_record` makes it one that no record and no other change's run may answer.
    """

    version: PromptVersion
    arm: Arm
    evalset: EvalSet
    case: Case
    index: int
    check: AnchorCheck | None = None
    confirms: bool = False
    checks_record: str = ""

    @property
    def sample(self) -> int:
        """The number that tells this trial's calls from those of other trials."""
        if not self.checks_record:
            return self.index
        digest = sha256(self.checks_record.encode("utf-8", "surrogateescape")).digest()
        return self.index + (int.from_bytes(digest[:4]) + 1) * _APART

    @property
    def key(self) -> str:
        """What the trial's calls are marked with; the same for both arms."""
        return f"{self.case.id}/{self.index}"

    def trial(
        self,
        status: TrialStatus,
        error: TrialError | None = None,
        *,
        asked: str = "",
        grading: str = "",
    ) -> Trial:
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
            asked=asked,
            grading=grading,
            tags=self.case.tags,
            cluster=self.case.cluster,
            purpose=CONFIRMATION if self.confirms else CHECK if self.checks_record else "",
        )


def plan_trials(
    evalset: EvalSet,
    planned: Sequence[PlannedCase],
    *,
    candidate: PromptVersion,
    baseline: PromptVersion | None,
) -> Iterator[PlannedTrial]:
    """Yield the trials of one candidate on one eval set, in the order of the planned cases.

    The arms alternate, so that both meet the same conditions however the service drifts.
    """
    cases = {case.id: case for case in evalset.cases}
    versions = {Arm.BASELINE: baseline, Arm.CANDIDATE: candidate}
    for plan in planned:
        for trials in zip_longest(*(chain(*plan.trials(arm)) for arm in Arm)):
            for arm, index in zip(Arm, trials, strict=True):
                version = versions[arm]
                if version is not None and index is not None:
                    yield PlannedTrial(
                        version=version,
                        arm=arm,
                        evalset=evalset,
                        case=cases[plan.case],
                        index=index,
                        confirms=arm is Arm.CANDIDATE and index in plan.confirming,
                        checks_record=candidate.hash if _is_check(plan, arm, index) else "",
                    )


def _is_check(plan: PlannedCase, arm: Arm, index: int) -> bool:
    return arm is Arm.BASELINE and plan.recorded is not None and index >= plan.recorded
