"""Steps of the playbook are shown, done, noted and taken back."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.model.incident import Status
from evalgate.prompts.live import read_live
from tests.e2e.incident_shop import evalgate, make_shop, opened, the_incident


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def stable(folder: Path) -> str | None:
    path = "prompts/support-reply/live.yaml"
    return read_live("support-reply", read_yaml(path, (folder / path).read_bytes())).stable


def test_a_step_is_taken_back_by_its_undo(shop: Path) -> None:
    name = opened(shop).id
    assert evalgate("incident", "act", name, "rollback", "--undo") == 2
    assert evalgate("incident", "act", name, "rollback", "--yes") == 0
    assert evalgate("incident", "act", name, "rollback", "--yes") == 2
    assert evalgate("incident", "act", name, "rollback", "--undo", "--yes") == 0
    assert stable(shop) == "v2"
    results = {each.id: each.result for each in the_incident(shop).actions}
    undone = results["rollback"]
    assert undone is not None
    assert undone.outcome == "undone"
    assert the_incident(shop).status is Status.TRIAGED
    assert evalgate("incident", "act", name, "rollback", "--undo", "--yes") == 2


def test_a_canary_that_was_ended_is_brought_back_by_a_person(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    live = shop / "prompts/support-reply/live.yaml"
    canary = "stable: v1\ncanary: {version: v2, percent: 10, salt: a}\n"
    live.write_text(live.read_text().replace("stable: v2\n", canary, 1))
    name = opened(shop).id
    assert evalgate("incident", "act", name, "rollback", "--yes") == 0
    said = capsys.readouterr().out
    assert "Take it back with: evalgate promote support-reply v2" in said
    assert f"and note that with: evalgate incident act {name} rollback --undo --done" in said
    assert evalgate("incident", "act", name, "rollback", "--undo", "--yes") == 2
    assert "note it with --undo --done" in capsys.readouterr().err
    assert evalgate("incident", "act", name, "rollback", "--undo", "--done") == 0
    assert "rollback was taken back by hand" in capsys.readouterr().out
    assert the_incident(shop).status is Status.TRIAGED


def test_a_step_that_fails_is_noted_as_failed(shop: Path) -> None:
    name = opened(shop).id
    (shop / "prompts/support-reply/v1.md").unlink()
    assert evalgate("incident", "act", name, "rollback", "--yes") == 2
    assert the_incident(shop).history[-1].what == "rollback: failed"
    assert the_incident(shop).status is Status.DETECTED


def test_what_a_person_does_is_not_run_and_can_be_noted(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    assert evalgate("incident", "act", name, "vendor", "--yes") == 2
    assert "--done" in capsys.readouterr().err
    assert evalgate("incident", "act", name, "vendor", "--done", "--note", "case 7") == 0
    assert the_incident(shop).history[-1].why == "case 7"


ROUTES = (
    "routes:\n  direct: {provider: direct}\n  eu: {provider: bedrock, region: eu-central-1, "
    "models: {claude-haiku-5-5: eu.anthropic.claude-haiku-5-5}}\n"
)


def test_a_route_is_held_open_on_this_host_and_let_go(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "prompts/runtime.yml").write_text(f"schema: runtime/1\n{ROUTES}")
    monkeypatch.setenv("EVALGATE_OVERRIDE", str(shop / "host.yml"))
    act = ("incident", "act", opened(shop).id, "hop-direct")
    assert evalgate(*act) == 0
    assert not (shop / "host.yml").exists()
    assert evalgate(*act, "--yes") == 0
    assert "  direct:\n    until:" in (shop / "host.yml").read_text()
    assert evalgate(*act, "--undo", "--yes") == 0
    assert "  direct:\n    until:" not in (shop / "host.yml").read_text()


def test_a_closed_incident_has_no_steps_any_more(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate("incident", "open", "--title", "x", "--prompt", "support-reply", "--drill") == 0
    name = the_incident(shop).id
    assert evalgate("incident", "close", name, "--root-cause", "a drill") == 0
    assert evalgate("incident", "act", name, "rollback", "--yes") == 2
    assert "is closed" in capsys.readouterr().err
    assert stable(shop) == "v2"


def test_an_unknown_step_is_told_with_the_known_ones(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate("incident", "act", opened(shop).id, "rolback") == 2
    assert "did you mean `rollback`" in capsys.readouterr().err


def test_what_is_printed_finds_the_incident_again(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ("--incidents", "our incidents")
    told = ("--title", "x", "--prompt", "support-reply")
    evalgate("incident", "open", *told, *place)
    assert "--incidents 'our incidents'`" in capsys.readouterr().out
    [path] = (shop / "our incidents").glob("*.json")
    evalgate("incident", "act", path.stem, "rollback", "--yes", *place)
    back = capsys.readouterr().out.partition("Take it back with: evalgate ")[2].split("\n")[0]
    assert evalgate(*shlex.split(back)) == 0
    assert stable(shop) == "v2"


def test_a_command_that_somebody_broke_is_a_step_for_a_person(shop: Path) -> None:
    name = opened(shop).id
    [path] = (shop / "reports/incidents").glob("*.json")
    data = json.loads(path.read_text())
    for action in data["actions"]:
        action["command"] = "evalgate rollback 'support-reply"
    path.write_text(json.dumps(data))
    assert evalgate("incident", "act", name, "rollback", "--yes") == 2
    assert stable(shop) == "v2"


def test_a_step_loads_its_own_verb_and_no_other(shop: Path) -> None:
    name = opened(shop).id
    code = (
        f"import sys\nfrom evalgate.cli.main import main\nmain(['incident', 'act', {name!r}, "
        "'rollback'])\nverbs = ('rollback', 'rollout', 'route', 'switch')\n"
        "print(*[each for each in verbs if f'evalgate.cli.{each}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "rollback"
