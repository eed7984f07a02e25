"""Tables in Markdown that are generated, and their places in the documents."""

import re
from collections.abc import Iterable
from pathlib import Path

Row = tuple[str, ...]


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
