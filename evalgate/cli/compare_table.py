"""Shows what comparing files came to, in a terminal and in a build log."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.model.told import FileComparison
from evalgate.model.verdict import Verdict
from evalgate.reporting.file_comparison import (
    change,
    facts,
    headline,
    interval,
    pass_rates,
    short_names,
)
from evalgate.reporting.sentences import ICONS, WORDS
from evalgate.reporting.terminal_text import COLOURS, rows
from evalgate.reporting.visible import on_one_line, safe_line

_IN_SENTENCE = ("non_inferior", "regression")
"""Reasons whose numbers are those of the sentence."""

_LINE = 400
_COLUMNS = ("", "pass rate", "change", "from … to", "−", "+", "cases")


def show_comparisons(comparisons: Sequence[FileComparison], console: Console) -> None:
    """Print one comparison in full, several as a table with a sentence about each that matters.

    Args:
        comparisons: in the order in which the files were given.
        console: where to print; its width and colours are respected.
    """
    if len(comparisons) == 1:
        _show_one(comparisons[0], console)
    else:
        _show_many(comparisons, console)


def _show_one(comparison: FileComparison, console: Console) -> None:
    _say(comparison, console)
    console.print(rows(facts(comparison)))
    for told in (*_whys(comparison), *comparison.notes):
        console.print(_item(told), soft_wrap=True)


def _show_many(comparisons: Sequence[FileComparison], console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in _COLUMNS:
        table.add_column(title, no_wrap=True, justify="left" if title == "" else "right")
    table.add_column("files", overflow="fold")
    for comparison in comparisons:
        verdict = comparison.verdict
        table.add_row(
            _mark(verdict.verdict),
            pass_rates(verdict),
            change(verdict),
            interval(verdict),
            f"{len(verdict.flips.regressed):,}",
            f"{len(verdict.flips.fixed):,}",
            f"{verdict.cases.compared:,}",
            _safe(" → ".join(short_names(comparison))),
        )
    console.print(table)
    console.print()
    for comparison in comparisons:
        if comparison.verdict.verdict is not Verdict.PASS:
            _say(comparison, console)
        for note in comparison.notes:
            console.print(_item(note), soft_wrap=True)
    console.print(_tally(comparisons))


def _say(comparison: FileComparison, console: Console) -> None:
    verdict = comparison.verdict.verdict
    word, _, sentence = headline(comparison).partition(": ")
    start = (f"{ICONS[verdict]} {word}: ", f"bold {COLOURS[verdict]}")
    console.print(Text.assemble(start, _safe(sentence)), soft_wrap=True)


def _whys(comparison: FileComparison) -> list[str]:
    """Return the reasons that the sentence does not tell already."""
    said = headline(comparison).casefold()
    return [
        reason.message
        for reason in comparison.verdict.reasons
        if reason.code not in _IN_SENTENCE and reason.message.casefold() not in said
    ]


def _tally(comparisons: Sequence[FileComparison]) -> Text:
    number = Counter(comparison.verdict.verdict for comparison in comparisons)
    parts = [f"{number[each]:,} {WORDS[each].lower()}" for each in Verdict if number[each]]
    return Text(f"{len(comparisons):,} comparisons: {', '.join(parts)}", "bold")


def _mark(verdict: Verdict) -> Text:
    return Text(f"{ICONS[verdict]} {WORDS[verdict]}", COLOURS[verdict])


def _item(text: str) -> Text:
    return Text.assemble("  - ", _safe(text))


def _safe(text: str) -> Text:
    return Text(safe_line(on_one_line(text, _LINE)))
