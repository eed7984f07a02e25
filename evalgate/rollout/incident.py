"""The record of a quality problem that a rollout ran into: what happened, and what was done; pure.

It is what an incident begins with. The evidence is named by ids of calls: what was said in them
stays where it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from evalgate.model.call import Arm
from evalgate.model.document import Data
from evalgate.model.exposure import Exposure
from evalgate.model.rollout import CriterionEvidence, RolloutReport
from evalgate.rollout.overriding import instant

SCHEMA = "incident/1"

MOST_CALLS = 20
"""How many calls an incident names."""

_HALF = 0.5


def failing_calls(
    calls: Iterable[Exposure], outcomes: Mapping[str, float | None], *, version: str
) -> tuple[str, ...]:
    """Return the ids of calls that a version failed, the first ones.

    Args:
        calls: in order of time.
        outcomes: how good an answer was, 0..1, by the id of its call.
        version: of the canary.
    """
    own = (each for each in calls if each.arm is Arm.CANARY and each.version == version)
    return tuple(islice(_failed(own, outcomes), MOST_CALLS))


def _failed(calls: Iterable[Exposure], outcomes: Mapping[str, float | None]) -> Iterator[str]:
    for each in calls:
        outcome = outcomes.get(each.request_id)
        if each.failed or each.refused or (outcome is not None and outcome < _HALF):
            yield each.request_id


def incident_name(report: RolloutReport) -> str:
    """Return the name of an incident's file, without its ending: prompt, version and instant."""
    at = instant(report.evidence.at).replace(":", "")
    prompt = "".join(
        each if each.isalnum() or each in "-_" else "-" for each in report.rollout.prompt
    )
    return f"{at}-{prompt[:60]}-{report.rollout.version}"


def incident_document(
    report: RolloutReport, *, calls: tuple[str, ...], report_path: str = ""
) -> dict[str, Data]:
    """Return the incident that a rollback by evidence opens.

    Args:
        report: of the rollout, as it was decided on.
        calls: the ids of calls that failed.
        report_path: where the promotion report lies.
    """
    rollout, evidence = report.rollout, report.evidence
    return {
        "schema": SCHEMA,
        "id": incident_name(report),
        "status": "open",
        "opened_at": instant(evidence.at),
        "title": f"{rollout.version} of {rollout.prompt} was rolled back at {rollout.percent:g} %",
        "prompt": rollout.prompt,
        "detection": {
            "by": "rollout",
            "reasons": [
                {"code": each.code, "message": each.message} for each in report.outlook.reasons
            ],
        },
        "impact": {
            "version": rollout.version,
            "hash": rollout.hash,
            "percent": rollout.percent,
            "from": instant(rollout.started),
            "until": instant(evidence.at),
        },
        "suspects": [f"prompt {rollout.prompt}: {rollout.stable} → {rollout.version}"],
        "evidence": {
            "report": report_path,
            "calls": list(calls),
            "criteria": [_criterion(each) for each in evidence.criteria],
        },
        "actions": [
            {
                "done": True,
                "at": instant(evidence.at),
                "what": f"roll back to {rollout.stable}",
                "verify": f"new lines of the call log name {rollout.stable} alone",
            },
            {"done": False, "what": "add a golden case that the version fails"},
        ],
    }


def _criterion(each: CriterionEvidence) -> dict[str, Data]:
    return {
        "criterion": each.criterion.value,
        "stable": {"units": each.stable.units, "failed": each.stable.failed},
        "canary": {"units": each.canary.units, "failed": each.canary.failed},
        "harm": each.harm,
    }
