"""Prints on standard output; a reader that stops listening changes no verdict."""

import json
import os
import sys
from collections.abc import Callable, Iterable

from evalgate.model.document import Data


def to_standard_output(say: Callable[[], None]) -> None:
    """Print, unless nobody listens any more: the exit code must still tell the verdict."""
    try:
        say()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they stand; they must be safe to show."""
    text = "\n".join(lines)
    to_standard_output(lambda: print(text, flush=True))  # noqa: T201


def print_json(text: str) -> None:
    """Print the text of a document."""
    # An escape that JSON readers undo keeps a workflow's runner from seeing commands in it.
    print_lines([text.rstrip("\n").replace("##[", "#\\u0023[")])


def as_json(data: dict[str, Data]) -> str:
    """Return a document as the text of its file."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_one_line(data: dict[str, Data]) -> str:
    """Return a document as one line: one that lists every case is read by machines alone."""
    return json.dumps(data, ensure_ascii=False) + "\n"
