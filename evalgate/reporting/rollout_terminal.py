"""Tells a rollout on one screen of a terminal, and in a build log, where nothing may act."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.model.rollout import RolloutReport
from evalgate.reporting.rollout_course import course_line
from evalgate.reporting.rollout_criteria import (
    criterion_rows,
    criterion_sentence,
    harm_limit,
    of,
    unknown_outcomes,
)
from evalgate.reporting.rollout_words import (
    blast_radius,
    headline,
    lacks_told,
    left_out,
    link_of,
    next_step,
    reasons_told,
    remarks,
    shown_command,
    split_sentence,
    step_facts,
    too_late,
    verdict_of,
)
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.terminal_text import COLOURS, rows, safe

_WHOLE = 1_000
"""Columns in which every table has room."""

_ITEMS = 8
_COMMAND = 1_000
_NUMBERS = ("stable", "canary", "units", "rise", "from … to", "allowed", "proof", "harm")


def show_rollout(report: RolloutReport, console: Console) -> None:
    """Print where a rollout stands, what to do next, the evidence, and what is missing.

    Args:
        report: what to tell.
        console: where to print; its width, colours and characters are respected.
    """
    verdict = verdict_of(report)
    console.print(safe(f"{ICONS[verdict]} {headline(report)}", f"bold {COLOURS[verdict]}"))
    if report.moved:
        console.print(safe(f"Done: {report.moved}"))
    line = course_line(report, ascii_only=console.options.ascii_only)
    console.print(Text(f"  {line}"), soft_wrap=True)
    console.print(safe(f"→ {next_step(report)}"))
    console.print()
    _show_evidence(report, console)
    lacks = [each.sentence for each in lacks_told(report)]
    _show_list(console, "Missing", [*lacks, *filter(None, [too_late(report)])])
    _show_list(console, "Why", [reason.message for reason in reasons_told(report)])
    left = (*left_out(report.evidence), *unknown_outcomes(report.evidence), *remarks(report))
    _show_list(console, "Left out, and remarks", left)
    console.print()
    _show_places(report, console)


def _show_evidence(report: RolloutReport, console: Console) -> None:
    """Print a table where no number in it has to be cut, else a sentence for each criterion."""
    table = _table(report)
    wanted = console.measure(table, options=console.options.update_width(_WHOLE)).maximum
    if wanted <= console.width:
        console.print(table)
    else:
        told = ((row.name, criterion_sentence(row)) for row in criterion_rows(report))
        console.print(rows(told))
    console.print()
    console.print(rows(_facts(report)))


def _table(report: RolloutReport) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("  criterion", no_wrap=True)
    for title in _NUMBERS:
        table.add_column(title, no_wrap=True, justify="right")
    table.add_column("", no_wrap=True)
    for told, each in zip(criterion_rows(report), report.evidence.criteria, strict=True):
        numbers = (
            told.stable,
            told.canary,
            f"{each.stable.units:,} + {each.canary.units:,}",
            told.rise,
            told.rise_bounds or "–",
            told.most,
            told.proof,
            told.harm,
        )
        name, standing = Text(f"  {told.name}", "bold"), Text(told.standing, COLOURS[told.stands])
        table.add_row(name, *numbers, standing)
    return table


def _facts(report: RolloutReport) -> Iterator[tuple[str, str]]:
    yield "harm", f"{of(report.evidence.harm, harm_limit(report.rules))}, all criteria together"
    yield "split", split_sentence(report.evidence.split)
    if blast := blast_radius(report):
        yield "at stake", blast
    yield from step_facts(report)


def _show_list(console: Console, name: str, items: Sequence[str]) -> None:
    if not items:
        return
    console.print()
    console.print(Text(name, "bold"))
    for item in items[:_ITEMS]:
        line = Table.grid(padding=(0, 1))
        line.add_row(Text("  -"), safe(item))
        console.print(line)
    more = len(items) - _ITEMS
    if more > 0:
        console.print(f"    … and {more:,} more", style="dim")


def _show_places(report: RolloutReport, console: Console) -> None:
    """Print what is copied, never broken into lines."""
    found = {"next": shown_command(report), "run": link_of(report)}
    for name, value in found.items():
        if value:
            text = Text.assemble((f"  {name:<4}  ", "dim"), safe(value, limit=_COMMAND))
            console.print(text, soft_wrap=True)
