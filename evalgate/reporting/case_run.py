"""What the trials of one case came to, arm by arm, for somebody who looks at that case alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalgate.deciding.accounts import outcome_of
from evalgate.model.chat import Completion
from evalgate.model.comparison import PlannedCase
from evalgate.model.evalset import Case
from evalgate.model.trial import Arm, Trial
from evalgate.model.verdict import VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRun:
    """The trials of one arm by index, and the graded one that shows best what the arm did."""

    version: str
    trials: tuple[Trial, ...]
    telling: Trial | None = None

    @property
    def outcomes(self) -> tuple[float, ...]:
        """The outcomes of the graded trials in 0..1."""
        return _outcomes(self.trials)

    @property
    def answer(self) -> Completion | None:
        """The answer of the telling trial; None where no text of it was kept."""
        return self.telling.completion if self.telling else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """One case as it was run: what it asks, and what each arm made of it."""

    prompt: str
    evalset: str
    case: Case
    planned: PlannedCase
    arms: Mapping[Arm, ArmRun]


def case_run(
    case: Case,
    planned: PlannedCase,
    *,
    subject: tuple[str, str],
    versions: Mapping[Arm, VersionRef],
    trials: Iterable[Trial],
) -> CaseRun:
    """Return what was run on one case.

    Args:
        case: as it stands at the head.
        planned: how it was to be run.
        subject: the names of the prompt and of the eval set.
        versions: those that were run; an arm without one has no part.
        trials: any trials, of which those of this case and these versions are taken.
    """
    own: dict[Arm, list[Trial]] = {arm: [] for arm in versions if planned.number(arm)}
    for trial in trials:
        if trial.arm in own and (
            (*subject, case.id, versions[trial.arm].hash)
            == (trial.prompt, trial.evalset, trial.case, trial.version_hash)
        ):
            own[trial.arm].append(trial)
    means = {
        arm: _mean([found for each in own[arm] if (found := outcome_of(each)) is not None])
        for arm in own
    }
    wins = means.get(Arm.CANDIDATE, 0.0) > means.get(Arm.BASELINE, 1.0)
    return CaseRun(
        prompt=subject[0],
        evalset=subject[1],
        case=case,
        planned=planned,
        arms={
            # Side by side stand the best that the better arm did and the worst of the other.
            arm: _arm_run(versions[arm], found, best=wins == (arm is Arm.CANDIDATE))
            for arm, found in own.items()
        },
    )


def _arm_run(version: VersionRef, trials: Iterable[Trial], *, best: bool) -> ArmRun:
    ordered = sorted(trials, key=lambda trial: trial.trial)
    sign = -1 if best else 1
    ranked = [
        (sign * found, place)
        for place, trial in enumerate(ordered)
        if (found := outcome_of(trial)) is not None
    ]
    telling = ordered[min(ranked)[1]] if ranked else None
    return ArmRun(version=version.version, trials=tuple(ordered), telling=telling)


def _outcomes(trials: Iterable[Trial]) -> tuple[float, ...]:
    return tuple(found for trial in trials if (found := outcome_of(trial)) is not None)


def _mean(outcomes: Sequence[float]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else 0.0
