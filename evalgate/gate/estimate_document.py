"""Writes an estimate as a document for machines: `estimate/1`."""

from evalgate.gate.estimate_words import states_limits
from evalgate.gate.estimating import MatchupEstimate, PlanEstimate
from evalgate.gate.planning import Plan
from evalgate.model.chat import Purpose
from evalgate.model.comparison import CaseKind
from evalgate.model.document import Data
from evalgate.model.trial import Arm
from evalgate.reporting.preflight_data import preflight_data
from evalgate.running.size import Forecast
from evalgate.running.spending import Spending
from evalgate.running.time_words import passes


def estimate_document(plan: Plan, estimate: PlanEstimate) -> dict[str, Data]:
    """Return what a plan takes, matchup by matchup; a cost of null is not known."""
    return {
        "schema": "estimate/1",
        "run_id": plan.sources.question.run_id,
        "base": plan.sources.base,
        "head": plan.sources.head,
        "policy_hash": plan.sources.policy.hash,
        "trials": estimate.total.trials,
        "recorded": estimate.recorded,
        **_spending(estimate.total.total),
        "unpriced": [*sorted(estimate.total.unpriced)],
        "time": _time(plan, estimate),
        "prompts": [_matchup(matchup) for matchup in estimate.matchups],
        "findings": [
            {
                "prompt": finding.prompt,
                "path": finding.path,
                "verdict": finding.verdict.value,
                "code": finding.reason.code,
                "message": finding.reason.message,
            }
            for finding in plan.findings
        ],
        "notes": list(plan.notes),
        "warnings": list(estimate.warnings),
    }


def _time(plan: Plan, estimate: PlanEstimate) -> Data:
    if estimate.time is None:
        return None
    settings = plan.sources.policy.run
    return {
        "seconds": round(estimate.time.seconds, 1),
        "decided_by": estimate.time.decided_by.value,
        "model": estimate.time.model or None,
        "rate_limits_stated": states_limits(settings),
        "job_minutes": settings.job_minutes,
        "passes_job_minutes": passes(estimate.time, settings.job_minutes),
    }


def _matchup(each: MatchupEstimate) -> dict[str, Data]:
    candidate, baseline = each.matchup.candidate.version, each.matchup.candidate.baseline
    return {
        "name": candidate.prompt,
        "evalset": each.matchup.evalset.name,
        "candidate": candidate.version,
        "baseline": None if baseline is None else baseline.version,
        "cases": {kind.value: each.cases.get(kind, 0) for kind in CaseKind},
        "trials": {arm.value: each.trials.get(arm, 0) for arm in Arm},
        "recorded": each.recorded,
        "preflight": preflight_data(each.matchup.preflight),
        **_spending(each.estimate.total),
        "purposes": {purpose.value: _spending(each.estimate.of(purpose)) for purpose in Purpose},
    }


def _spending(spending: Spending) -> dict[str, Data]:
    return {
        "calls": _forecast(spending.load.calls),
        "input_tokens": _forecast(spending.load.input_tokens),
        "output_tokens": _forecast(spending.load.output_tokens),
        "cost_usd": {
            "expected": _rounded(spending.cost.expected),
            "most": _rounded(spending.cost.most),
        },
    }


def _forecast(number: Forecast) -> dict[str, Data]:
    return {"expected": number.expected, "most": number.most}


def _rounded(usd: float | None) -> float | None:
    return None if usd is None else round(usd, 6)
