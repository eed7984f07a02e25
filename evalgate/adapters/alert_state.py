"""Reads and writes what was told of alerts: the file `alerts.json` in the monitor's folder."""

from pathlib import Path
from typing import Literal

import msgspec

from evalgate.adapters.swap import read_file, swap
from evalgate.errors import MovedError, UsageError
from evalgate.model.alerted import AlertState, KnownAlert, SinkHealth

FILE = "alerts.json"
SCHEMA = "alerts/1"


class _File(msgspec.Struct):
    schema: Literal["alerts/1"]
    alerts: dict[str, KnownAlert] = {}
    sinks: dict[str, SinkHealth] = {}


def read_alert_state(path: Path) -> AlertState:
    """Read the state; without a file nothing was told.

    Raises:
        UsageError: when it cannot be read.
    """
    return _read(path, read_file(path))


def write_alert_state(path: Path, before: AlertState, after: AlertState) -> None:
    """Write the state, unless another process has written it meanwhile.

    Args:
        path: of the file; its folder is made.
        before: what was read.
        after: what shall be remembered.

    Raises:
        UsageError: when it cannot be written, or tells something else than `before` by now.
    """
    if before == after:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {path.parent}: {error.strerror or error}") from error
    content = read_file(path)
    if _read(path, content) != before:
        raise UsageError(
            f"{path}: another process tells alerts from this folder: let one monitor alone do so"
        )
    text = msgspec.json.format(
        msgspec.json.encode(
            _File(schema="alerts/1", alerts={**after.alerts}, sinks={**after.sinks})
        )
    )
    try:
        swap(path, content, text + b"\n")
    except MovedError as error:
        raise UsageError(f"{error}: let one monitor alone tell alerts from this folder") from None


def _read(path: Path, content: bytes | None) -> AlertState:
    if content is None:
        return AlertState()
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            f"{path}: expected what `evalgate monitor` remembers of alerts ({SCHEMA}): {error}; "
            "delete it, and every alert that lasts is told once more"
        ) from None
    return AlertState(alerts=file.alerts, sinks=file.sinks)
