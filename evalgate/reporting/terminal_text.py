"""Texts for a terminal and for a build log, where nothing in them may act."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from evalgate.model.verdict import Verdict
from evalgate.reporting.visible import on_one_line, safe_line

COLOURS: Mapping[Verdict, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ERROR: "magenta",
    Verdict.NOT_APPLICABLE: "blue",
}
"""The colour of the word and the sign of a verdict."""

_LINE = 400


def safe(text: str, style: str = "", *, limit: int = _LINE) -> Text:
    """Return a text that has no markup, no hidden characters, and no workflow command anywhere.

    Lines are broken by the console, so that any place may come to stand at the start of one.
    """
    return Text(safe_line(on_one_line(text, limit)), style)


def in_lines(text: str, style: str = "") -> Text:
    """Return a text of several lines, none of which may act."""
    return Text("\n".join(safe_line(line) for line in text.split("\n")), style)


def rows(facts: Iterable[tuple[str, str]]) -> Table:
    """Return facts beside their names as a table in which nothing may act."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in facts:
        table.add_row(Text.assemble("  ", safe(name, "dim")), safe(value))
    return table
