"""Tables in Markdown that are simulated, and their places in the documents."""

import gc
import re
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from evalgate.deciding.intervals import clopper_pearson

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a page: its header, its rows, and how many runs each has by itself.

    `of` says what is run, such as streams.
    """

    header: Row
    rows: Callable[[int, Executor], Iterator[Row]]
    runs: int
    of: str


def simulate(tables: Mapping[str, Table], page: Path, usage: str | None) -> None:
    """Simulate the tables that the command line names, print them, and write them when asked.

    Args:
        tables: by their names in the page.
        page: which holds them between markers.
        usage: what help begins with.
    """
    parser = ArgumentParser(description=usage, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="runs of each row; each table has its own")
    parser.add_argument("--only", nargs="*", choices=tables, default=list(tables))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    # What is simulated holds no cycles, and looking for some takes a seventh of the time.
    with ProcessPoolExecutor(initializer=gc.disable) as pool:
        for name in options.only:
            text = _simulated(tables[name], options.runs, pool)
            print(f"\n{name}\n\n{text}", flush=True)
            if options.write:
                put(page, name, text)


def _simulated(table: Table, runs: int | None, pool: Executor) -> str:
    """Return one table in Markdown; its rows are told as they come."""
    runs = runs or table.runs
    rows: list[Row] = []
    for row in table.rows(runs, pool):
        rows.append(row)
        print("  " + "  ".join(row), file=sys.stderr, flush=True)
    return markdown(table.header, rows, note=f"{runs:,} {table.of} of each row.")


def share(part: int, of: int) -> str:
    """Return a share in percent, with what it may be in truth (Clopper and Pearson)."""
    low, high = clopper_pearson(part, of)
    return f"{100 * part / of:.1f} ({100 * low:.1f}–{100 * high:.1f})"


def markdown(header: Row, rows: Iterable[Row], *, note: str) -> str:
    """Return a table of right-aligned columns, and a note below it."""
    lines = [f"| {' | '.join(row)} |" for row in (header, ("---:",) * len(header), *rows)]
    return "\n".join([*lines, "", f"*{note}*"])


def put(page: Path, name: str, text: str) -> None:
    """Put a text between the markers of its name in a page."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    found = re.sub(
        f"{re.escape(start)}.*?{re.escape(end)}",
        lambda _: f"{start}{text}\n{end}",
        page.read_text("utf-8"),
        flags=re.DOTALL,
    )
    page.write_text(found, "utf-8")
