"""Writes the playbook of an incident in GitHub's Markdown: a checklist with commands to copy."""

from collections.abc import Iterator, Sequence

from evalgate.model.incident import ActionPhase, Incident
from evalgate.reporting.incident_words import (
    PHASES,
    ToldAction,
    communication_line,
    facts,
    next_action,
    slice_line,
    stamp,
    steps,
    suspect_line,
    tone_of,
    weight,
)
from evalgate.reporting.markdown import code, fence, inline, prose, row
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.visible import Excerpt

_HISTORY = 60
_TEXT = 2_000


def incident_markdown(incident: Incident) -> str:
    """Return the playbook; the same incident gives the same bytes."""
    blocks = [
        f"# {ICONS[tone_of(incident)]} {inline(incident.title)}",
        f"**{inline(stamp(incident))}**",
        inline(incident.detection.message) if incident.detection.message != incident.title else "",
        *_next(incident),
        _facts(incident),
        *_suspects(incident),
        *(block for phase in PHASES for block in _phase(incident, phase)),
        *_closure(incident),
        *_history(incident),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _next(incident: Incident) -> Iterator[str]:
    following = next_action(incident)
    if following is not None:
        yield f"**What to do next:** {prose(following.title)}"
        yield _command(following.command)


def _facts(incident: Incident) -> str:
    lines = [row("", ""), row("---", "---")]
    return "\n".join(
        [*lines, *(row(f"**{inline(name)}**", inline(value)) for name, value in facts(incident))]
    )


def _suspects(incident: Incident) -> Iterator[str]:
    if not incident.suspects:
        return
    yield "## What may be behind it"
    lines = [row("Suspect", "When", "Suspicion", "Why"), row("---", "---", "---", "---")]
    for each in incident.suspects:
        share = inline(weight(each))
        lines.append(
            row(inline(suspect_line(each)), inline(each.ts or "–"), share, prose(each.why))
        )
    yield "\n".join(lines)
    if incident.provider_status:
        yield f"The provider says: {inline(incident.provider_status)}"


def _phase(incident: Incident, phase: ActionPhase) -> Iterator[str]:
    told = steps(incident, phase)
    extra = list(_extra(incident, phase))
    if not told and not extra:
        return
    yield f"## {PHASES[phase]}"
    yield from extra
    for each in told:
        yield from _step(each)


def _extra(incident: Incident, phase: ActionPhase) -> Iterator[str]:
    match phase:
        case ActionPhase.DETECT:
            yield from _listed([inline(slice_line(each)) for each in incident.detection.slices])
        case ActionPhase.TRIAGE:
            yield from _triage(incident)
        case ActionPhase.COMMUNICATE:
            yield from _messages(incident)
        case ActionPhase.LEARN:
            yield from _evidence(incident)
        case _:
            return


def _triage(incident: Incident) -> Iterator[str]:
    if incident.triage:
        lines = [row("Question", "Answer", "Figures", "Leads to"), row(*["---"] * 4)]
        lines += [
            row(
                inline(each.question),
                f"**{each.answer}**",
                prose(each.figures),
                inline(each.leads_to),
            )
            for each in incident.triage
        ]
        yield "\n".join(lines)
    if incident.evidence.queries:
        yield "More from the log:"
        yield _command("\n".join(incident.evidence.queries))


def _messages(incident: Incident) -> Iterator[str]:
    for each in incident.communication:
        when = inline(communication_line(each))
        yield f"**{inline(each.audience)}**, by {inline(each.channel)}: {when}"
        yield fence(Excerpt(text=each.text[:_TEXT]))


def _evidence(incident: Incident) -> Iterator[str]:
    evidence = incident.evidence
    if evidence.calls:
        yield f"Calls under evidence, by their ids: {' '.join(map(code, evidence.calls))}"
    if evidence.rerun:
        yield "The suspected version, judged offline again once its rollback is committed:"
        yield _command(evidence.rerun)
    if evidence.report:
        yield f"The promotion report: {code(evidence.report, 200)}"
    if incident.drafted:
        yield f"Drafted cases: {' '.join(map(code, incident.drafted))}"


def _step(told: ToldAction) -> Iterator[str]:
    action = told.action
    standing = f" ({inline(told.standing)})" if told.standing else ""
    risk = f" Risk: {action.risk.value}." if action.risk.value != "none" else ""
    only_if = f" Only if {inline(action.precondition)}." if action.precondition else ""
    effect = f" What it does: {inline(action.effect)}." if action.effect else ""
    mark = "x" if told.is_done else " "
    title = f"**{inline(action.title)}** {code(action.id)}{standing}"
    yield f"- [{mark}] {title}.{only_if}{effect}{risk}"
    if action.command:
        yield _command(action.command)
    rest = [("Verify", action.verify), ("Undo", action.undo)]
    for name, command in rest:
        if command:
            yield f"{name}: {code(command, 400)}"


def _closure(incident: Incident) -> Iterator[str]:
    closure = incident.closure
    if closure is None:
        return
    yield "## What it was"
    yield prose(closure.root_cause, _TEXT)
    times = [
        ("to detect", closure.minutes_to_detect),
        ("to mitigate", closure.minutes_to_mitigate),
    ]
    yield from _listed([f"{name}: {value:g} min" for name, value in times if value is not None])
    yield from _listed([f"contributing: {inline(each)}" for each in closure.contributing])
    yield from _listed(
        [
            f"golden case {code(f'{each.evalset}:{each.case}')}: {inline(each.proof)}, "
            f"{inline(each.note)}"
            for each in closure.cases
        ]
    )
    yield from _listed([f"to follow up: {inline(each)}" for each in closure.follow_ups])


def _history(incident: Incident) -> Iterator[str]:
    yield "## History"
    lines = [row("When", "Who", "What", "Why"), row(*["---"] * 4)]
    lines += [
        row(inline(each.at), inline(each.by), inline(each.what), inline(each.why))
        for each in incident.history[-_HISTORY:]
    ]
    yield "\n".join(lines)


def _listed(items: Sequence[str]) -> Iterator[str]:
    if items:
        yield "\n".join(f"- {item}" for item in items)


def _command(text: str) -> str:
    return fence(Excerpt(text=text), language="sh")
