"""Reads what a dashboard shows beside calls and scores: open incidents, and sinks that fail.

Both files are others' to write. Of each only what is shown is read, and one that cannot be read is
told and stops nothing.
"""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.model.board import FailingSink, OpenIncident

ENDING = ".json"

CLOSED = "closed"

_MOST = 200
"""Incidents that are read, the latest ones by name."""


class _Due(Struct):
    due: str = ""


class _Incident(Struct):
    id: str
    title: str = ""
    status: str = ""
    severity: str = ""
    opened_at: str = ""
    communication: list[_Due] = []


class _Sink(Struct):
    failing_since: float | None = None
    failure: str = ""


class _Alerts(Struct):
    sinks: dict[str, _Sink] = {}


_INCIDENTS, _ALERTS = Decoder(_Incident), Decoder(_Alerts)


def open_incidents(folder: Path) -> tuple[tuple[OpenIncident, ...], tuple[str, ...]]:
    """Return the incidents of a folder that are not closed, and the names of files of no use.

    A folder that is not there has none.
    """
    found: list[OpenIncident] = []
    useless: list[str] = []
    try:
        files = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    except OSError:
        return (), (str(folder),)
    for file in files[-_MOST:]:
        try:
            read = _INCIDENTS.decode(file.read_bytes())
        except (OSError, MsgspecError, UnicodeDecodeError, RecursionError):
            useless.append(str(file))
            continue
        if read.status != CLOSED:
            found.append(_shown(read))
    return tuple(found), tuple(useless)


def failing_sinks(file: Path) -> tuple[FailingSink, ...]:
    """Return the sinks that did not take their last alert; none where the file says nothing."""
    try:
        read = _ALERTS.decode(file.read_bytes())
    except (OSError, MsgspecError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(
        FailingSink(name=name, since=sink.failing_since, failure=sink.failure)
        for name, sink in sorted(read.sinks.items())
        if sink.failing_since is not None
    )


def _shown(read: _Incident) -> OpenIncident:
    dues = [seconds for each in read.communication if (seconds := _seconds(each.due)) is not None]
    return OpenIncident(
        id=read.id,
        title=read.title,
        status=read.status,
        severity=read.severity,
        opened=_seconds(read.opened_at),
        due=min(dues, default=None),
    )


def _seconds(text: str) -> float | None:
    """Return an instant `YYYY-MM-DDTHH:MM:SSZ` in seconds since 1970; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
