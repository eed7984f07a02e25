"""Holds the judge against what it said of the frozen answers of its calibrations."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.deciding.judge_drift import Drift, Rejudged, drift
from evalgate.deciding.judge_measures import Agreement, agreement_of, confusion
from evalgate.deciding.judge_scale import least_agreement
from evalgate.deciding.rates import exceeds
from evalgate.errors import UsageError
from evalgate.gate.calibrating import Said, ToJudge, ask_judge
from evalgate.gate.judge_standing import anchors_that_hold
from evalgate.gate.outside import Outside
from evalgate.gate.scope import Scope
from evalgate.model.calibration import Anchor, Calibration, print_of
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAgain:
    """An anchor and what the judge says of it now."""

    anchor: Anchor
    now: Said

    @property
    def flipped(self) -> bool:
        """Whether the verdict is another one than then."""
        return self.now.passed is not None and self.now.passed is not self.anchor.judge


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOfSet:
    """What became of the judge on one eval set.

    `left_out` anchors are of cases that changed. `least` is the agreement that the policy demands,
    `budget` the share of answers that may go without a verdict.
    """

    evalset: str
    judged: tuple[JudgedAgain, ...]
    left_out: int
    drift: Drift
    agreement: Agreement
    least: float
    budget: float = 0.05

    @property
    def ungraded(self) -> int:
        """How many anchors the judge gives no verdict on."""
        return sum(each.now.passed is None for each in self.judged)

    @property
    def disagrees(self) -> bool:
        """Whether the judge agrees with people less than the policy demands."""
        return self.agreement.low < self.least

    @property
    def is_silent(self) -> bool:
        """Whether the judge gives no verdict more often than the policy bears."""
        return exceeds(self.ungraded, self.budget, of=len(self.judged))

    @property
    def is_well(self) -> bool:
        """Whether the judge may go on as it is."""
        return not (self.drift.has_drifted or self.disagrees or self.is_silent)


async def judge_anchors(  # noqa: PLR0913 - what is held against what, and all that it takes
    calibrations: Mapping[str, Calibration],
    sets: Mapping[str, EvalSet],
    *,
    policy: Policy,
    outside: Outside,
    scope: Scope,
    on_trial: Callable[[Trial], None],
) -> tuple[DriftOfSet, ...]:
    """Return for each calibration what the judge says of its anchors now.

    Raises:
        UsageError: when a calibration is of another judge, or none of its anchors holds any more.
        EvaluationError: when a limit or the service ended it before the last answer.
    """
    held = anchors_to_judge(calibrations, sets, policy)
    asked = [each for name, anchors in held.items() for each in _to_judge(anchors, sets[name])]
    said = iter(await ask_judge(asked, policy, outside=outside, scope=scope, on_trial=on_trial))
    return tuple(
        _drift(
            calibrations[name],
            [JudgedAgain(anchor=anchor, now=next(said)) for anchor in anchors],
            policy,
        )
        for name, anchors in held.items()
    )


def anchors_to_judge(
    calibrations: Mapping[str, Calibration], sets: Mapping[str, EvalSet], policy: Policy
) -> dict[str, tuple[Anchor, ...]]:
    """Return the anchors of each calibration whose cases have not changed.

    Raises:
        UsageError: when a calibration is of another judge, or none of its anchors holds any more.
    """
    held: dict[str, tuple[Anchor, ...]] = {}
    for name, calibration in calibrations.items():
        if calibration.judge != print_of(policy.judge):
            message = "is of another judge than the policy's, so nothing can be held against it"
            raise UsageError(f"{calibration.path} {message}: calibrate again with the labels")
        held[name] = anchors_that_hold(calibration, sets.get(name))
        if not held[name]:
            message = "has no labelled answer left whose case is as it was"
            raise UsageError(f"{calibration.path} {message}: calibrate again with the labels")
    return held


def _to_judge(anchors: Iterable[Anchor], evalset: EvalSet) -> Iterator[ToJudge]:
    cases = {case.id: case for case in evalset.cases}
    for each in anchors:
        yield ToJudge(evalset=evalset, case=cases[each.case], answer=each.answer, human=each.human)


def _drift(calibration: Calibration, judged: Sequence[JudgedAgain], policy: Policy) -> DriftOfSet:
    return DriftOfSet(
        evalset=calibration.evalset,
        judged=tuple(judged),
        left_out=len(calibration.anchors) - len(judged),
        drift=drift(_rejudged(judged)),
        agreement=agreement_of(
            confusion((each.human, each.now) for each in _rejudged(judged)), policy.gate.alpha
        ),
        least=least_agreement(policy.judge),
        budget=policy.gate.error_budget,
    )


def _rejudged(judged: Iterable[JudgedAgain]) -> Iterable[Rejudged]:
    return [
        Rejudged(human=each.anchor.human, then=each.anchor.judge, now=each.now.passed)
        for each in judged
        if each.now.passed is not None
    ]
