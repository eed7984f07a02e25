"""What each audience is told, from templates that are filled with facts alone; pure.

No text of a user, of an answer or of an exception can come into a message: there is none in an
incident.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from evalgate.errors import UsageError
from evalgate.model.incident import (
    ActionPhase,
    Communication,
    Incident,
    IncidentClass,
    Sent,
    Status,
)
from evalgate.model.monitoring import Answering
from evalgate.model.reading import suggestion
from evalgate.rollout.overriding import instant

USERS, VENDOR = "users", "vendor"

MOST_IDS = 10
"""Ids in a message; the incident has more."""

_CHANNELS: Mapping[str, str] = {
    "team": "the team's chat",
    USERS: "the status page",
    "executives": "e-mail",
    VENDOR: "the provider's support",
}

_FOR_USERS: Mapping[IncidentClass, str] = {
    IncidentClass.OUTAGE: "is answering some requests with an error or a simpler answer",
    IncidentClass.LATENCY: "is answering more slowly than usual",
    IncidentClass.QUALITY: "may give answers that are less reliable than usual",
    IncidentClass.FORMAT: "may show answers that are incomplete or badly formed",
    IncidentClass.REFUSAL_SPIKE: "may decline requests that it should answer",
    IncidentClass.COST: "is working; we are looking into its operation",
    IncidentClass.SAFETY: "may give answers that it should not give",
    IncidentClass.PRIVACY: "has been limited while we look into how it treats data",
    IncidentClass.JUDGE_DRIFT: "is working; we are looking into how we measure it",
}
"""What users see, in their words and without a cause that nobody has shown yet."""


def first_communications(answering: Answering, *, opened: float) -> tuple[Communication, ...]:
    """Return whom an incident is told to; the first messages are due at once."""
    every = {**answering.updates, **({VENDOR: 0.0} if answering.vendor else {})}
    return tuple(
        Communication(
            audience=audience,
            channel=answering.vendor
            if audience == VENDOR
            else _CHANNELS.get(audience, "as agreed"),
            template=f"{audience}/1" if audience in _TEMPLATES else "executives/1",
            every_minutes=minutes,
            due=instant(opened) if minutes else "",
        )
        for audience, minutes in every.items()
    )


def with_texts(incident: Incident) -> Incident:
    """Return an incident whose messages say how it stands now."""
    told = tuple(
        replace(each, text=message(incident, each.audience)) for each in incident.communication
    )
    return replace(incident, communication=told)


def message(incident: Incident, audience: str) -> str:
    """Return what an audience is to be told now."""
    write = _TEMPLATES.get(audience, _executives)
    return "\n".join(line for line in write(incident) if line)


def sent(incident: Incident, audience: str, *, at: float, by: str) -> tuple[Communication, ...]:
    """Return the communication after an audience was told: the next update is due in its time.

    Raises:
        UsageError: there is no such audience.
    """
    names = [each.audience for each in incident.communication]
    if audience not in names:
        raise UsageError(f"there is no audience `{audience}`{suggestion(audience, names)}")
    return tuple(
        _told(each, incident, at=at, by=by) if each.audience == audience else each
        for each in incident.communication
    )


def ended(communication: Sequence[Communication], *, at: float) -> tuple[Communication, ...]:
    """Return the communication of what is over: who was told something hears of it now."""
    return tuple(replace(each, due=instant(at) if each.sent else "") for each in communication)


def _told(each: Communication, incident: Incident, *, at: float, by: str) -> Communication:
    goes_on = incident.status not in (Status.RESOLVED, Status.CLOSED) and each.every_minutes
    return replace(
        each,
        sent=(*each.sent, Sent(at=instant(at), by=by)),
        due=instant(at + 60.0 * each.every_minutes) if goes_on else "",
    )


def _team(incident: Incident) -> Iterator[str]:
    yield f"[{incident.severity.upper()}] {incident.title} ({incident.status.value})"
    yield f"Incident: {incident.id}."
    if incident.detection.message != incident.title:
        yield incident.detection.message
    if incident.detection.first_bad:
        yield f"Since: {incident.detection.first_bad}."
    yield _impact(incident)
    if incident.suspects and incident.is_open:
        first = incident.suspects[0]
        moved = f" {first.before} → {first.after}" if first.after else ""
        what = " ".join(part for part in (first.kind, first.subject) if part)
        yield f"Suspected first: {what}{moved}."
    done = [
        each.title
        for each in incident.actions
        if each.is_done and each.phase is ActionPhase.MITIGATE
    ]
    if done:
        yield f"Done: {'; '.join(done)}."
    following = _next(incident)
    if following:
        yield f"Next: {following}"
    yield f"Owner: {incident.owner}." if incident.owner else "Nobody owns it yet."


def _users(incident: Incident) -> Iterator[str]:
    what = ", ".join(incident.impact.features) or "the assistant"
    since = incident.detection.first_bad
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        affected = f" It was affected since {since}." if since else ""
        yield f"Resolved: {what} works as usual again.{affected}"
        return
    when = f"Since {since}" if since else "At present"
    yield f"{when}, {what} {_FOR_USERS[incident.kind]}."
    if incident.status is Status.MITIGATED:
        yield "We have taken measures, and watch whether they hold."
    else:
        yield "We are working on it."
    every = next(
        (each.every_minutes for each in incident.communication if each.audience == USERS), 0
    )
    if every:
        yield f"We tell more within {every:g} minutes."


def _executives(incident: Incident) -> Iterator[str]:
    yield f"{incident.severity.upper()}, {incident.status.value}: {incident.title}."
    yield _impact(incident)
    impact = incident.impact
    if impact.cost_delta_usd is not None:
        yield f"Cost beyond the usual: {impact.cost_delta_usd:,.2f} USD."
    if impact.error_budget_spent is not None:
        yield f"Error budget of 30 days spent: {impact.error_budget_spent:.0%}."
    yield f"Owner: {incident.owner or 'not named yet'}."
    if incident.closure is not None:
        yield f"Cause: {incident.closure.root_cause}."


def _vendor(incident: Incident) -> Iterator[str]:
    scope = incident.scope
    place = ", ".join(
        f"{name} {value}"
        for name, value in (("model", scope.model), ("provider", scope.provider))
        if value
    )
    kind = incident.kind.value.replace("_", " ")
    yield f"We see a problem of the class {kind}{f' with {place}' if place else ''}."
    since = incident.detection.first_bad
    yield f"Since: {since}." if since else f"Noticed: {incident.opened_at}."
    models = [each.name for each in incident.detection.slices if each.dimension == "model"]
    if models and not scope.model:
        yield f"Models: {', '.join(models[:3])}."
    ids = incident.evidence.vendor_calls[:MOST_IDS]
    if ids:
        yield f"Your request ids: {', '.join(ids)}."
    elif incident.impact.calls is not None:  # else nobody has looked for them
        yield "We have no request ids of yours."
    yield "Did anything change on your side at that time? Is a fix under way?"


_TEMPLATES: Mapping[str, Callable[[Incident], Iterator[str]]] = {
    "team": _team,
    USERS: _users,
    "executives": _executives,
    VENDOR: _vendor,
}


def _impact(incident: Incident) -> str:
    impact = incident.impact
    parts = [
        "" if impact.calls is None else f"{impact.calls:,} calls",
        "" if impact.users is None else f"{impact.users:,} users",
        "" if impact.share is None else f"{impact.share:.0%} of the prompt's calls",
    ]
    told = ", ".join(part for part in parts if part)
    if not told:
        return "How many are affected is not known yet."
    if incident.detection.signal == "person" and not incident.detection.first_bad:
        return f"When it began is not known; in the day before it was reported: {told}."
    return f"Affected: {told}."


def _next(incident: Incident) -> str:
    """Return the next step with a command that is not done yet."""
    phases = [ActionPhase.MITIGATE, ActionPhase.RECOVER, ActionPhase.LEARN]
    if incident.status in (Status.MITIGATED, Status.RESOLVED):
        phases = phases[1:]
    left = (
        each
        for each in incident.actions
        if each.phase in phases and each.result is None and each.command
    )
    following = next(left, None) if incident.is_open else None
    return f"{following.title}: {following.command}" if following else ""
