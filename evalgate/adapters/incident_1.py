"""Reads the first form of an incident, `incident/1`, as rollouts wrote it."""

from collections.abc import Iterator, Mapping

from evalgate.model.document import Data
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

FIRST = "incident/1"

_STATUS: Mapping[str, Status] = {"open": Status.MITIGATED, "closed": Status.CLOSED}
"""A rollout opened its incidents after it had gone back."""


def from_first(data: Mapping[str, Data]) -> Incident:
    """Return what an incident of the first form says; what it did not say is empty."""
    detection, impact, evidence = (_part(data, key) for key in ("detection", "impact", "evidence"))
    name, prompt = _text(data, "id"), _text(data, "prompt")
    reasons = "; ".join(_text(each, "message") for each in _mappings(detection.get("reasons")))
    return Incident(
        id=name,
        fingerprint=f"rollout-{name}",
        title=_text(data, "title"),
        status=_STATUS.get(_text(data, "status"), Status.DETECTED),
        severity=Severity.SEV3,
        severity_rule="read from incident/1, which had none",
        kind=IncidentClass.QUALITY,
        opened_at=_text(data, "opened_at"),
        detected_by=_text(detection, "by") or "rollout",
        scope=Scope(prompt=prompt, version=_text(impact, "version")),
        detection=Detection(signal="rollout", message=reasons, first_bad=_text(impact, "from")),
        impact=Impact(),
        suspects=tuple(
            Suspect(kind="prompt", subject=prompt, why=each)
            for each in _texts(data.get("suspects"))
        ),
        evidence=Evidence(
            calls=tuple(_texts(evidence.get("calls"))), report=_text(evidence, "report")
        ),
        actions=tuple(_actions(data)),
    )


def _actions(data: Mapping[str, Data]) -> Iterator[Action]:
    for number, each in enumerate(_mappings(data.get("actions")), 1):
        is_done = each.get("done") is True
        result = ActionResult(at=_text(each, "at"), by="rollout", outcome="done")
        yield Action(
            id=f"step-{number}",
            phase=ActionPhase.MITIGATE if is_done else ActionPhase.LEARN,
            title=_text(each, "what"),
            verify=_text(each, "verify"),
            result=result if is_done else None,
        )


def _part(data: Mapping[str, Data], key: str) -> Mapping[str, Data]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _text(data: Mapping[str, Data], key: str) -> str:
    found = data.get(key)
    return found if isinstance(found, str) else ""


def _texts(data: Data) -> Iterator[str]:
    yield from (each for each in data if isinstance(each, str)) if isinstance(data, list) else ()


def _mappings(data: Data) -> Iterator[Mapping[str, Data]]:
    if isinstance(data, list):
        yield from (each for each in data if isinstance(each, dict))
