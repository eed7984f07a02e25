"""What an incident is made of is gathered from wherever it lies, and what is broken is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.git_writing import commit_all
from evalgate.cli.incident_known import Sources, known_of
from evalgate.model.incident import Scope
from evalgate.model.monitoring import Level, MonitorRules, Objective
from evalgate.model.policy import Policy
from tests.e2e.incident_shop import NOON, make_shop

SCOPE = Scope(prompt="support-reply", criterion="accuracy")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def sources(shop: Path) -> Sources:
    return Sources(
        prompts=shop / "prompts",
        policy=Policy(path=str(shop / ".github/evalgate.yml")),
        logs=(shop / "logs",),
        scores=(shop / "scores",),
    )


def test_scores_calls_pointer_routes_and_changes_are_gathered(shop: Path) -> None:
    known = known_of(sources(shop), SCOPE, began=NOON, at=NOON + 3600)
    assert len(known.seen.observations) == 400
    assert sum(each.tally.calls for each in known.seen.minutes) == 400
    assert known.affected.users == 50
    assert known.situation.pointer is not None
    assert known.situation.routes == {"direct": "direct"}
    kinds = {(each.kind, each.before, each.after) for each in known.seen.changes}
    assert ("prompt", "v1", "v2") in kinds
    versions = [each for each in known.seen.changes if each.kind == "prompt"]
    assert len(versions) == 1


def test_late_calls_are_counted_by_the_objectives_of_the_policy(shop: Path) -> None:
    quick = Objective(name="quick", level=Level.LATENCY, target=0.95, threshold=1.0)
    policy = Policy(monitor=MonitorRules(objectives=(quick,)))
    known = known_of(replace(sources(shop), policy=policy), SCOPE, began=NOON, at=NOON + 3600)
    assert sum(each.tally.late[1] for each in known.seen.minutes) == 400


def test_commits_of_settings_and_an_override_are_changes(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "prompts/runtime.yml").write_text("schema: runtime/1\ndeadline: 9\n")
    commit_all(shop, "shorter")
    (shop / "host.yml").write_text(
        "schema: override/1\nroutes: {direct: {until: 2999-01-01T00:00:00Z, state: open}}\n"
    )
    monkeypatch.setenv("EVALGATE_OVERRIDE", str(shop / "host.yml"))
    changes = known_of(sources(shop), SCOPE, began=NOON, at=NOON + 3600).seen.changes
    assert [each.subject for each in changes if each.source.startswith("commit")] == [
        "prompts/runtime.yml"
    ]
    assert [each.after for each in changes if each.subject == "direct"] == ["held open"]


def test_what_is_broken_is_told_and_the_rest_is_known(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "prompts/runtime.yml").write_text("routes: [\n")
    (shop / "prompts/support-reply/live.yaml").write_text("stable: [\n")
    (shop / "logs/calls-own.jsonl").unlink()
    (shop / "scores/scores-own.jsonl").unlink()
    (shop / "host.yml").write_text("{")
    monkeypatch.setenv("EVALGATE_OVERRIDE", str(shop / "host.yml"))
    known = known_of(sources(shop), SCOPE, began=NOON, at=NOON + 3600)
    told = capsys.readouterr().err
    for said in ("without the call log", "without scores", "routes", "support-reply", "this host"):
        assert said in told
    assert known.situation.pointer is None


def test_nothing_later_than_now_is_known(shop: Path) -> None:
    known = known_of(sources(shop), SCOPE, began=NOON, at=NOON + 600)
    assert max(each.ts for each in known.seen.observations) <= NOON + 600
    assert max(each.start for each in known.seen.minutes) <= NOON + 600
