"""What a monitor tells can be pasted at the root, wherever and with what places it runs."""

import json
import shlex
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.incidents import IncidentFolder
from evalgate.cli import monitor
from evalgate.cli.main import main
from evalgate.cli.monitor_look import Lookout, place_of
from evalgate.cli.monitor_round import Rounds
from tests.e2e.incident_shop import NOON, POLICY, make_shop
from tests.edges.receivers import receiver
from tests.unit.commands import parsed
from tests.unit.monitoring.incidents.streams import alarm

FALL = alarm(began=NOON, raised=NOON + 3000)
HOOK = "  alerts: {hook: {kind: webhook, variable: HOOK_URL}}\n"
PLACES = ("../calls", "--scores", "../marks", "--prompts", "../ai", "--incidents", "../ours")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_shop(tmp_path)
    for before, after in (("logs", "calls"), ("scores", "marks"), ("prompts", "ai")):
        (tmp_path / before).rename(tmp_path / after)
    policy = POLICY.replace("prompts: prompts", "prompts: ai")
    (tmp_path / ".github/evalgate.yml").write_text(policy + HOOK)
    (tmp_path / "ops").mkdir()
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    monkeypatch.chdir(tmp_path / "ops")
    return tmp_path


def follow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let a monitor follow up a fall, and return the commands of its alert."""
    parser = ArgumentParser()
    monitor.add_arguments(parser)
    options = parser.parse_args([*PLACES, "--alert", "--once"])
    with receiver() as hook:
        monkeypatch.setenv("HOOK_URL", hook.url)
        place = place_of(options, now=NOON + 3000)
        looked = Lookout(place).look(NOON + 3000)
        Rounds(place).follow(replace(looked, report=replace(looked.report, alarms=(FALL,))))
        [body] = hook.bodies
    commands = body["commands"]
    assert isinstance(commands, list)
    return list(map(str, commands))


def test_the_commands_of_an_alert_work_at_the_root(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show, look = follow(monkeypatch)
    monkeypatch.chdir(shop)
    assert main(shlex.split(show)[1:]) == 0
    capsys.readouterr()
    main([*shlex.split(look)[1:], "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["lines"]["calls"] == 400
    assert len(told["incidents"]) == 1


def test_the_steps_of_its_incident_name_the_same_places(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(monkeypatch)
    [stored] = IncidentFolder(path=shop / "ours").stored()
    steps = {each.id: each.command for each in stored.incident.actions}
    look = parsed(steps["confirm"])
    named = (*look.logs, *look.scores, look.prompts, look.incidents)
    assert [str(each) for each in named] == ["calls", "marks", "ai", "ours"]
    assert steps["rollback"].startswith("evalgate rollback support-reply --folder ai --reason")
    assert " logs errors calls " in steps["compare"]
    for step in ("draft", "close"):
        found = parsed(steps[step])
        assert (str(found.incidents), str(found.folder)) == ("ours", "ai")
