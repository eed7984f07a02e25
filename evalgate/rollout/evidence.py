"""All that both arms of a rollout have shown in production until an instant; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from evalgate.deciding.concurrent import Observation
from evalgate.deciding.split_ratio import split_p_value
from evalgate.model.call import Arm, Assignment
from evalgate.model.exposure import Exposure, Score
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import Criterion, CriterionEvidence, Evidence, Rollout, SplitCheck, Step
from evalgate.rollout.ceiling import Ceiling
from evalgate.rollout.observing import GUARDRAILS, observed, outcomes_of, scored
from evalgate.rollout.placing import placed
from evalgate.rollout.weighing import Terms, Weighing, highest, weighed

MAX_RISE = 0.05
"""How much more often a guardrail may fail where the policy says nothing."""

WEIGHTS: Mapping[Criterion, float] = {
    Criterion.QUALITY: 3 / 4,
    **dict.fromkeys(GUARDRAILS, 1 / 16),
}
"""What the evidence of harm by each criterion counts; a rollback goes by their one mean."""

_UNSAID: Mapping[Criterion, str] = {
    Criterion.REFUSALS: "No call was answered, so that refusals are not compared.",
    Criterion.LATENCY: "No answer of a model has a known latency, so that none is compared.",
    Criterion.COST: "No answer of a model has a known cost, so that none is compared.",
}
_BY_SPLIT = frozenset({"", Assignment.SPLIT})
_HOUR = 3600.0

_Calls = tuple[Exposure, ...]


def evidence_of(  # noqa: PLR0913 - what is known, and by which rules
    rollout: Rollout,
    exposures: Iterable[Exposure],
    scores: Iterable[Score],
    *,
    rules: RolloutRules,
    max_drop: float,
    now: float,
) -> Evidence:
    """Return the evidence about a rollout.

    Args:
        rollout: with its steps.
        exposures: lines of the call log about its prompt, in any order.
        scores: of any calls.
        rules: by which it is weighed.
        max_drop: the loss of quality that is too much, 0..1.
        now: the instant from which on nothing is known, in seconds since 1970.
    """
    placing = placed(exposures, rollout, now=now)
    terms = Terms(
        max_rise=max_drop, hours=_hours(rollout, placing.steps, now), answered=rollout.answered
    )
    present = placing.steps[-1] if placing.steps else ()
    quality, counted = _quality(placing.steps, outcomes_of(scores), terms=terms, now=now)
    weighings = [quality, *_guardrails(placing.steps, rules, terms)]
    paths = [each.harm for each in weighings]
    weights = [WEIGHTS[each.evidence.criterion] for each in weighings]
    return Evidence(
        at=now,
        criteria=tuple(map(_with_weight, weighings)),
        harm=highest(paths, weights),
        split=_split(rollout, present),
        scored=counted,
        assigned=_units(present),
        hours=terms.hours,
        left_out=placing.left_out,
        remarks=tuple(_remarks(placing.steps, [each.evidence for each in weighings])),
    )


def _with_weight(weighing: Weighing) -> CriterionEvidence:
    return replace(weighing.evidence, weight=WEIGHTS[weighing.evidence.criterion])


def _hours(rollout: Rollout, steps: Sequence[_Calls], now: float) -> float:
    """Return for how long the present step was seen: its pointer may have come late."""
    if not rollout.steps:
        return 0.0
    first = min((each.ts for each in steps[-1]), default=now)
    return max(0.0, now - max(rollout.steps[-1].since, first)) / _HOUR


def _quality(
    steps: Sequence[_Calls],
    outcomes: Mapping[str, float | None],
    *,
    terms: Terms,
    now: float,
) -> tuple[Weighing, tuple[int, int]]:
    """Return what quality weighs, and the scored units of the present step by arm."""
    scorings = [scored(calls, outcomes, now=now) for calls in steps]
    observations = [each.observations for each in scorings]
    found = weighed(Criterion.QUALITY, observations, terms=terms)
    unknown = (sum(each.unknown[0] for each in scorings), sum(each.unknown[1] for each in scorings))
    evidence = replace(found.evidence, unknown=unknown)
    counted = _arms(each.is_canary for each in observations[-1]) if observations else (0, 0)
    return replace(found, evidence=evidence), counted


def _guardrails(steps: Sequence[_Calls], rules: RolloutRules, terms: Terms) -> Iterator[Weighing]:
    fixed: Mapping[Criterion, float | None] = {
        Criterion.LATENCY: rules.latency_ms,
        Criterion.COST: rules.cost_usd,
    }
    for criterion, value in GUARDRAILS.items():
        observations: list[Sequence[Observation]] = [[*observed(each, value)] for each in steps]
        own = replace(terms, max_rise=rules.max_rise.get(criterion, MAX_RISE))
        ceiling = Ceiling(fixed[criterion]) if criterion in fixed else None
        yield weighed(criterion, observations, terms=own, ceiling=ceiling)


def _split(rollout: Rollout, present: _Calls) -> SplitCheck | None:
    """Return how the units of the present step fell on the arms; None where there is one arm."""
    if not rollout.steps or rollout.at_full is not None:
        return None
    step = rollout.steps[-1]
    drawn = [each for each in _following(present, step) if each.assigned_by in _BY_SPLIT]
    stable, canary = _units(drawn)
    p_value = split_p_value(canary, stable, share=step.percent / 100)
    return SplitCheck(percent=step.percent, stable=stable, canary=canary, p_value=p_value)


def _following(calls: _Calls, step: Step) -> _Calls:
    """Return the calls of hosts that had come to a step; all of them where no line tells."""
    own = tuple(each for each in calls if step.pointer and each.pointer == step.pointer)
    return own or calls


def _units(calls: Iterable[Exposure]) -> tuple[int, int]:
    """Return how many units are of the stable arm, and how many of the canary's."""
    return _arms({each.unit: each.arm is Arm.CANARY for each in calls}.values())


def _arms(are_canary: Iterable[bool]) -> tuple[int, int]:
    listed = [*are_canary]
    return len(listed) - sum(listed), sum(listed)


def _remarks(steps: Sequence[_Calls], criteria: Sequence[CriterionEvidence]) -> Iterator[str]:
    calls = [each for step in steps for each in step]
    if not calls:
        return
    if all(each.unit == each.request_id for each in calls):
        yield (
            "No line names a user or a conversation, so that each call counts as a unit: where one "
            "user makes many calls, set EVALGATE_USER_KEY."
        )
    if any(each.assigned_by == Assignment.CHOOSER for each in calls):
        yield (
            "The application chose the arm of some calls itself: what is compared holds only if it "
            "does so by chance."
        )
    for each in criteria:
        if each.is_silent and each.criterion in _UNSAID:
            yield _UNSAID[each.criterion]
