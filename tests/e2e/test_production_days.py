"""Facts about days of simulated production: what has changed in them is found, and named rightly."""

import json
from contextlib import chdir
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest

from evalgate.adapters.incidents import IncidentFolder
from evalgate.cli.main import main
from evalgate.model.incident import Incident, IncidentClass
from evalgate.rollout.overriding import instant
from tests.e2e.production_days import DAY, HOUR, MIDNIGHT, Production, Weather

pytestmark = pytest.mark.slow

VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 400\n---\n## user\n{}: {{{{question}}}}\n"
MOVE = "  - {{stable: {}, at: '{}', by: bo}}\n"
ROUTES = """schema: runtime/1
routes:
  direct: {provider: direct}
  bedrock: {provider: bedrock, region: eu-central-1, models: {claude-haiku-5-5: eu.anthropic.haiku}}
"""
USUAL = Weather()
CHANGE = MIDNIGHT + 2 * DAY
END = CHANGE + 8 * HOUR


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two quiet days, of which the first one is what the second one is held to."""
    root = tmp_path_factory.mktemp("quiet")
    for name, said in {"v1": "Answer", "v2": "Answer in one line"}.items():
        path = root / f"prompts/support-reply/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(VERSION.format(said))
    (root / "prompts/support-reply/live.yaml").write_text("stable: v1\n")
    (root / "prompts/runtime.yml").write_text(ROUTES)
    shop = Production(root=root, per_hour=200, rate=0.6)
    for day in range(2):
        shop.anchor(MIDNIGHT + day * DAY + 60, USUAL)
        shop.serve(MIDNIGHT + day * DAY, hours=24, weather=USUAL)
    frozen = instant(MIDNIGHT + DAY)
    words = ("--by=ann", "--reason=first", f"--until={frozen}", f"--as-of={frozen}")
    with chdir(root):
        assert main(["monitor", "freeze", *words]) == 0
    return root


@pytest.fixture
def shop(quiet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Production:
    copytree(quiet, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Production(root=tmp_path, per_hour=200, rate=0.6, seed=1)


def look(
    capsys: pytest.CaptureFixture[str], *words: str, code: int, at: float = END
) -> dict[str, object]:
    capsys.readouterr()
    assert main(["monitor", "--json", "--alert", f"--as-of={instant(at)}", *words]) == code
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def alarms(told: dict[str, object]) -> list[tuple[str, str, str]]:
    listed = told["alarms"]
    assert isinstance(listed, list)
    return [(each["urgency"], each["signal"], each["stream"]["criterion"]) for each in listed]


def incident(folder: Path) -> Incident:
    (stored,) = IncidentFolder(path=folder / "reports/incidents").stored()
    return stored.incident


def suspect(folder: Path) -> tuple[str, str]:
    first = incident(folder).suspects[0]
    return first.kind, first.after or first.subject


def days_after(shop: Production, weather: Weather) -> None:
    """Serve the hours after the change; the judge scores its anchors at their beginning."""
    shop.anchor(CHANGE + 60, weather)
    shop.serve(CHANGE, hours=8, weather=weather)


def test_a_day_like_the_last_one_is_quiet(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, USUAL)
    told = look(capsys, code=0)
    assert alarms(told) == []
    assert not (shop.root / "reports/incidents").exists()


def test_a_worse_version_pages_and_is_the_first_suspect(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    live = shop.root / "prompts/support-reply/live.yaml"
    moves = MOVE.format("v1", instant(MIDNIGHT)) + MOVE.format("v2", instant(CHANGE))
    live.write_text(f"stable: v2\nhistory:\n{moves}")
    days_after(shop, replace(USUAL, version="v2", lost={"v2": {"accuracy": 0.1}}))
    assert alarms(look(capsys, code=1)) == [("page", "fall", "accuracy")]
    assert suspect(shop.root) == ("prompt", "v2")
    found = incident(shop.root)
    assert found.kind is IncidentClass.QUALITY
    first_bad = datetime.fromisoformat(found.detection.first_bad).timestamp()
    assert abs(first_bad - CHANGE) <= HOUR
    commands = [each.command for each in found.actions if each.id == "rollback"]
    assert commands == [f"evalgate rollback support-reply --reason 'incident {found.id}'"]


def test_the_same_look_again_opens_nothing_new(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, lost={"all": {"accuracy": 0.1}}))
    look(capsys, code=1)
    first = incident(shop.root)
    look(capsys, code=1, at=END + HOUR)
    assert incident(shop.root) == first


def test_one_provider_is_named_and_left(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, lost={"bedrock": {"accuracy": 0.2}}))
    assert alarms(look(capsys, code=1)) == [("page", "fall", "accuracy")]
    parts = incident(shop.root).detection.slices
    assert {each.name for each in parts[:2]} == {"bedrock"}
    commands = [each.command for each in incident(shop.root).actions]
    assert any(each.startswith("evalgate route bedrock open") for each in commands)


def test_one_criterion_falls_and_the_others_are_left_alone(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, lost={"all": {"relevance": 0.1}}))
    assert alarms(look(capsys, code=1)) == [("page", "fall", "relevance")]
    assert incident(shop.root).scope.criterion == "relevance"


def test_a_judge_that_moved_pages_nobody(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, judge="claude-sonnet-5-6@2222bbbb", judge_bias=0.1))
    told = alarms(look(capsys, code=0))
    assert {urgency for urgency, *_ in told} == {"ticket"}
    assert ("ticket", "judge", "accuracy") in told
    assert not (shop.root / "reports/incidents").exists()


def test_other_questions_page_nobody_and_are_named(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, mix={"chat": 0.2, "hard": 0.8}))
    told = look(capsys, code=0)
    assert {urgency for urgency, *_ in alarms(told)} <= {"ticket"}
    listed = told["alarms"]
    assert isinstance(listed, list)
    assert all("asked" in each["message"] for each in listed)


def test_an_end_is_noted_and_people_say_what_is_solved(
    shop: Production, capsys: pytest.CaptureFixture[str]
) -> None:
    days_after(shop, replace(USUAL, lost={"all": {"accuracy": 0.1}}))
    look(capsys, code=1)
    shop.serve(END, hours=16, weather=USUAL)
    later = END + 16 * HOUR
    assert alarms(look(capsys, code=0, at=later)) == []
    found = incident(shop.root)
    assert found.is_open
    notes = [each.what for each in found.history if "alarm was over" in each.what]
    assert len(notes) == 1
    look(capsys, code=0, at=later + HOUR)
    assert incident(shop.root) == found


def test_without_alert_a_look_writes_nothing(shop: Production) -> None:
    days_after(shop, replace(USUAL, lost={"all": {"accuracy": 0.1}}))
    before = sorted(shop.root.rglob("*"))
    assert main(["monitor", "--once", f"--as-of={instant(END)}"]) == 1
    assert sorted(shop.root.rglob("*")) == before
