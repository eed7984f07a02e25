"""What can be said about an eval set by reading it: references, duplicates and its size."""

from collections.abc import Iterator

from evalgate.checking.duplicates import twins
from evalgate.checking.observation import Observation, Severity
from evalgate.deciding.claim import needed_units
from evalgate.deciding.sizing import fewest_units, usual_units
from evalgate.deciding.wording import counted, points
from evalgate.grading.answer import Answer
from evalgate.grading.checks import CHECKS, check_grade
from evalgate.model.chat import Completion, Usage
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import Estimand, Policy

_ABOUT_THE_CALL = frozenset({"latency_ms", "cost_usd", "stop_reason", "tool_called"})
"""Checks that say nothing about a text on its own."""


def references(evalset: EvalSet) -> Iterator[Observation]:
    """Yield each reference that fails a check of its own case."""
    for case in evalset.cases:
        for number, text in enumerate(case.references, start=1):
            which = "" if len(case.references) == 1 else f" {number}"
            for reason in _failing(case, text):
                yield _about(
                    evalset,
                    case,
                    severity=Severity.ERROR,
                    code="reference_fails",
                    message=f"its reference{which} fails a grader of the case: {reason}",
                )


def duplicates(evalset: EvalSet) -> Iterator[Observation]:
    """Yield each case whose input repeats an earlier one."""
    cases = {case.id: case for case in evalset.cases}
    for twin in twins({case.id: case.vars for case in evalset.cases}):
        case, earlier = cases[twin.case], cases[twin.earlier]
        if case.cluster is not None and case.cluster == earlier.cluster and twin.alike < 1:
            continue
        same = twin.alike == 1
        how = "has the same input as" if same else f"shares {twin.alike:.0%} of its words with"
        advice = "remove one" if same else "give both the same `cluster`, or remove one"
        yield _about(
            evalset,
            case,
            severity=Severity.WARNING,
            code="duplicate_case" if same else "near_duplicate_case",
            message=f"{how} `{twin.earlier}`, and two of a kind count double: {advice}",
        )


def size(evalset: EvalSet, policy: Policy) -> Iterator[Observation]:
    """Yield what the size of a set means for its verdicts, when it is too small for something."""
    rules = policy.gate
    trials = evalset.trials or policy.run.trials
    clusters = {case.cluster for case in evalset.cases if case.cluster}
    units = len(clusters) + sum(case.cluster is None for case in evalset.cases)
    needs = needed_units(rules, clustered=bool(clusters))
    least = fewest_units(rules.max_drop, rules.alpha)
    if needs is None or least is None:
        return
    unit = "cluster or lone case" if clusters else "case"
    claims_traffic = rules.estimand is Estimand.POPULATION or (
        rules.estimand is Estimand.AUTO and units >= needs
    )
    limit = points(rules.max_drop)
    have = units if claims_traffic else trials * len(evalset.cases)
    what = unit if claims_traffic else "trial"
    if have < least:
        yield _whole(
            evalset, Severity.WARNING, "set_too_small", _too_small(have, what, least, limit)
        )
    if not claims_traffic and rules.estimand is Estimand.AUTO:
        usual = usual_units(rules.max_drop, rules.alpha) or needs
        message = (
            f"with {counted(len(evalset.cases), 'case')} its verdicts are about exactly these; "
            f"from {needs:,} on they are about the traffic that the cases stand for, and about "
            f"{usual:,} prove a limit of {limit} for an ordinary harmless change"
        )
        yield _whole(evalset, Severity.HINT, "suite_only", message)


def _too_small(have: int, what: str, least: int, limit: str) -> str:
    advice = "add cases, raise `trials`" if what == "trial" else "add cases"
    return (
        f"{counted(have, what)} cannot prove a limit of {limit}, whatever the answers: at least "
        f"{least:,} are needed; {advice} or widen `gate.max_drop`"
    )


def _failing(case: Case, text: str) -> Iterator[str]:
    """Yield the reasons for which a text, as an answer, fails the checks of a case."""
    usage = Usage(input_tokens=0, output_tokens=0)
    completion = Completion(text=text, model="", stop_reason="end_turn", usage=usage, latency_ms=0)
    for spec in case.graders:
        if spec.kind in CHECKS and spec.kind not in _ABOUT_THE_CALL and spec.required:
            grade = check_grade(spec, Answer(completion=completion))
            if grade.passed is False:
                yield f"`{spec.name}`: {grade.reason}"


def _about(
    evalset: EvalSet, case: Case, *, severity: Severity, code: str, message: str
) -> Observation:
    return Observation(
        severity=severity,
        code=code,
        path=case.path or evalset.path,
        line=case.line,
        key=f"case {case.id}",
        message=message,
    )


def _whole(evalset: EvalSet, severity: Severity, code: str, message: str) -> Observation:
    return Observation(severity=severity, code=code, path=evalset.path, message=message)
