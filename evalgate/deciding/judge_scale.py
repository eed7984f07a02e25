"""What the errors of the judge do to the limit of the gate.

A judge with sensitivity s and specificity t sees a true drop of the pass rate by d as one by
J·d, where J = s + t − 1 is Youden's index. So the limit is measured on the judge's scale.
Source: Rogan and Gladen, Am. J. Epidemiol. 107 (1978) 71, for a difference of two rates.
"""

import math
from dataclasses import dataclass, replace

from evalgate.deciding.judge_measures import Agreement
from evalgate.deciding.wording import counted, percent, points
from evalgate.model.policy import GateRules, JudgeSettings
from evalgate.model.verdict import JudgeScale, Reason, Verdict

LEAST_AGREEMENT = 0.4
"""The lower limit of J under which a judge decides nothing, unless the policy names another."""

JUDGE_UNPROVEN = "judge_unproven"

LEAST_LABELS, LEAST_OF_RARER = 100, 30
"""How many labelled answers a calibration should have, and how many of the rarer label."""


def judge_scale(
    evalset: str, agreement: Agreement, judge: JudgeSettings, *, max_drop: float, share: float
) -> JudgeScale:
    """Return what a judge's errors do to a limit.

    Args:
        evalset: the set that it judges.
        agreement: by the labels that count.
        judge: the settings, with what the policy demands.
        max_drop: the policy's limit.
        share: the part of the compared cases that have a required rubric.
    """
    return JudgeScale(
        evalset=evalset,
        labels=agreement.labels,
        youden=agreement.youden,
        low=agreement.low,
        least=least_agreement(judge),
        share=share,
        max_drop=max_drop,
        limit=scaled_limit(max_drop, youden=agreement.low, share=share),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict after the judge's errors were taken into account."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def least_agreement(judge: JudgeSettings) -> float:
    """Return the lower limit of J that a policy demands of its judge."""
    return LEAST_AGREEMENT if judge.min_agreement is None else judge.min_agreement


def scaled_limit(max_drop: float, *, youden: float, share: float) -> float:
    """Return the least drop that the judge may show when the true one is `max_drop`.

    The drop may fall on judged cases first, where only a part of it shows: that part is the limit
    then, so that no true drop beyond `max_drop` is let through because of where it falls.

    Args:
        max_drop: the limit, as a fraction of the cases.
        youden: the judge's J, or a lower limit of it; below 0 counts as 0.
        share: the part of the cases that have a required rubric.
    """
    hidden = min(max_drop, share)
    return max(0.0, youden) * hidden + (max_drop - hidden)


def scaled(rules: GateRules, scale: JudgeScale | None) -> GateRules:
    """Return the rules on the judge's scale; as they are without one, or when it is not proven."""
    if scale is None or not scale.proven:
        return rules
    return replace(rules, max_drop=scale.limit)


def scale_reason(scale: JudgeScale) -> Reason:
    """Say how the limit came about."""
    part = "" if scale.share == 1 else f" on the {percent(scale.share)} of cases that it judges"
    return Reason(
        code="judge_scale",
        message=f"The limit of {points(scale.max_drop)} × the judge's J of {index(scale.low)}"
        f"{part} = {points(scale.limit)} on the judge's scale "
        f"(J is {index(scale.youden)}, at least {index(scale.low)}, "
        f"by {counted(scale.labels, 'label')}).",
    )


def tried_reason(answers: int) -> Reason:
    """Say what a verdict on a judge is about."""
    return Reason(
        code="judge_tried",
        message=f"This is about the judge: its verdicts on {counted(answers, 'labelled answer')}, "
        "each right or wrong by its label.",
    )


def unproven_reason(scale: JudgeScale, verdict: Verdict) -> Reason:
    """Say why a verdict only advises, what it would have been, and what to do."""
    if scale.labels:
        found = (
            f"its J is {index(scale.youden)}, at least {index(scale.low)} "
            f"by {counted(scale.labels, 'label')}, and the policy wants {index(scale.least)}"
        )
    else:
        found = f"it is not calibrated, and the policy wants a J of at least {index(scale.least)}"
    return Reason(
        code=JUDGE_UNPROVEN,
        message=f"The judge is not proven on {scale.evalset}, so this only advises: {found}. "
        f"With a proven judge the verdict would have been: {verdict.value}. Label more answers and "
        "run evalgate calibrate.",
    )


def advised(
    verdict: Verdict, reasons: tuple[Reason, ...], scale: JudgeScale | None, *, compared: bool
) -> Judged:
    """Return what a verdict comes to under a judge; an error stays one, whatever the judge.

    Args:
        verdict: by the trials alone.
        reasons: those of the verdict.
        scale: what is known of the judge.
        compared: whether a difference was measured, for which the limit matters.
    """
    if scale is None or verdict is Verdict.ERROR:
        return Judged(verdict=verdict, reasons=reasons)
    if scale.proven:
        told = (scale_reason(scale),) if compared else ()
        return Judged(verdict=verdict, reasons=(*reasons, *told))
    why = unproven_reason(scale, verdict)
    return Judged(verdict=Verdict.NOT_APPLICABLE, reasons=(why, *reasons))


def index(value: float | None) -> str:
    """Write an index between −1 and 1 the way it is usually written, rounded down: `.83`."""
    if value is None:
        return "unknown"
    cut = math.floor(value * 100 + 1e-9)
    return (
        "1"
        if cut == 100
        else f"{'-' if cut < 0 else ''}{abs(cut) // 100 or ''}.{abs(cut) % 100:02d}"
    )
