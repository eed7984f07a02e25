"""Facts about the file of what was told."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.alert_state import FILE, read_alert_state, write_alert_state
from evalgate.errors import UsageError
from evalgate.model.alarm import Urgency
from evalgate.model.alerted import AlertState, KnownAlert, SinkHealth, Told
from tests.unit.alerts import NOW, an_alert

EMPTY = AlertState()
STATE = AlertState(
    alerts={
        "f1": KnownAlert(
            alert=an_alert(),
            seen=NOW,
            told={
                "pager": Told(at=NOW, urgency=Urgency.PAGE, weight=1.0, reference="r"),
                "chat": Told(tried=NOW, failures=2, failure="it answers with HTTP 503"),
            },
        )
    },
    sinks={"chat": SinkHealth(failing_since=NOW, failures=2, failure="it answers with HTTP 503")},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "monitor" / FILE
    write_alert_state(path, EMPTY, STATE)
    read = read_alert_state(path)
    assert read == STATE
    assert list(read.failing) == ["chat"]


def test_without_a_file_nothing_was_told(tmp_path: Path) -> None:
    assert read_alert_state(tmp_path / FILE) == EMPTY


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    write_alert_state(tmp_path / "no" / FILE, STATE, STATE)
    assert list(tmp_path.iterdir()) == []


def test_who_has_not_read_the_newest_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / FILE
    write_alert_state(path, EMPTY, STATE)
    with pytest.raises(UsageError, match="let one monitor alone"):
        write_alert_state(path, EMPTY, replace(STATE, sinks={}))
    assert read_alert_state(path) == STATE


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"schema": "alerts/2"}', b"\xff", b'{"alerts": 1}']
)
def test_a_file_that_is_something_else_is_an_error_that_says_what_to_do(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UsageError, match="delete it, and every alert that lasts is told once more"):
        read_alert_state(tmp_path / FILE)
