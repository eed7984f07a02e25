"""Finds the last incident drill among the incidents that were written down."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from evalgate.model.document import Data

_CLOSED = "closed"


def last_drill(folder: Path) -> float | None:
    """Return when the last drill was closed, in seconds since 1970; None where none was.

    A file that is no incident is passed over.

    Args:
        folder: of the incidents: a file each, or a folder each.
    """
    return max(filter(None, map(_closed_drill, _files(folder))), default=None)


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):  # of a folder that cannot be read, no drill is known
        yield from sorted(folder.glob("*.json"))
        yield from sorted(folder.glob("*/incident.json"))


def _closed_drill(path: Path) -> float | None:
    try:
        document: Data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("drill") is not True:
        return None
    if document.get("status") != _CLOSED:
        return None
    closure = document.get("closure")
    at = closure.get("at") if isinstance(closure, dict) else None
    return _seconds(at or document.get("opened_at"))


def _seconds(at: Data) -> float | None:
    try:
        return datetime.fromisoformat(str(at).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
