"""Writes a rollout as the document `rollout/1`: what `--json` prints and other tools wait for."""

from math import isnan

from evalgate.model.document import Data
from evalgate.model.rollout import ArmRate, CriterionEvidence, RolloutReport, SplitCheck, Step
from evalgate.reporting.instants import iso
from evalgate.reporting.rollout_criteria import (
    harm_limit,
    needed_proof,
    rise_of,
    stage_of,
    weighted_harm,
)
from evalgate.reporting.rollout_words import headline, is_skewed, remarks, verdict_of

ROLLOUT = "rollout/1"

MOST = 1e12
"""What a larger number is written as: JSON has no infinity."""

_DIGITS = 6


def rollout_document(report: RolloutReport) -> dict[str, Data]:
    """Return the document; the same report gives the same one."""
    rollout, outlook = report.rollout, report.outlook
    return {
        "schema": ROLLOUT,
        "prompt": rollout.prompt,
        "stable": rollout.stable,
        "version": rollout.version,
        "hash": rollout.hash,
        "phase": rollout.phase.value,
        "percent": _number(rollout.percent),
        "to": _number(outlook.to),
        "verdict": verdict_of(report).value,
        "outcome": outlook.outcome.value,
        "expired": outlook.expired,
        "headline": headline(report),
        "reasons": [{"code": each.code, "message": each.message} for each in outlook.reasons],
        "lacks": [
            {"code": each.code, "message": each.message, "until": iso(each.until)}
            for each in outlook.lacks
        ],
        "ready_at": iso(outlook.ready_at),
        **_evidence(report),
        "started": iso(rollout.started),
        "since": iso(rollout.since),
        "at_full": iso(rollout.at_full),
        "steps": [_step(each) for each in rollout.steps],
        "stages": [_number(each) for each in report.stages],
        "offline_run": rollout.verdict,
        "history": [
            {"at": at, "state": state, "by": who, "why": why}
            for at, state, who, why in report.history
        ],
        "moved": report.moved,
        "command": report.command,
        "run_url": report.run_url,
        "at": iso(report.evidence.at),
    }


def _evidence(report: RolloutReport) -> dict[str, Data]:
    evidence = report.evidence
    return {
        "harm": _number(evidence.harm),
        "harm_limit": _number(harm_limit(report.rules)),
        "proof_needed": _number(needed_proof(report)),
        "criteria": [_criterion(each) for each in evidence.criteria],
        "split": _split(evidence.split),
        "scored": _arms(evidence.scored),
        "scored_needed": stage_of(report).units,
        "assigned": _arms(evidence.assigned),
        "per_hour": None if evidence.per_hour is None else _number(evidence.per_hour),
        "left_out": {code: number for code, number in sorted(evidence.left_out.items()) if number},
        "remarks": list(remarks(report)),
    }


def _criterion(each: CriterionEvidence) -> Data:
    rise = rise_of(each)
    return {
        "criterion": each.criterion.value,
        "stable": _arm(each.stable),
        "canary": _arm(each.canary),
        "rise": None
        if rise is None
        else {
            "estimate": _number(rise.estimate),
            "low": None if rise.low is None else _number(rise.low),
            "high": None if rise.high is None else _number(rise.high),
        },
        "max_rise": _number(each.max_rise),
        "limit": None if each.limit is None else _number(each.limit),
        "unknown": _arms(each.unknown),
        "proof": _number(each.proof),
        "harm": _number(weighted_harm(each)),
    }


def _arm(arm: ArmRate) -> Data:
    return {
        "units": arm.units,
        "failed": _number(arm.failed),
        "rate": None if arm.rate is None else _number(arm.rate),
        "low": _number(arm.low),
        "high": _number(arm.high),
    }


def _arms(numbers: tuple[int, int]) -> Data:
    stable, canary = numbers
    return {"stable": stable, "canary": canary}


def _split(split: SplitCheck | None) -> Data:
    if split is None:
        return None
    return {
        "percent": _number(split.percent),
        "stable": split.stable,
        "canary": split.canary,
        "p_value": _number(split.p_value),
        "is_skewed": is_skewed(split),
    }


def _step(step: Step) -> Data:
    return {
        "percent": _number(step.percent),
        "since": iso(step.since),
        "until": iso(step.until),
    }


def _number(value: float) -> Data:
    """Return a number that JSON has, with the digits that say something; None for none."""
    if isnan(value):
        return None
    return float(f"{min(max(value, -MOST), MOST):.{_DIGITS}g}")
