"""The reasons of a verdict: a stable code each, and one sentence with the numbers behind it."""

from collections.abc import Mapping, Sequence

from evalgate.deciding.evidence import Evidence
from evalgate.deciding.flakiness import STEADY, is_flaky
from evalgate.deciding.levers import levers
from evalgate.deciding.rates import passes
from evalgate.deciding.wording import (
    between,
    counted,
    listed,
    percent,
    percent_above,
    percent_below,
    points,
)
from evalgate.model.comparison import ArmLedger, CasePair, Comparison
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import Estimate, Reason

_MORE_UNITS: Mapping[str, str] = {
    "case": "add cases",
    "cluster": "add cases in further clusters",
    "trial": "add cases, raise run.trials",
}


AWAITS_CALLS = "awaits_calls"
"""The code of the reason that a run without calls could not come to its end."""


def no_cases() -> Reason:
    """Nothing was planned."""
    return Reason(
        code="no_cases",
        message="No case was planned, so nothing was tested: "
        "an eval set must list the prompt under `prompts` and have at least one case.",
    )


def all_waived(comparison: Comparison) -> Reason:
    """Every case of the set is waived."""
    names = listed([pair.case for pair in comparison.waived])
    return Reason(
        code="all_waived",
        message=f"Every case is waived ({names}), so nothing was compared.",
    )


def ledger_unbalanced(arm: Arm, ledger: ArmLedger) -> Reason:
    """Some trials of an arm are missing, told twice, or not in the plan."""
    told = (
        f"{ledger.graded:,} graded, {ledger.errored:,} errored, "
        f"{ledger.skipped:,} skipped and {ledger.waived:,} waived"
    )
    return Reason(
        code="ledger_unbalanced",
        message=f"The {arm.value}'s ledger does not balance: "
        f"{counted(ledger.planned, 'trial')} planned, but {told}.",
    )


def not_all_trials_ran(comparison: Comparison) -> Reason:
    """The run stopped before the plan was done."""
    skipped = sum(ledger.skipped for ledger in comparison.ledger.values())
    planned = sum(ledger.planned for ledger in comparison.ledger.values())
    errored = sum(comparison.error_kinds.values())
    causes = _causes(comparison.error_kinds)
    after = f", after {errored:,} ended without a grade{causes}" if errored else ""
    return Reason(
        code="not_all_trials_ran",
        message=f"{skipped:,} of {counted(planned, 'planned trial')} were not started{after}.",
    )


def awaits_calls(comparison: Comparison) -> Reason:
    """Trials need calls, and the run was one that may make none."""
    planned = sum(ledger.planned for ledger in comparison.ledger.values())
    return Reason(
        code=AWAITS_CALLS,
        message=f"{comparison.awaiting:,} of {counted(planned, 'trial')} need Claude, and this run "
        "may not call it.",
    )


def error_budget(comparison: Comparison, rules: GateRules) -> Reason:
    """More pairs went without a grade than the policy allows."""
    share = comparison.lost_pairs / comparison.planned_pairs
    return Reason(
        code="error_budget",
        message=f"{comparison.lost_pairs:,} of {counted(comparison.planned_pairs, 'trial pair')} "
        f"({percent(share)}) have no grade and the budget is {percent(rules.error_budget)}"
        f"{_causes(comparison.error_kinds)}.",
    )


def below_min_pass_rate(head_rate: float, minimum: float) -> Reason:
    """The candidate passes fewer cases than the policy demands."""
    return Reason(
        code="min_pass_rate",
        message=f"The candidate's pass rate is {percent_below(head_rate)}; "
        f"the minimum is {percent(minimum)}.",
    )


def critical_case(broken: Sequence[CasePair]) -> Reason:
    """Critical cases are confirmed broken."""
    names = listed([pair.case for pair in broken])
    many = len(broken) > 1
    return Reason(
        code="critical_case",
        message=f"Critical {'cases' if many else 'case'} {names} broke: "
        f"{'each fails' if many else 'it fails'} in every one of "
        f"{min(len(pair.candidate) for pair in broken)}{' or more' if many else ''} trials.",
    )


def critical_unconfirmed(doubtful: Sequence[CasePair], confirming: int) -> Reason:
    """Critical cases seem broken, but their trials neither clear them nor confirm it."""
    names = listed([f"{pair.case} ({_trials_passed(pair)})" for pair in doubtful])
    settles = "look at the replies, then run again or raise run.critical_trials"
    if any(is_flaky(pair.baseline) for pair in doubtful):
        settles += "; a flaky case can never be confirmed, so mend it or its graders"
    return Reason(
        code="critical_unconfirmed",
        message=f"Critical {'cases' if len(doubtful) > 1 else 'case'} {names} may have broken; "
        f"{confirming} or more trials that all fail, where at least {percent(STEADY)} passed "
        f"before, would confirm it: {settles}.",
    )


def regression(evidence: Evidence, delta: Estimate, rules: GateRules) -> Reason:
    """The candidate does worse, and the limit is not shown to hold."""
    found = _found(evidence, delta, rules)
    return Reason(code="regression", message=f"{found}; the limit is {points(rules.max_drop)}.")


def no_headroom(before: float, rules: GateRules) -> Reason:
    """The baseline fails nearly everything, so no drop beyond the limit could show."""
    return Reason(
        code="no_headroom",
        message=f"The baseline passes {percent(before)} of the compared cases, so a drop of "
        f"{points(rules.max_drop)} could not show: look at why answers fail before trusting "
        "a comparison.",
    )


def set_changed(changed: int, existing: int, rules: GateRules, *, alone: bool) -> Reason:
    """Too much of the eval set was edited or deleted, along with the prompt or `alone`."""
    advice = (
        "change it in smaller steps" if alone else "change the set in a pull request of its own"
    )
    return Reason(
        code="set_changed",
        message=f"{changed:,} of the base's {counted(existing, 'case')} "
        f"({percent(changed / existing)}) were edited or deleted, "
        f"more than the {percent(rules.edit_budget)} that a change may touch: "
        f"{advice}.",
    )


def no_comparison(rules: GateRules, evidence: Evidence, *, baseline: bool) -> Reason:
    """Nothing can be compared, so absolute rules decide."""
    absence = (
        "No case can be compared with the baseline"
        if baseline
        else "There is no baseline to compare with"
    )
    return Reason(
        code="no_comparable_cases" if baseline else "no_baseline",
        message=f"{absence}, {_absolute_rule(rules.min_pass_rate, evidence.head_rate)}.",
    )


def version_unchanged(head_rate: float | None) -> Reason:
    """Only the eval set changed, so nothing can have regressed."""
    return Reason(
        code="version_unchanged",
        message="Only the eval set changed; the version is the one that is live "
        f"and passes {percent(head_rate or 0.0)} of its cases.",
    )


def too_few_units(evidence: Evidence, rules: GateRules) -> Reason:
    """The set can never prove the limit, whatever the results."""
    unit = evidence.unit
    limit = f"a limit of {points(rules.max_drop)}"
    if evidence.needed_units is None:
        proof = f"no number of {unit}s can prove {limit}: set gate.max_drop above 0"
    else:
        proof = (
            f"{limit} can only be proven with {evidence.needed_units:,} or more: "
            f"{_MORE_UNITS[unit]} or set a wider gate.max_drop"
        )
    return Reason(
        code=f"too_few_{unit}s",
        message=f"{counted(evidence.sample.units, unit)} can be compared, and {proof}.",
    )


def cannot_tell(evidence: Evidence, delta: Estimate, rules: GateRules) -> Reason:
    """The bounds leave both answers open."""
    found = _found(evidence, delta, rules)
    return Reason(
        code="cannot_tell",
        message=f"{found}; the limit is {points(rules.max_drop)}: {levers(evidence, rules)}.",
    )


def lopsided_errors(
    comparison: Comparison, evidence: Evidence, delta: Estimate, rules: GateRules
) -> Reason:
    """The limit would hold, were it not for trials that only the candidate has no grade for."""
    lost = comparison.lost_by[Arm.CANDIDATE]
    verb, they = ("has", "it a failure") if lost == 1 else ("have", "they failures")
    worst = min(1.0, evidence.unseen_loss - delta.low)
    return Reason(
        code="lopsided_errors",
        message=f"{counted(lost, 'trial')} {verb} no grade in the candidate alone; "
        f"were {they}, the drop could reach {points(worst, apart_from=(rules.max_drop,))}; "
        f"the limit is {points(rules.max_drop)}: find out why and run again.",
    )


def non_inferior(delta: Estimate, rules: GateRules) -> Reason:
    """The drop, if there is one, is shown to stay within the limit."""
    within = ", within the limit of" if delta.low < 0 else "; the limit for a drop is"
    return Reason(
        code="non_inferior", message=f"{_change(delta, rules)}{within} {points(rules.max_drop)}."
    )


def about_these_cases(evidence: Evidence, rules: GateRules) -> Reason:
    """The verdict is about the suite, not about the traffic that it was drawn from."""
    cases = counted(len(evidence.compared), "case")
    these = "this" if len(evidence.compared) == 1 else "these"
    why = "as the policy asks"
    if rules.estimand is Estimand.AUTO:
        needs = counted(evidence.claim.population_needs or 0, evidence.claim.population_unit)
        why = f"because a statement about all traffic takes at least {needs}"
    return Reason(code="suite", message=f"The verdict is about exactly {these} {cases}, {why}.")


def record_drifted(*, ran_afresh: bool) -> Reason:
    """The baseline answers otherwise than the record says."""
    found = "The baseline no longer answers as its record says; the model may have changed"
    follows = (
        "so both arms ran side by side. Renew the record"
        if ran_afresh
        else "and a run in parts cannot begin again: renew the record"
    )
    how = "with `evalgate record --trials 10 --afresh`"
    return Reason(code="record_drifted", message=f"{found}, {follows} {how}.")


def half_sufficed(ran: int, planned: int) -> Reason:
    """The first look, at half of the cases, found the drop."""
    return Reason(
        code="half_sufficed",
        message=f"{ran:,} of {counted(planned, 'case')} showed the drop; the others were not run.",
    )


def _found(evidence: Evidence, delta: Estimate, rules: GateRules) -> str:
    """Say what may have been lost: on average, or else outright where only that is too much."""
    found = _change(delta, rules)
    if delta.low <= -rules.max_drop:
        return found
    share = percent_above(evidence.rare_loss)
    return f"{found}, but up to {share} of the {evidence.unit}s may have broken outright"


def _change(delta: Estimate, rules: GateRules) -> str:
    sentence = between(delta.low, delta.high, apart_from=(rules.max_drop,))
    return sentence[0].upper() + sentence[1:]


def _trials_passed(pair: CasePair) -> str:
    """Write how many trials passed, now and before: `passed 1 of 3 trials, 3 of 3 before`."""
    if not pair.candidate:
        return "no graded trial"
    passed = sum(map(passes, pair.candidate))
    now = f"passed {passed} of {counted(len(pair.candidate), 'trial')}"
    before = f", {sum(map(passes, pair.baseline))} of {len(pair.baseline)} before"
    flaky = "; flaky" if is_flaky(pair.baseline) else ""
    return now + (before if pair.baseline else "") + flaky


def _absolute_rule(minimum: float | None, head_rate: float | None) -> str:
    rate = percent_below(head_rate or 0.0)
    if minimum is None:
        reached = "" if head_rate is None else f"; the candidate's is {rate}"
        how = "set gate.min_pass_rate to decide without one"
        return f"and no minimum pass rate is set{reached}: {how}"
    return f"so the minimum pass rate of {percent(minimum)} decides; the candidate's is {rate}"


def _causes(kinds: Mapping[str, int]) -> str:
    """Return the three most frequent causes as `: timeout 9, overloaded 3`."""
    ranked = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    causes = ", ".join(f"{kind} {count:,}" for kind, count in ranked[:3])
    return f": {causes}" if causes else ""
