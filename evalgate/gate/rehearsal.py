"""Plays a gate through with made-up trials, to see how often its verdicts are wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.deciding.verdict import decide
from evalgate.gate.looks import BEGINNING, History, Progress, following, planned_at, rules_at
from evalgate.model.comparison import ArmLedger, CasePair, Comparison, PlannedCase
from evalgate.model.policy import GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict

Answer = Callable[[Arm, str], float]
"""Draws the outcome in 0..1 of one more trial of a case in one arm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a rehearsal came to: its verdict, the trials that were made up, and the last look."""

    verdict: Verdict
    trials: int
    progress: Progress


@dataclass(slots=True)
class _Stage:
    """Made-up trials: each is drawn once, and stays what it was."""

    draw: Answer
    recorded: Mapping[str, Sequence[float]]
    made: dict[tuple[Arm, str, int], float] = field(default_factory=dict)

    def outcome(self, arm: Arm, case: str, index: int) -> float:
        recorded = self.recorded.get(case, ()) if arm is Arm.BASELINE else ()
        if index < len(recorded):
            return recorded[index]
        key = (arm, case, index)
        if key not in self.made:
            self.made[key] = self.draw(arm, case)
        return self.made[key]

    def pair(self, case: PlannedCase) -> CasePair:
        name = case.case
        return CasePair(
            case=name,
            kind=case.kind,
            baseline=tuple(self.outcome(Arm.BASELINE, name, i) for i in case.baseline),
            candidate=tuple(self.outcome(Arm.CANDIDATE, name, i) for i in case.candidate),
            confirming=tuple(self.outcome(Arm.CANDIDATE, name, i) for i in case.confirming),
            tags=case.tags,
            cluster=case.cluster,
            critical=case.critical,
        )

    def comparison(self, planned: Sequence[PlannedCase]) -> Comparison:
        numbers = {arm: sum(case.number(arm) for case in planned) for arm in Arm}
        return Comparison(
            pairs=tuple(map(self.pair, planned)),
            deleted=(),
            ledger={arm: ArmLedger(planned=n, graded=n) for arm, n in numbers.items()},
            planned_pairs=sum(len(case.candidate) for case in planned),
            lost_pairs=0,
            error_kinds={},
        )


def rehearse(
    planned: Sequence[PlannedCase], rules: GateRules, draw: Answer, *, history: History | None
) -> Rehearsed:
    """Play one gate through.

    Args:
        planned: the cases as they run without a record.
        rules: the policy's.
        draw: makes trials up.
        history: what a record says, if there is one.
    """
    stage = _Stage(draw, history.outcomes if history else {})
    progress = BEGINNING
    comparison = stage.comparison(planned_at(history, progress) if history else planned)
    if history is not None:
        while further := following(progress, comparison, history=history, rules=rules):
            progress = further
            comparison = stage.comparison(planned_at(history, progress))
    own = rules_at(history, progress, rules) if history else rules
    verdict = decide(comparison, own, baseline=True).verdict
    return Rehearsed(verdict=verdict, trials=len(stage.made), progress=progress)
