"""Writes a verdict as data: `verdict.json`, the contract that other programs read.

Fractions are rounded to six digits; keys that are not in the contract stand after those that are.
"""

from collections.abc import Mapping, Sequence

from evalgate.model.comparison import ArmLedger
from evalgate.model.document import Data
from evalgate.model.trial import Arm
from evalgate.model.turning import Turning
from evalgate.model.verdict import (
    Estimate,
    JudgeScale,
    Latency,
    LookTaken,
    PromptVerdict,
    Reason,
    RunVerdict,
    Slice,
    Spending,
    VersionRef,
)
from evalgate.model.waiver import Waiver
from evalgate.reporting.preflight_data import preflight_data

SCHEMA = "verdict/1"


def verdict_document(run: RunVerdict) -> dict[str, Data]:
    """Return the data of `verdict.json`, ready to be written as JSON."""
    return {
        "schema": SCHEMA,
        "run_id": run.run_id,
        "verdict": run.verdict.value,
        "reasons": _reasons(run.reasons),
        "exit_code": int(run.exit_code),
        "base": run.base,
        "head": run.head,
        "policy_hash": run.policy_hash,
        "cost_usd": _rounded(run.cost_usd),
        "calls": run.calls,
        "prompts": [prompt_entry(prompt) for prompt in run.prompts],
        "notes": list(run.notes),
        "simulated": run.simulated,
        "spending": _spending(run.spending),
    }


def prompt_entry(prompt: PromptVerdict) -> dict[str, Data]:
    """Return the entry of one candidate on one eval set."""
    return {
        "name": prompt.name,
        "evalset": prompt.evalset,
        "baseline": _version(prompt.baseline),
        "candidate": _version(prompt.candidate),
        "verdict": prompt.verdict.value,
        "reasons": _reasons(prompt.reasons),
        "estimand": prompt.estimand,
        "max_drop": _rounded(prompt.max_drop),
        "alpha": _rounded(prompt.alpha),
        "ledger": _ledger(prompt.ledger),
        "cases": {
            "compared": prompt.cases.compared,
            "new": prompt.cases.new,
            "edited": prompt.cases.edited,
            "deleted": prompt.cases.deleted,
        },
        "pass_rate": {arm.value: _rounded(prompt.pass_rate.get(arm)) for arm in Arm},
        "delta": None if prompt.delta is None else _estimate(prompt.delta),
        "smallest_detectable_drop": _rounded(prompt.smallest_detectable_drop),
        "flips": {
            "regressed": list(prompt.flips.regressed),
            "fixed": list(prompt.flips.fixed),
            "broken": list(prompt.flips.broken),
            "slipped": list(prompt.flips.slipped),
        },
        "slices": [_slice(part) for part in prompt.slices],
        "cost_usd": _rounded(prompt.cost_usd),
        "latency_ms": _latency(prompt.latency_ms),
        "spending": _spending(prompt.spending),
        "why": list(prompt.why),
        "head_pass_rate": _rounded(prompt.head_pass_rate),
        "pass_rate_bounds": {
            arm.value: [_rounded(bound) for bound in prompt.rate_bounds[arm]]
            for arm in Arm
            if arm in prompt.rate_bounds
        },
        "changed_cases": {
            "new": list(prompt.changed_cases.new),
            "edited": list(prompt.changed_cases.edited),
            "deleted": list(prompt.changed_cases.deleted),
        },
        "flaky": list(prompt.flaky),
        "waived": [_waiver(waiver) for waiver in prompt.waived],
        "look": _look(prompt.look),
        "judge": None if prompt.judge is None else _judge(prompt.judge),
        "preflight": preflight_data(prompt.preflight),
        "turning": None if prompt.turning is None else _turning(prompt.turning),
    }


def _turning(turning: Turning) -> Data:
    mending = turning.mending
    return {
        "mending": None
        if mending is None
        else {"cases": mending.cases, "of": mending.of, "remedy": mending.remedy.value},
        "limit": _rounded(turning.limit),
        "trials": turning.trials,
        "units": turning.units,
        "have": turning.have,
        "unit": turning.unit,
        "breaking": turning.breaking,
    }


def _waiver(waiver: Waiver) -> Data:
    return {
        "case": waiver.case,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires,
        "candidate": waiver.candidate,
    }


def _judge(scale: JudgeScale) -> Data:
    return {
        "proven": scale.proven,
        "labels": scale.labels,
        "youden": _rounded(scale.youden),
        "youden_low": _rounded(scale.low) if scale.labels else None,
        "min_agreement": _rounded(scale.least),
        "share": _rounded(scale.share),
        "max_drop": _rounded(scale.max_drop),
    }


def _spending(spending: Spending) -> Data:
    return {
        "answers_usd": _rounded(spending.answers_usd),
        "judge_usd": _rounded(spending.judge_usd),
        "at_most_usd": _rounded(spending.at_most_usd),
        "reused": dict(spending.reused),
    }


def _reasons(reasons: Sequence[Reason]) -> Data:
    return [{"code": reason.code, "message": reason.message} for reason in reasons]


def _version(ref: VersionRef | None) -> Data:
    return None if ref is None else {"version": ref.version, "hash": ref.hash}


def _estimate(delta: Estimate) -> Data:
    return {
        "estimate": _rounded(delta.estimate),
        "low": _rounded(delta.low),
        "high": _rounded(delta.high),
    }


def _look(look: LookTaken | None) -> Data:
    if look is None:
        return None
    return {
        "number": look.number,
        "of": look.of,
        "level": _rounded(look.level),
        "recorded": look.recorded,
        "afresh": look.afresh,
        "drifted": look.drifted,
        "partial": look.partial,
    }


def _latency(latency: Latency | None) -> Data:
    return None if latency is None else {"p50": latency.p50, "p95": latency.p95}


def _ledger(ledger: Mapping[Arm, ArmLedger]) -> Data:
    return {
        arm.value: {
            "planned": ledger[arm].planned,
            "graded": ledger[arm].graded,
            "errored": ledger[arm].errored,
            "skipped": ledger[arm].skipped,
            "waived": ledger[arm].waived,
        }
        for arm in Arm
        if arm in ledger
    }


def _slice(part: Slice) -> Data:
    return {
        "tag": part.tag,
        "cases": part.cases,
        "baseline": _rounded(part.baseline),
        "candidate": _rounded(part.candidate),
        "delta": _rounded(part.delta),
        "p_value": _rounded(part.p_value),
        "adjusted": _rounded(part.adjusted),
        "protected": part.protected,
        "flag": None if part.flag is None else part.flag.value,
        "low": _rounded(part.low),
        "high": _rounded(part.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
