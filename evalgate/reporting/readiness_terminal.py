"""The answers of the checklist in a terminal: one line an item, and what to do where it is due."""

from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evalgate.model.readiness import Finding, Readiness, Standing
from evalgate.reporting.readiness_words import (
    STANDING_SIGNS,
    STANDING_WORDS,
    TOPIC_WORDS,
    by_topic,
    headline,
    summary,
)
from evalgate.reporting.terminal_text import safe

_STYLES: Mapping[Standing, str] = {
    Standing.OK: "green",
    Standing.WARNING: "yellow",
    Standing.FAILED: "bold red",
    Standing.BY_HAND: "cyan",
    Standing.NOT_APPLICABLE: "dim",
}

_SIGNS_IN_ASCII: Mapping[Standing, str] = {
    Standing.OK: "+",
    Standing.WARNING: "!",
    Standing.FAILED: "x",
    Standing.BY_HAND: "?",
    Standing.NOT_APPLICABLE: "-",
}

_WORD = 10
_TITLE = 26
_LONGEST = 1_000


def show_readiness(readiness: Readiness, console: Console) -> None:
    """Print all items by topic, and then how many stand how."""
    for topic, findings in by_topic(readiness):
        console.print(Text(TOPIC_WORDS[topic], "bold"))
        for each in findings:
            _show(each, console)
        console.print()
    worst = _worst(readiness)
    console.print(safe(headline(readiness), _STYLES[worst] if worst else "bold"))
    console.print(safe(summary(readiness)))


def _show(each: Finding, console: Console) -> None:
    """Print an item; what comes next stands on lines of its own, unbroken, to be copied."""
    style = "dim" if each.standing is Standing.NOT_APPLICABLE else ""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_WORD)
    table.add_column(width=_TITLE)
    table.add_column(overflow="fold")
    seen = safe(each.seen, style, limit=_LONGEST)
    table.add_row(_standing(each, console), safe(each.title), seen)
    console.print(Padding(table, (0, 0, 0, 2)))
    arrow = "->" if console.options.ascii_only else "→"
    for step in each.steps:
        indented = Text(" " * (_WORD + 4)).append_text(safe(f"{arrow} {step}", "dim"))
        console.print(indented, soft_wrap=True)


def _standing(each: Finding, console: Console) -> Text:
    signs = _SIGNS_IN_ASCII if console.options.ascii_only else STANDING_SIGNS
    word = STANDING_WORDS[each.standing].replace("–", "")
    return Text(f"{signs[each.standing]} {word:<7}", _STYLES[each.standing])


def _worst(readiness: Readiness) -> Standing | None:
    order = (Standing.FAILED, Standing.WARNING, Standing.BY_HAND)
    return next((each for each in order if readiness.counted(each)), Standing.OK)
