"""Says what a calibration and a look at the anchors found, line by line, safe for a terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from evalgate.deciding.judge_drift import ALPHA, fewest_flips
from evalgate.deciding.judge_measures import (
    Agreement,
    Measure,
    agreement_of,
    confusion,
    measures,
)
from evalgate.deciding.judge_scale import LEAST_AGREEMENT, LEAST_LABELS, LEAST_OF_RARER, index
from evalgate.gate.calibrating import JudgedAnswer
from evalgate.gate.drifting import DriftOfSet
from evalgate.gate.labels import Labels
from evalgate.model.calibration import Calibration, JudgePrint
from evalgate.model.document import Data
from evalgate.reporting.numbers import count
from evalgate.reporting.visible import on_one_line, safe_line

MOST_TOLD = 50
_EXCERPT, _REASON, _NAME = 240, 400, 80

_MEANINGS: Mapping[str, str] = {
    "sensitivity": "of the answers that people pass, the share that the judge passes",
    "specificity": "of the answers that people fail, the share that the judge fails",
    "kappa": "agreement beyond chance",
    "youden": "sensitivity + specificity − 1",
}


def labels_line(labels: Labels) -> str:
    """Say how many rows there were and what became of them."""
    left = "".join(f", {number:,} {why}" for why, number in sorted(labels.left_out.items()))
    return f"{count(labels.rows, 'row')}: {count(len(labels.answers), 'labelled answer')}{left}"


def calibration_lines(
    calibration: Calibration, judged: Sequence[JudgedAnswer], *, least: float | None, alpha: float
) -> Iterator[str]:
    """Yield what is to be told of the calibration of one set.

    Args:
        calibration: what will be kept.
        judged: the answers of the set.
        least: the lower limit of J that the policy demands; None when it names none.
        alpha: the policy's error rate.
    """
    counts = confusion((anchor.human, anchor.judge) for anchor in calibration.anchors)
    yield f"{_safe(calibration.evalset)}: judged by {_judge(calibration.judge)}"
    yield f"  people pass: the judge passes {counts.true_pass:,}, fails {counts.false_fail:,}"
    yield f"  people fail: the judge passes {counts.false_pass:,}, fails {counts.true_fail:,}"
    yield from _uncounted(calibration, judged)
    for name, measure in measures(counts).items():
        said = "unknown" if measure is None else _measured(measure)
        yield f"  {_title(name):<11}  {said:<18}  {_MEANINGS[name]}"
    agreement = agreement_of(counts, alpha)
    yield from _verdict(agreement, least)
    yield from _advice(counts.labels, [anchor.human for anchor in calibration.anchors])
    yield from _criteria(calibration)
    yield from _disagreements(judged)


def worst_first(judged: Sequence[JudgedAnswer]) -> list[JudgedAnswer]:
    """Return where people and the judge disagree, worst first.

    A bad answer that the judge lets through comes before a good one that it fails; then come the
    cases with most disagreements.
    """
    found = [each for each in judged if each.disagrees]
    often = Counter(each.label.case.id for each in found)
    return sorted(
        found,
        key=lambda each: (
            each.label.human is True,
            -often[each.label.case.id],
            each.label.case.id,
            each.label.answer,
        ),
    )


def disagreement_data(judged: JudgedAnswer) -> Data:
    """Return one disagreement for machines."""
    return {
        "case": judged.label.case.id,
        "human": _word(judged.label.human),
        "judge": _word(judged.said.passed),
        "reason": judged.said.reason,
        "answer": judged.label.answer,
    }


def drift_lines(found: DriftOfSet) -> Iterator[str]:
    """Yield what is to be told of the anchors of one set."""
    flips, drift = [each for each in found.judged if each.flipped], found.drift
    name = _safe(found.evalset)
    yield f"{name}: {count(len(found.judged), 'labelled answer')} judged again, {_flips(found)}"
    for part, number in (
        ("left out, their cases changed", found.left_out),
        ("without a verdict now", found.ungraded),
    ):
        if number:
            yield f"  {number:,} {part}"
    if flips:
        yield f"  {'case':<24}  people  then  now"
    for each in flips[:MOST_TOLD]:
        words = (each.anchor.human, each.anchor.judge, each.now.passed)
        people, then, now = map(_word, words)
        case = on_one_line(each.anchor.case, 24)
        yield f"  {_safe(case):<24}  {people:<6}  {then}  {now}"
        yield f"    the judge now: {_safe(each.now.reason)}"
    if len(flips) > MOST_TOLD:
        yield f"  and {len(flips) - MOST_TOLD:,} more"
    yield (
        f"  chance of such flips from an unchanged judge: towards one verdict {drift.leaning:.4f},"
        f" away from people {drift.decline:.4f}; drift is below {ALPHA / 2:g}, which takes"
        f" {fewest_flips()} flips one way"
    )
    yield f"  J is {index(found.agreement.youden)}, at least {index(found.agreement.low)}"
    yield f"  {drift_sentence(found)}"


def drift_sentence(found: DriftOfSet) -> str:
    """Say in one sentence whether the judge is what it was."""
    name = _safe(found.evalset)
    if found.drift.has_drifted:
        return (
            f"The judge has drifted on {name}: look at the flips, then calibrate again or pin "
            "another model."
        )
    if found.is_silent:
        return (
            f"The judge gives no verdict on {found.ungraded:,} of "
            f"{count(len(found.judged), 'answer')} to {name}: look at why before trusting it."
        )
    if found.disagrees:
        return (
            f"The judge agrees too little with people on {name}: J is at least "
            f"{index(found.agreement.low)}, the policy wants {index(found.least)}."
        )
    return f"The judge has not drifted on {name}, as far as these answers can tell."


def _uncounted(calibration: Calibration, judged: Sequence[JudgedAnswer]) -> Iterator[str]:
    if calibration.ungraded:
        causes = ", ".join(f"{number:,} {cause}" for cause, number in calibration.ungraded.items())
        yield f"  no verdict of the judge on {sum(calibration.ungraded.values()):,}: {causes}"
    partly = sum(each.label.human is None for each in judged)
    if partly:
        yield f"  {partly:,} with labels of some criteria only: they count there alone"
    stated = sum(each.label.has_verdict for each in judged)
    if stated:
        verb = "is one" if stated == 1 else "are those"
        yield f"  {stated:,} of the judge's verdicts {verb} that the file states"


def _verdict(agreement: Agreement, least: float | None) -> Iterator[str]:
    demand = LEAST_AGREEMENT if least is None else least
    low = index(agreement.low)
    if agreement.low < demand:
        whose = f"{demand:g} (the default)" if least is None else f"the policy's {index(least)}"
        yield f"  J is at least {low}: less than {whose}, so the gate only advises on this set"
    elif agreement.low > 0:
        yield f"  J is at least {low}: the limit of the gate is multiplied by that"
    else:
        yield f"  J is at least {low}: no limit is left where this judge decides"


def _advice(labels: int, human: Sequence[bool]) -> Iterator[str]:
    rarer = min(human.count(True), human.count(False))
    if labels < LEAST_LABELS or rarer < LEAST_OF_RARER:
        kind = "passing" if human.count(True) < human.count(False) else "failing"
        yield (
            f"  too few labels to know the judge well: {labels:,} of {LEAST_LABELS}, and {rarer:,}"
            f" {kind} ones of {LEAST_OF_RARER}; label more answers"
        )


def _criteria(calibration: Calibration) -> Iterator[str]:
    if calibration.criteria:
        yield "  by criterion (people/judge): pass/pass, pass/fail, fail/pass, fail/fail"
    for text, each in calibration.criteria.items():
        numbers = (each.pass_pass, each.pass_fail, each.fail_pass, each.fail_fail)
        yield f"    {' '.join(f'{number:>5,}' for number in numbers)}  {_safe(text, _NAME)}"


def _disagreements(judged: Sequence[JudgedAnswer]) -> Iterator[str]:
    found = worst_first(judged)
    if found:
        yield f"  {count(len(found), 'disagreement')} to read, worst first:"
    for each in found[:MOST_TOLD]:
        people, judge = _word(each.label.human), _word(each.said.passed)
        yield f"    {_safe(each.label.case.id, _NAME)}: people say {people}, the judge {judge}"
        if each.said.reason:
            yield f"      the judge: {_safe(each.said.reason, _REASON)}"
        yield f"      the answer: {_safe(each.label.answer, _EXCERPT)}"
    if len(found) > MOST_TOLD:
        yield f"    and {len(found) - MOST_TOLD:,} more: --json lists them all"


def _flips(found: DriftOfSet) -> str:
    drift = found.drift
    return (
        f"{drift.to_pass:,} now pass, {drift.to_fail:,} now fail; "
        f"{drift.better:,} towards people, {drift.worse:,} away"
    )


def _judge(judge: JudgePrint) -> str:
    effort = f", effort {judge.effort}" if judge.effort else ""
    return f"{_safe(judge.model)}{effort}, {count(judge.votes, 'vote')}"


def _measured(measure: Measure) -> str:
    if measure.low is None:
        return index(measure.value)
    return f"{index(measure.value):<4} {index(measure.low)} to {index(measure.high)}"


def _title(name: str) -> str:
    return "J" if name == "youden" else name


def _word(passed: bool | None) -> str:
    return "none" if passed is None else "pass" if passed else "fail"


def _safe(text: str, limit: int = _EXCERPT) -> str:
    """Return a text on one line in which nothing can act."""
    return safe_line(on_one_line(text, limit))
