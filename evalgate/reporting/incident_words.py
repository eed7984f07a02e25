"""What every way of telling an incident says: its headline, its facts, its steps by phase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evalgate.model.incident import (
    Action,
    ActionPhase,
    Answer,
    Communication,
    Incident,
    IncidentSlice,
    Severity,
    Status,
    Suspect,
)
from evalgate.model.verdict import Verdict
from evalgate.reporting.instants import duration
from evalgate.reporting.numbers import count, money

PHASES: Mapping[ActionPhase, str] = {
    ActionPhase.DETECT: "Detection",
    ActionPhase.TRIAGE: "Triage",
    ActionPhase.MITIGATE: "Mitigation",
    ActionPhase.COMMUNICATE: "Communication",
    ActionPhase.RECOVER: "Recovery",
    ActionPhase.LEARN: "Learning",
}
"""The parts of a playbook in their order."""

NOW = 60.0
"""Seconds around an instant that count as the instant itself."""

SMALL = 0.005
"""The least share that is rounded to one in a hundred."""

_TONES: Mapping[Severity, Verdict] = {
    Severity.SEV1: Verdict.FAIL,
    Severity.SEV2: Verdict.FAIL,
    Severity.SEV3: Verdict.INCONCLUSIVE,
    Severity.SEV4: Verdict.NOT_APPLICABLE,
}

_ANSWERS: Mapping[Answer, Verdict] = {
    Answer.YES: Verdict.FAIL,
    Answer.NO: Verdict.PASS,
    Answer.UNKNOWN: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an audience is to be told: `seconds` from now, below zero where it is overdue."""

    audience: str
    seconds: float

    @property
    def words(self) -> str:
        """Say when, such as `in 12 min`."""
        if abs(self.seconds) < NOW:
            return "due now"
        told = duration(abs(self.seconds))
        return f"in {told}" if self.seconds >= 0 else f"overdue by {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAction:
    """A step of the playbook as it is shown: `mark` and `standing` say whether it was done."""

    action: Action
    is_done: bool
    standing: str


def tone_of(incident: Incident) -> Verdict:
    """Return the look of an incident: that of its severity, or of what is over."""
    if incident.status in (Status.RESOLVED, Status.CLOSED):
        return Verdict.PASS
    return _TONES[incident.severity]


def answer_tone(answer: Answer) -> Verdict:
    """Return the look of an answer: `yes` always tells where the trouble is."""
    return _ANSWERS[answer]


def stamp(incident: Incident) -> str:
    """Return severity and status, as they stand above everything."""
    drill = "drill, " if incident.drill else ""
    return f"{drill}{incident.severity.value.upper()}, {incident.status.value}"


def facts(incident: Incident) -> Iterator[tuple[str, str]]:
    """Yield what is known, as pairs of a label and a value."""
    detection, impact = incident.detection, incident.impact
    yield "id", incident.id
    yield "class", incident.kind.value.replace("_", " ")
    yield "severity", f"{incident.severity.value.upper()}: {incident.severity_rule}"
    yield "opened", f"{incident.opened_at} by {incident.detected_by}"
    yield "owner", incident.owner or "nobody yet"
    if detection.first_bad:
        yield "since", detection.first_bad
    if detection.observed is not None and detection.n:
        yield "seen", _seen(incident)
    if impact.calls is not None:
        is_unknown = detection.signal == "person" and not detection.first_bad
        yield "in the day before" if is_unknown else "affected", _affected(incident)
    if impact.features:
        yield "features", ", ".join(impact.features)
    if impact.cost_delta_usd is not None:
        yield "cost beyond the usual", money(impact.cost_delta_usd)
    if impact.error_budget_spent is not None:
        yield "error budget spent", f"{impact.error_budget_spent:.0%} of 30 days"
    if incident.taxonomy.owasp:
        yield "OWASP", "; ".join(incident.taxonomy.owasp)
    if incident.taxonomy.nist:
        yield "NIST AI 600-1", "; ".join(incident.taxonomy.nist)


def _seen(incident: Incident) -> str:
    seen = incident.detection
    is_burn = seen.signal == "burn"
    told = f"{seen.observed:.1f} times the rate" if is_burn else _points(seen.observed or 0.0)
    low, high = seen.low, seen.high
    if low is not None and high is not None and not is_burn:
        told = f"{told} (from {_points(low)} to {_points(high)})"
    if seen.baseline is not None:
        told = f"{told}, baseline {_points(seen.baseline)}"
    is_all = seen.window.startswith(f"{seen.n:,} ")
    over = seen.window if is_all else f"{seen.n:,} in {seen.window}"
    return f"{told}, over {over}" if seen.window else told


def _points(fraction: float) -> str:
    return f"{fraction * 100:.1f} points"


def _affected(incident: Incident) -> str:
    impact = incident.impact
    parts = [f"{impact.calls:,} calls" if impact.calls is not None else ""]
    parts.append(f"{impact.users:,} users" if impact.users is not None else "")
    parts.append(f"{impact.share:.0%} of the prompt's calls" if impact.share is not None else "")
    return ", ".join(part for part in parts if part)


def suspect_line(suspect: Suspect) -> str:
    """Return what is suspected, in a few words."""
    moved = f" {suspect.before or '…'} → {suspect.after}" if suspect.after else ""
    return " ".join(part for part in (suspect.kind, suspect.subject) if part) + moved


def weight(suspect: Suspect) -> str:
    """Return the share of the suspicion; nothing where none is told."""
    if not suspect.weight:
        return ""
    return f"{suspect.weight * 100:.0f} %" if suspect.weight >= SMALL else "< 1 %"


def slice_line(each: IncidentSlice) -> str:
    """Return how one part of the traffic fares."""
    before = "new" if each.before is None else f"{each.before * 100:.1f}"
    part = "" if each.contribution is None else f", {each.contribution:.0%} of the rise"
    return (
        f"{each.dimension} {each.name}: losses {before} → {each.observed * 100:.1f} points over "
        f"{each.n:,}{part}"
    )


def steps(incident: Incident, phase: ActionPhase) -> tuple[ToldAction, ...]:
    """Return the steps of a phase, in their order."""
    return tuple(
        ToldAction(action=each, is_done=each.is_done, standing=_standing(each))
        for each in incident.actions
        if each.phase is phase
    )


def _standing(action: Action) -> str:
    result = action.result
    if result is None:
        return "a person decides" if action.needs_human else ""
    note = f": {result.note}" if result.note else ""
    return f"{result.outcome} at {result.at} by {result.by}{note}"


def next_action(incident: Incident) -> Action | None:
    """Return the first step with a command that nobody has done, after detection and triage."""
    if not incident.is_open:
        return None
    late = {Status.MITIGATED, Status.RESOLVED}
    passed = {ActionPhase.DETECT, ActionPhase.TRIAGE, ActionPhase.COMMUNICATE}
    if incident.status in late:
        passed.add(ActionPhase.MITIGATE)
    left = (
        each
        for each in incident.actions
        if each.phase not in passed and each.result is None and each.command
    )
    return next(left, None)


def due(incident: Incident, *, now: float) -> tuple[Due, ...]:
    """Return which audiences are still to be told, the most urgent one first."""
    times = ((each.audience, seconds(each.due)) for each in incident.communication)
    found = [Due(audience=name, seconds=at - now) for name, at in times if at is not None]
    return tuple(sorted(found, key=lambda each: (each.seconds, each.audience)))


def communication_line(each: Communication) -> str:
    """Return when an audience was told last, and when it is to be told next."""
    last = f"told {count(len(each.sent), 'time')}, last at {each.sent[-1].at}" if each.sent else ""
    last = last or "not told yet"
    return f"{last}; next {each.due}" if each.due else last


def dues_line(dues: Sequence[Due]) -> str:
    """Return who is to be told when."""
    return "next update: " + ", ".join(f"{each.audience} {each.words}" for each in dues)


def seconds(at: str) -> float | None:
    """Return an instant of an incident in seconds since 1970; None for what is none."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else moment.replace(tzinfo=UTC).timestamp()
