"""Makes the incident of an alarm, or of what a person has seen: all that is known, once; pure."""

from dataclasses import dataclass, field, replace

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.incident import (
    Detection,
    Evidence,
    HistoryEntry,
    Incident,
    IncidentClass,
    Scope,
    Severity,
    Status,
)
from evalgate.model.monitoring import Answering
from evalgate.model.observation import Stream
from evalgate.monitoring.incidents.beginning import Beginning, ToldBy
from evalgate.monitoring.incidents.commands import Commands
from evalgate.monitoring.incidents.impact import MOST_CALLS, Affected, impact_of, worst_calls
from evalgate.monitoring.incidents.losing import fallen_most
from evalgate.monitoring.incidents.messages import first_communications, with_texts
from evalgate.monitoring.incidents.mitigation import Situation, actions_of
from evalgate.monitoring.incidents.questions import Seen
from evalgate.monitoring.incidents.severity import TAXONOMY, severity_of
from evalgate.monitoring.incidents.triage import Triage, triaged
from evalgate.monitoring.places import Places
from evalgate.rollout.overriding import instant

LONGEST_NAME = 60
"""Characters of a prompt in an incident's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an incident is made of, beside the alarm.

    `budget_spent` is the share of the error budget that is gone, `false_alarms` the chance of such
    an alarm without a cause, where they are known.
    """

    seen: Seen = field(default_factory=Seen)
    situation: Situation = field(default_factory=Situation)
    places: Places = field(default_factory=Places)
    answering: Answering = field(default_factory=Answering)
    affected: Affected = field(default_factory=Affected)
    budget_spent: float | None = None
    false_alarms: float | None = None


def incident_id(at: float, prompt: str, what: str) -> str:
    """Return the id of an incident: the instant, the prompt and what is wrong."""
    safe = "".join(
        each if each.isascii() and (each.isalnum() or each in "-_") else "-" for each in prompt
    )
    return "-".join(
        part for part in (instant(at).replace(":", ""), safe[:LONGEST_NAME], what) if part
    )


def opened_from(  # noqa: PLR0913 - what is known besides the alarm
    alarm: Alarm,
    known: Known,
    *,
    at: float,
    by: str = "monitor",
    drill: bool = False,
    told_by: ToldBy = ToldBy.FIGURES,
) -> Incident:
    """Return the incident that an alarm opens.

    Args:
        alarm: that has been raised.
        known: what is known of production and of what can be done.
        at: now, in seconds since 1970.
        by: who has seen it.
        drill: whether it is an exercise.
        told_by: who tells when it began.
    """
    found = triaged(alarm, known.seen, told_by=told_by)
    severity, rule = severity_of(alarm, found.kind, drill=drill)
    name = incident_id(at, alarm.stream.prompt, found.kind.value)
    made = Incident(
        id=name,
        fingerprint=alarm.fingerprint,
        title=title_of(alarm),
        status=Status.DETECTED,
        severity=severity,
        severity_rule=rule,
        kind=found.kind,
        opened_at=instant(at),
        detected_by=by,
        owner=known.answering.owner,
        drill=drill,
        scope=_scope(alarm.stream),
        taxonomy=TAXONOMY[found.kind],
        detection=_detection(alarm, found, known),
        impact=impact_of(
            alarm, known.seen.minutes, known.affected, budget_spent=known.budget_spent
        ),
        triage=found.steps,
        suspects=found.suspects,
    )
    calls = worst_calls(known.seen.observations, alarm) + known.affected.failing
    return finished(made, known, calls=tuple(dict.fromkeys(calls))[:MOST_CALLS], at=at)


def finished(
    incident: Incident, known: Known, *, calls: tuple[str, ...], at: float, since: str = ""
) -> Incident:
    """Return an incident with its evidence, its actions and its messages.

    Args:
        incident: without them.
        known: what is known of production and of what can be done.
        calls: ids of affected calls.
        at: now, in seconds since 1970.
        since: from when on logs are asked, where nobody knows when it began.
    """
    commands = Commands(incident=incident.id, places=known.places)
    since = incident.detection.first_bad or since or incident.opened_at
    scope = incident.scope
    queries = (
        commands.logs("errors", scope, since=since, by="version,route"),
        commands.logs("latency", scope, since=since, by="version,route"),
        *(commands.find(each) for each in calls[:1]),
    )
    evidence = Evidence(
        queries=queries,
        calls=calls,
        vendor_calls=known.affected.vendor[:MOST_CALLS],
        rerun=_rerun(commands, incident),
        report=incident.evidence.report,
    )
    actions = actions_of(
        incident.kind,
        scope,
        suspects=incident.suspects,
        situation=known.situation,
        commands=commands,
        opened=incident.opened_at,
        since=since,
    )
    return with_texts(
        replace(
            incident,
            evidence=evidence,
            actions=(*incident.actions, *actions),
            communication=first_communications(known.answering, opened=at),
            history=(
                HistoryEntry(
                    at=incident.opened_at,
                    by=incident.detected_by,
                    what=f"opened as {incident.severity.value}",
                    why=incident.severity_rule,
                ),
            ),
        )
    )


def opened_by_hand(  # noqa: PLR0913 - what a person has seen, and what is known besides
    title: str,
    kind: IncidentClass,
    scope: Scope,
    *,
    severity: Severity | None,
    known: Known,
    at: float,
    by: str,
    beginning: Beginning,
    drill: bool = False,
) -> Incident:
    """Return the incident that a person opens, triaged like that of an alarm.

    Where nobody names a criterion, the one that fell the most is looked at.
    """
    began = beginning.ts
    if not scope.criterion:
        worst = fallen_most(known.seen.observations, prompt=scope.prompt, began=began)
        scope = replace(scope, criterion=worst)
    alarm = Alarm(
        signal=Signal.FALL,
        urgency=Urgency.PAGE,
        stream=Stream(
            prompt=scope.prompt,
            criterion=scope.criterion,
            version=scope.version,
            feature=scope.feature,
            route=scope.route,
            provider=scope.provider,
            model=scope.model,
        ),
        fingerprint=f"hand-{incident_id(at, scope.prompt, kind.value)}",
        began=began,
        raised=at,
        observed=0.0,
        limit=0.0,
        n=0,
        window="",
        message=title,
    )
    made = opened_from(alarm, known, at=at, by=by, drill=drill, told_by=beginning.told_by)
    name = incident_id(at, scope.prompt, kind.value)
    default, rule = severity_of(alarm, kind, drill=drill, what="a person has opened it")
    made = replace(
        made,
        id=name,
        title=title,
        kind=kind,
        taxonomy=TAXONOMY[kind],
        severity=severity or default,
        severity_rule=f"{by} said so" if severity else rule,
        detection=Detection(
            signal="person",
            message=title,
            first_bad=beginning.first_bad,
            slices=made.detection.slices,
        ),
        actions=(),
    )
    return finished(made, known, calls=made.evidence.calls, at=at, since=instant(began))


def title_of(alarm: Alarm) -> str:
    """Return what an incident is called: a few words, without a full stop."""
    stream = alarm.stream
    prompt = stream.prompt or "all prompts"
    narrowed = [
        f"{dimension} {name}"
        for dimension, name in (
            ("version", stream.version),
            ("feature", stream.feature),
            ("route", stream.route),
            ("provider", stream.provider),
            ("model", stream.model),
        )
        if name
    ]
    where = f"{prompt} ({', '.join(narrowed)})" if narrowed else prompt
    match alarm.signal:
        case Signal.BURN:
            return f"The error budget of {stream.criterion} burns: {where}"
        case Signal.JUDGE:
            return f"The judge of {stream.criterion} has moved"
        case Signal.SILENCE:
            return f"No scores come in: {where}"
        case Signal.SINK:
            return f"Alerts are not taken by {stream.criterion or 'a sink'}"
        case _:
            return f"{stream.criterion.capitalize() or 'Quality'} has fallen: {where}"


def _scope(stream: Stream) -> Scope:
    return Scope(
        prompt=stream.prompt,
        criterion=stream.criterion,
        version=stream.version,
        feature=stream.feature,
        route=stream.route,
        provider=stream.provider,
        model=stream.model,
    )


def _detection(alarm: Alarm, found: Triage, known: Known) -> Detection:
    return Detection(
        signal=alarm.signal.value,
        metric=alarm.stream.criterion,
        window=alarm.window,
        observed=alarm.observed,
        baseline=alarm.baseline,
        threshold=alarm.limit,
        n=alarm.n,
        low=alarm.low,
        high=alarm.high,
        p_false=known.false_alarms,
        first_bad=instant(alarm.began),
        message=alarm.message,
        slices=found.slices,
    )


def _rerun(commands: Commands, incident: Incident) -> str:
    """Return the command that judges what is suspected offline again; nothing without a version."""
    first = next((each for each in incident.suspects if each.kind == "prompt" and each.after), None)
    version = first.after if first else incident.scope.version
    return commands.judged_again(incident.scope.prompt, version) if version else ""
