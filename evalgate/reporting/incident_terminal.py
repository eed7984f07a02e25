"""Tells incidents in a terminal: all of them in a table, and one on a screen."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.model.incident import Incident
from evalgate.reporting.incident_words import (
    PHASES,
    ToldAction,
    due,
    dues_line,
    facts,
    next_action,
    seconds,
    slice_line,
    stamp,
    steps,
    suspect_line,
    tone_of,
    weight,
)
from evalgate.reporting.instants import duration
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.terminal_text import COLOURS, rows, safe

_SUSPECTS, _SLICES, _CALLS = 4, 5, 5
_COMMAND = 1_000
_SPACE = "    "


def show_incidents(incidents: Sequence[Incident], console: Console, *, now: float) -> None:
    """Print a table of incidents, the latest one first.

    Args:
        incidents: the oldest one first.
        console: where to print.
        now: in seconds since 1970.
    """
    if not incidents:
        console.print("There are no incidents.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in ("id", "status", "severity", "age", "next update", "what"):
        table.add_column(name, no_wrap=name != "what", overflow="fold")
    for each in reversed(incidents):
        opened, dues = seconds(each.opened_at), due(each, now=now)
        first = [each.audience for each in dues if each.words == dues[0].words]
        nearest = f"{', '.join(first)} {dues[0].words}" if dues else "–"
        colour = COLOURS[tone_of(each)]
        table.add_row(
            safe(each.id, limit=130),
            safe(each.status.value, colour),
            safe(each.severity.value.upper(), colour),
            "–" if opened is None else duration(max(0.0, now - opened)),
            safe(nearest, "bold" if dues and dues[0].seconds < 0 else ""),
            safe(f"{'drill: ' if each.drill else ''}{each.title}"),
        )
    console.print(table)


def show_incident(incident: Incident, console: Console, *, now: float) -> None:
    """Print one incident: what is known, what is suspected, and what to do next."""
    tone = tone_of(incident)
    console.print(safe(f"{ICONS[tone]} {incident.title}", f"bold {COLOURS[tone]}"))
    console.print(Text("  ").append_text(safe(stamp(incident))))
    following = next_action(incident)
    if following is not None:
        console.print(safe(f"→ {following.title}", "bold"))
        console.print(_command(following.command), soft_wrap=True)
    console.print()
    console.print(rows(facts(incident)))
    dues = due(incident, now=now)
    if dues:
        console.print(safe(dues_line(dues), "bold" if dues[0].seconds < 0 else ""))
    _show(console, "Suspects", [_suspected(incident, index) for index in range(_SUSPECTS)])
    _show(console, "Parts", [slice_line(each) for each in incident.detection.slices[:_SLICES]])
    _show(
        console,
        "Questions",
        [f"{each.question} {each.answer.upper()}. {each.figures}" for each in incident.triage],
    )
    for phase, name in PHASES.items():
        _show_steps(name, steps(incident, phase), console)
    _show(console, "Calls", list(incident.evidence.calls[:_CALLS]))
    if incident.closure is not None:
        _show(console, "Cause", [incident.closure.root_cause])


def _show_steps(name: str, told: Sequence[ToldAction], console: Console) -> None:
    if not told:
        return
    console.print()
    console.print(Text(name, "bold"))
    done, open_ = ("x", "-") if console.options.ascii_only else ("✓", "·")
    for each in told:
        mark, style = (done, "dim") if each.is_done else (open_, "")
        standing = f" ({each.standing})" if each.standing else ""
        line = safe(
            f"{mark} {each.action.id}: {each.action.title}{standing}", style, limit=_COMMAND
        )
        console.print(Text("  ").append_text(line))
        if each.action.command:
            console.print(_command(each.action.command), soft_wrap=True)


def _command(command: str) -> Text:
    return Text(_SPACE).append_text(safe(command, "dim", limit=_COMMAND))


def _suspected(incident: Incident, index: int) -> str:
    if index >= len(incident.suspects):
        return ""
    each = incident.suspects[index]
    return f"{weight(each)}  {suspect_line(each)}: {each.why}"


def _show(console: Console, name: str, items: Sequence[str]) -> None:
    items = [item for item in items if item]
    if not items:
        return
    console.print()
    console.print(Text(name, "bold"))
    for item in items:
        line = Table.grid(padding=(0, 1))
        line.add_row(Text("  -"), safe(item, limit=_COMMAND))
        console.print(line)
