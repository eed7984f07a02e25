"""Facts about telling alarms after each look, to real servers and with a real file."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.alert_state import FILE, read_alert_state
from evalgate.cli.alert_desk import AlertDesk
from evalgate.errors import UsageError
from evalgate.model.monitoring import AlarmRules, MonitorRules
from tests.edges.receivers import receiver, seconds_of, silent
from tests.unit.alerts import NOW, a_sink, an_alarm


def rules(*names: str, timeout: float = 2.0) -> MonitorRules:
    return MonitorRules(
        alerts=tuple(a_sink(name, timeout=timeout) for name in names),
        alarms=AlarmRules(cooldown_minutes=1),
    )


def test_looks_tell_once_and_a_new_process_knows_what_was_told(tmp_path: Path) -> None:
    with receiver() as it:
        variables = {"PAGER_URL": it.url}
        desk = AlertDesk(rules("pager"), folder=tmp_path, variables=variables)
        told = desk.tell([an_alarm()], at=NOW, incidents={"f1": "i1"})
        assert [each.failure for each in told.deliveries] == [""]
        assert it.bodies[0]["incident"] == "i1"
        assert desk.tell([an_alarm()], at=NOW + 30, incidents={"f1": "i1"}).deliveries == ()
        other = AlertDesk(rules("pager"), folder=tmp_path, variables=variables)
        assert other.tell([an_alarm()], at=NOW + 60, incidents={"f1": "i1"}).deliveries == ()
        other.tell([an_alarm(over=True)], at=NOW + 90)
        assert [body["event"] for body in it.bodies] == ["firing", "resolved"]


def test_a_sink_that_hangs_costs_its_timeout_and_is_reported_to_the_other(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with silent() as hanging, receiver() as it:
        variables = {"STUCK_URL": f"{hanging}/s3cret", "CHAT_URL": it.url}
        desk = AlertDesk(rules("stuck", "chat", timeout=0.7), folder=tmp_path, variables=variables)
        begun = time.monotonic()
        told = desk.tell([an_alarm()], at=NOW)
        assert seconds_of(begun) < 3
        assert list(told.state.failing) == ["stuck"]
        desk.tell([an_alarm()], at=NOW + 5)
        assert [body["fingerprint"] for body in it.bodies] == ["f1", "sink:stuck"]
        assert "alerts do not arrive at `stuck`: no answer within 0.7 s" in capfd.readouterr().err
        written = (tmp_path / FILE).read_text("utf-8")
    assert "s3cret" not in written
    assert "s3cret" not in str(it.bodies)


def test_a_look_goes_on_though_nothing_can_be_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with receiver() as it:
        variables = {"PAGER_URL": it.url}
        desk = AlertDesk(rules("pager"), folder=tmp_path / "file", variables=variables)
        with pytest.raises(UsageError):
            desk.tell([an_alarm()], at=NOW)
        folder = tmp_path / "locked"
        folder.mkdir()
        desk = AlertDesk(rules("pager"), folder=folder / "monitor", variables=variables)
        (folder / "monitor").symlink_to(tmp_path / "nowhere" / "at" / "all")
        for after in (0, 30, 60):
            desk.tell([an_alarm()], at=NOW + after)
        assert len(it.bodies) == 1
    assert "is not written down" in capfd.readouterr().err


def test_an_alarm_that_came_worse_is_told_again(tmp_path: Path) -> None:
    with receiver() as it:
        desk = AlertDesk(rules("pager"), folder=tmp_path, variables={"PAGER_URL": it.url})
        desk.tell([an_alarm()], at=NOW)
        desk.tell([replace(an_alarm(), observed=0.5)], at=NOW + 30)
        assert len(it.bodies) == 2
        assert read_alert_state(tmp_path / FILE).alerts["f1"].alert.weight > 7


def test_without_sinks_alarms_are_remembered_and_nothing_is_sent(tmp_path: Path) -> None:
    told = AlertDesk(MonitorRules(), folder=tmp_path, variables={}).tell([an_alarm()], at=NOW)
    assert told.deliveries == ()
    assert list(read_alert_state(tmp_path / FILE).alerts) == ["f1"]
