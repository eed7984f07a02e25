"""Prints an expected error or what else a user should know, on standard error."""

import sys

from evalgate.errors import EvalgateError
from evalgate.reporting.visible import safe_line

MOST_LINES = 50
"""How many problems are printed at once."""


def notify(notice: str | None) -> None:
    """Print what a user should know although nothing failed, if there is something."""
    if notice is not None:
        print(f"evalgate: {safe_line(notice)}", file=sys.stderr)  # noqa: T201


def complain(error: EvalgateError) -> None:
    """Print what is wrong, and how much more there is."""
    lines = str(error).splitlines() or [type(error).__name__]
    for line in lines[:MOST_LINES]:
        print(f"evalgate: {safe_line(line)}", file=sys.stderr)  # noqa: T201
    if len(lines) > MOST_LINES:
        print(f"evalgate: and {len(lines) - MOST_LINES} more", file=sys.stderr)  # noqa: T201
