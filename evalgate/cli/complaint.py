"""Prints an expected error or what else a user should know, on standard error."""

import os
import sys
from contextlib import suppress

from evalgate.errors import EvalgateError
from evalgate.reporting.visible import safe_line

MOST_LINES = 50
"""How many problems are printed at once."""


def say(line: str) -> None:
    """Print a line, unless nobody listens any more: no run may end because of that."""
    if not sys.stderr:  # closed before the start; printing would go to standard output
        return
    try:
        print(line, file=sys.stderr, flush=True)  # noqa: T201
    except (OSError, ValueError):
        with suppress(OSError, ValueError):  # what is left unsaid would be tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def notify(notice: str | None) -> None:
    """Print what a user should know although nothing failed, if there is something."""
    if notice is not None:
        say(f"evalgate: {safe_line(notice)}")


def complain(error: EvalgateError) -> None:
    """Print what is wrong, and how much more there is."""
    lines = str(error).splitlines() or [type(error).__name__]
    for line in lines[:MOST_LINES]:
        say(f"evalgate: {safe_line(line)}")
    if len(lines) > MOST_LINES:
        say(f"evalgate: and {len(lines) - MOST_LINES} more")
