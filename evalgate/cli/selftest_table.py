"""Shows a selftest in a terminal and in a build log."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalgate.model.selftest import Selftest, SetTest, Soundness, Source
from evalgate.reporting.numbers import percent, points
from evalgate.reporting.selftest_words import SIMULATED, basis, details, headline, table_row
from evalgate.reporting.visible import on_one_line, safe_line

_NAME = 60
_COLUMNS = ("runs", "pass", "fail", "undecided", "calls/case")


def show_selftest(selftest: Selftest, console: Console) -> None:
    """Print a selftest; the console's width and colours are respected."""
    if selftest.simulated:
        console.print(Text(SIMULATED, "bold yellow"), soft_wrap=True)
    for test in selftest.sets:
        _show(test, console, source=selftest.source)
        console.print()


def _show(test: SetTest, console: Console, *, source: Source) -> None:
    place = f"  {_safe(test.version)} on {_safe(test.evalset)}"
    console.print(Text.assemble((_safe(test.prompt), "bold"), place))
    terms = f"limit {points(test.max_drop)} points, alpha {percent(test.alpha)}"
    console.print(Text(f"  {basis(test, source)}; {terms}"), soft_wrap=True)
    if test.courses:
        console.print(_table(test))
    style = "bold green" if test.soundness is Soundness.SOUND else "bold red"
    console.print(Text(f"  {headline(test)}", style), soft_wrap=True)
    for sentence in details(test):
        console.print(Text(f"  {safe_line(sentence)}"), soft_wrap=True)


def _table(test: SetTest) -> Table:
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim")
    table.add_column("true change")
    for title in _COLUMNS:
        table.add_column(title, justify="right")
    for row in map(table_row, test.courses):
        table.add_row(row.name, str(row.runs), row.passed, row.failed, row.undecided, row.calls)
    return table


def _safe(name: str) -> str:
    return safe_line(on_one_line(name, _NAME))
