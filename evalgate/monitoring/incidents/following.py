"""What becomes of an incident while people work on it; every change is in its history; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.errors import UsageError
from evalgate.model.alarm import Alarm
from evalgate.model.incident import (
    Action,
    ActionPhase,
    ActionResult,
    HistoryEntry,
    Incident,
    Severity,
    Status,
)
from evalgate.model.reading import describe, suggestion
from evalgate.monitoring.incidents.messages import ended, sent, with_texts
from evalgate.rollout.overriding import instant

DONE, FAILED, UNDONE = "done", "failed", "undone"
"""How an action ended."""

LONGEST_NOTE = 2_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who changes an incident, and when, in seconds since 1970."""

    at: float
    by: str


def with_note(incident: Incident, note: str, signed: Signed) -> Incident:
    """Return an incident with a note in its history."""
    return _noted(incident, signed, what="note", why=note)


def with_alarm_over(incident: Incident, alarm: Alarm, signed: Signed) -> Incident:
    """Return an incident that notes when its alarm was over; the same one where it does already.

    It stays as it is otherwise: whether a problem is solved is for people to say.
    """
    if alarm.resolved is None:
        return incident
    what = f"the alarm was over at {instant(alarm.resolved)}"
    if any(each.what == what for each in incident.history):
        return incident
    return _noted(incident, signed, what=what)


def with_status(incident: Incident, status: Status, signed: Signed, *, why: str = "") -> Incident:
    """Return an incident that has come to a status.

    Raises:
        UsageError: it is closed, or would be: closing says why and what was learned.
    """
    if status is Status.CLOSED:
        raise UsageError(
            "status: an incident is closed with its cause and a golden case: `evalgate incident "
            f"close {incident.id} --root-cause … --case EVALSET:CASE`"
        )
    _check_open(incident)
    if status is incident.status:
        return incident
    communication = incident.communication
    if status is Status.RESOLVED:
        communication = ended(communication, at=signed.at)
        incident = ticked(incident, "resolve", signed)
    made = replace(incident, status=status, communication=communication)
    what = f"{incident.status.value} → {status.value}"
    return _noted(made, signed, what=what, why=why)


def with_owner(incident: Incident, owner: str, signed: Signed) -> Incident:
    """Return an incident that somebody else owns."""
    _check_open(incident)
    what = f"owner: {incident.owner or 'nobody'} → {owner}"
    return _noted(replace(incident, owner=owner), signed, what=what)


def with_severity(incident: Incident, severity: Severity, signed: Signed, *, why: str) -> Incident:
    """Return an incident of another severity, which somebody answers for.

    Raises:
        UsageError: nobody says why.
    """
    _check_open(incident)
    if not why:
        raise UsageError("severity: say why with --note")
    what = f"severity: {incident.severity.value} → {severity.value}"
    made = replace(incident, severity=severity, severity_rule=f"{signed.by}: {why}")
    return _noted(made, signed, what=what, why=why)


def with_provider_status(incident: Incident, said: str, signed: Signed) -> Incident:
    """Return an incident with what the provider says of itself."""
    _check_open(incident)
    return _noted(replace(incident, provider_status=said), signed, what="provider status", why=said)


def with_sent(incident: Incident, audience: str, signed: Signed) -> Incident:
    """Return an incident of which an audience was told.

    Raises:
        UsageError: there is no such audience.
    """
    told = sent(incident, audience, at=signed.at, by=signed.by)
    made = ticked(replace(incident, communication=told), f"tell-{audience}", signed)
    return _noted(made, signed, what=f"told: {audience}")


def with_result(
    incident: Incident, action: str, outcome: str, signed: Signed, *, note: str = ""
) -> Incident:
    """Return an incident in which an action was done, has failed, or was undone.

    The first mitigation that was done takes the incident to `mitigated`; when the last one is
    taken back, nothing protects the users any more, and it is `triaged` again.

    Raises:
        UsageError: there is no such action.
    """
    found = action_of(incident, action)
    result = ActionResult(at=instant(signed.at), by=signed.by, outcome=outcome, note=note)
    made = replace(
        incident,
        actions=tuple(
            replace(each, result=result) if each.id == action else each for each in incident.actions
        ),
    )
    if found.phase is ActionPhase.MITIGATE:
        made = replace(made, status=_mitigated(made, outcome))
    return _noted(made, signed, what=f"{action}: {outcome}", why=note)


def _mitigated(incident: Incident, outcome: str) -> Status:
    """Return the status of an incident after a mitigation has ended like that."""
    if outcome == DONE and incident.status in (Status.DETECTED, Status.TRIAGED):
        return Status.MITIGATED
    is_held = any(each.is_done for each in incident.actions if each.phase is ActionPhase.MITIGATE)
    if outcome == UNDONE and incident.status is Status.MITIGATED and not is_held:
        return Status.TRIAGED
    return incident.status


def with_drafted(incident: Incident, case: str, signed: Signed) -> Incident:
    """Return an incident that a golden case was drafted from, `<eval set>:<case>`."""
    drafted = tuple(dict.fromkeys((*incident.drafted, case)))
    made = ticked(replace(incident, drafted=drafted), "draft", signed)
    return _noted(made, signed, what=f"drafted the case {case}")


def ticked(incident: Incident, action: str, signed: Signed) -> Incident:
    """Return an incident in which a step is done that a command has just done, if it has one."""
    result = ActionResult(at=instant(signed.at), by=signed.by, outcome=DONE)
    actions = tuple(
        replace(each, result=result) if each.id == action and not each.is_done else each
        for each in incident.actions
    )
    return replace(incident, actions=actions)


def action_of(incident: Incident, name: str) -> Action:
    """Return an action by its id.

    Raises:
        UsageError: there is none.
    """
    known: Mapping[str, Action] = {each.id: each for each in incident.actions}
    if name not in known:
        hint = suggestion(name, known) if known else ": it has none"
        raise UsageError(f"there is no step {describe(name)} in {incident.id}{hint}")
    return known[name]


def _check_open(incident: Incident) -> None:
    if not incident.is_open:
        raise UsageError(f"{incident.id} is closed: open another incident where it comes back")


def _noted(incident: Incident, signed: Signed, *, what: str, why: str = "") -> Incident:
    if len(why) > LONGEST_NOTE:
        raise UsageError(
            f"note: expected at most {LONGEST_NOTE:,} characters, got {len(why):,}: shorten it"
        )
    entry = HistoryEntry(at=instant(signed.at), by=signed.by, what=what, why=why)
    return with_texts(replace(incident, history=(*incident.history, entry)))
