"""The record of a quality problem that a rollout ran into: what happened, and what was done; pure.

It is what an incident begins with. The evidence is named by ids of calls: what was said in them
stays where it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from shlex import quote

from evalgate.model.call import Arm
from evalgate.model.exposure import Exposure
from evalgate.model.incident import (
    Action,
    ActionPhase,
    ActionResult,
    Detection,
    Evidence,
    Impact,
    Incident,
    IncidentClass,
    Scope,
    Severity,
    Status,
    Suspect,
)
from evalgate.model.rollout import Criterion, CriterionEvidence, RolloutReport
from evalgate.rollout.overriding import instant

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


def incident_of(
    report: RolloutReport, *, calls: tuple[str, ...], report_path: str = ""
) -> Incident:
    """Return the incident that a rollback by evidence opens; what follows from it is not in it yet.

    Args:
        report: of the rollout, as it was decided on.
        calls: the ids of calls that failed.
        report_path: where the promotion report lies.
    """
    rollout, evidence = report.rollout, report.evidence
    worst = max(evidence.criteria, key=lambda each: each.harm, default=None)
    at = instant(evidence.at)
    share = f"{rollout.version} at {rollout.percent:g} %"
    return Incident(
        id=incident_name(report),
        fingerprint=f"rollout-{rollout.prompt}-{rollout.version}-{rollout.hash[:12]}",
        title=f"{rollout.version} of {rollout.prompt} was rolled back at {rollout.percent:g} %",
        status=Status.MITIGATED,
        severity=Severity.SEV3,
        severity_rule="a canary that was taken back by itself",
        kind=_KINDS[worst.criterion] if worst else IncidentClass.QUALITY,
        opened_at=at,
        detected_by="rollout",
        scope=Scope(
            prompt=rollout.prompt,
            criterion=worst.criterion.value if worst else "",
            version=rollout.version,
        ),
        detection=_detection(report, worst),
        impact=Impact(
            calls=sum(each.canary.units for each in evidence.criteria[:1]) or None,
            share=rollout.percent / 100,
        ),
        suspects=(
            Suspect(
                kind="prompt",
                subject=rollout.prompt,
                before=rollout.stable,
                after=rollout.version,
                ts=instant(rollout.started),
                lead_minutes=0.0,
                weight=1.0,
                source="rollout",
                why=f"only users of {share} fared worse, beside {rollout.stable}",
            ),
        ),
        evidence=Evidence(calls=calls, report=report_path),
        actions=(
            Action(
                id="rolled-back",
                phase=ActionPhase.MITIGATE,
                title=f"Roll back to {rollout.stable}",
                effect=f"{rollout.stable} gets all of the traffic",
                verify=f"evalgate rollout status {quote(rollout.prompt)}",
                result=ActionResult(at=at, by="rollout", outcome="done"),
            ),
        ),
    )


def _detection(report: RolloutReport, worst: CriterionEvidence | None) -> Detection:
    said = "; ".join(each.message for each in report.outlook.reasons)
    started = instant(report.rollout.started)
    if worst is None:
        return Detection(signal="rollout", message=said, first_bad=started)
    canary, stable = worst.canary, worst.stable
    return Detection(
        signal="rollout",
        metric=worst.criterion.value,
        window="users of the canary",
        observed=canary.rate,
        baseline=stable.rate,
        threshold=worst.max_rise,
        n=canary.units,
        low=canary.low,
        high=canary.high,
        first_bad=started,
        message=said,
    )


_KINDS: Mapping[Criterion, IncidentClass] = {
    Criterion.QUALITY: IncidentClass.QUALITY,
    Criterion.ERRORS: IncidentClass.OUTAGE,
    Criterion.REFUSALS: IncidentClass.REFUSAL_SPIKE,
    Criterion.LATENCY: IncidentClass.LATENCY,
    Criterion.COST: IncidentClass.COST,
}
"""What an incident is about, by the criterion with the most harm."""
