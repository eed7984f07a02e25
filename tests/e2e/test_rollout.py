"""Facts about `evalgate rollout`: whole rollouts through the command line, over traffic with known rates."""

import json
import shutil
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.cli.main import main
from evalgate.model.milestone import Phase
from evalgate.model.prompt import LivePointer
from evalgate.prompts.live import read_live
from evalgate.rollout.overriding import instant
from tests.e2e.rollout_shop import BEGAN, Rates, Traffic, make_rollout_shop, write_verdict

LIVE = Path("prompts/p/live.yaml")
QUICK = "rollout: {full_after_hours: 1, bake_minutes: 10, deadline_hours: 24}\n"
HOUR = 3600.0
WORSE = Rates(short=0.3)


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("USER", "bo")
    return make_rollout_shop(tmp_path, policy=QUICK)


def rollout(action: str, *words: str, at: float = BEGAN) -> int:
    return main(["rollout", action, "p", *words, f"--as-of={instant(at)}"])


def start(*words: str) -> int:
    return rollout("start", "v2", "--by=ann", *words)


def pointer() -> LivePointer:
    return read_live("p", FORMATS.read_yaml(str(LIVE), LIVE.read_bytes()))


def phases() -> list[tuple[str, float]]:
    told = [move.rollout for move in pointer().history if move.rollout]
    return [(each.phase.value, each.percent) for each in told]


def status(traffic: Traffic, at: float, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    rollout("status", *traffic.words, "--json", at=at)
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def lacks(document: dict[str, object]) -> set[str]:
    told = document["lacks"]
    assert isinstance(told, list)
    return {each["code"] for each in told}


def test_a_start_gives_the_first_stage_and_remembers_the_verdict() -> None:
    assert start() == 0
    assert phases() == [("preflight", 0.0), ("serving", 5.0)]
    canary, move = pointer().canary, pointer().history[-1]
    assert canary is not None
    assert (canary.version, canary.percent) == ("v2", 5.0)
    assert (move.by, move.verdict, move.at) == ("ann", "run-1", instant(BEGAN))


def test_without_a_passing_verdict_nothing_begins(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_verdict(shop, verdict="inconclusive")
    assert start() == 2
    assert "inconclusive" in capsys.readouterr().err
    shutil.rmtree(shop / "reports")
    assert start() == 2
    assert "evalgate promote p v2 --percent 5 --dry-run" in capsys.readouterr().err
    assert LIVE.read_text() == "stable: v1\n"


def test_a_version_that_changed_after_its_verdict_does_not_begin(shop: Path) -> None:
    with (shop / "prompts/p/v2.md").open("a") as file:
        file.write("Be rude.\n")
    assert start() == 2


def test_a_version_that_is_no_worse_goes_through_all_stages(shop: Path) -> None:
    traffic, now = Traffic(root=shop, seed=2), BEGAN
    start()
    for _ in range(30):
        now = traffic.serve(now, hours=0.5, per_hour=6000)
        assert rollout("advance", *traffic.words, at=now) in (0, 3)
        if pointer().stable == "v2":
            break
    assert [percent for phase, percent in phases() if phase == "serving"] == [5, 25, 50, 100]
    assert phases()[-1][0] == Phase.PROMOTED
    assert pointer().canary is None


def test_too_little_evidence_holds_and_says_what_is_missing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=0.1)
    before = LIVE.read_text()
    assert rollout("advance", *traffic.words, at=now) == 3
    assert "Missing" in capsys.readouterr().out
    assert LIVE.read_text() == before
    assert {"bake", "units_canary", "proof_quality"} <= lacks(status(traffic, now, capsys))


def test_without_scores_or_calls_nothing_is_ever_concluded(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=2)
    assert rollout("advance", "--calls=logs", at=now) == 3
    assert "--scores PATH" in capsys.readouterr().out
    assert rollout("advance", at=now) == 3
    assert "--calls PATH" in capsys.readouterr().out


@pytest.mark.parametrize(
    "canary", [WORSE, Rates(slower=3), Rates(dearer=2), Rates(failed=0.1), Rates(refused=0.1)]
)
def test_harm_is_taken_back_and_opens_an_incident(
    shop: Path, canary: Rates, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop, canary=canary)
    start()
    now = traffic.serve(BEGAN, hours=1.5)
    assert rollout("status", *traffic.words, at=now) == 1
    assert pointer().canary is not None
    assert rollout("watch", *traffic.words, "--once", "--out=out", at=now) == 1
    assert (pointer().canary, pointer().stable, phases()[-1][0]) == (None, "v1", "rolled_back")
    [incident] = (shop / "reports" / "incidents").iterdir()
    told = json.loads(incident.read_text())
    assert (told["schema"], told["status"], told["scope"]["prompt"]) == (
        "incident/2",
        "mitigated",
        "p",
    )
    assert told["evidence"]["report"] == "out"
    assert "incident opened" in capsys.readouterr().err
    assert {each.name for each in (shop / "out").iterdir()} == {
        "report.html",
        "summary.md",
        "rollout.json",
    }


def test_a_rollout_that_is_over_is_left_alone(shop: Path) -> None:
    traffic = Traffic(root=shop, canary=WORSE)
    start()
    now = traffic.serve(BEGAN, hours=1)
    rollout("watch", *traffic.words, "--once", at=now)
    before = LIVE.read_text()
    assert rollout("watch", *traffic.words, "--once", at=now + HOUR) == 1
    assert rollout("advance", *traffic.words, at=now + HOUR) == 2
    assert LIVE.read_text() == before
    assert rollout("start", "v2", at=now + HOUR) == 2


def test_lines_that_are_told_twice_or_in_another_order_change_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=0.5)
    [log] = (shop / "logs").iterdir()
    before = status(traffic, now, capsys)
    lines = log.read_bytes().splitlines(keepends=True)
    (shop / "logs" / "calls-2026-11-23.jsonl").write_bytes(b"".join(reversed(lines)))
    after = status(traffic, now, capsys)
    assert after["criteria"] == before["criteria"]
    assert after["left_out"] == {"repeated": len(lines)}


def test_torn_lines_are_counted_and_stop_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=0.5)
    [log] = (shop / "logs").iterdir()
    content = log.read_bytes()
    log.write_bytes(content[: len(content) // 2])
    told = status(traffic, now, capsys)
    assert told["left_out"] == {"unreadable_calls": 1}
    assert sum(told["assigned"].values()) > 500  # type: ignore[attr-defined]


def test_a_skewed_split_holds_and_is_no_verdict_on_quality(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=1)
    [log] = (shop / "logs").iterdir()
    lines = log.read_bytes().splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if b'"canary"' not in line or number % 2]
    log.write_bytes(b"".join(kept))
    told = status(traffic, now, capsys)
    assert "split" in lacks(told)
    assert told["outcome"] == "hold"


def test_a_clock_that_is_ahead_says_nothing_until_then(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop)
    start()
    now = traffic.serve(BEGAN, hours=0.5)
    traffic.serve(BEGAN + 9 * HOUR, hours=0.1)
    assert status(traffic, now, capsys)["left_out"] == {"later": 300}


def test_against_the_evidence_only_who_says_who_and_why_goes_on(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop, canary=WORSE)
    start()
    now = traffic.serve(BEGAN, hours=1)
    assert rollout("advance", *traffic.words, "--override", at=now) == 2
    why = ("--override", "--by=ann", "--reason=the judge is down")
    assert rollout("advance", *traffic.words, *why, at=now) == 0
    move = pointer().history[-1]
    assert move.rollout is not None
    assert (move.rollout.overridden, move.rollout.percent, move.by) == (True, 25.0, "ann")
    assert "against the evidence (quality fell" in move.why
    assert "the judge is down" in move.why
    assert status(traffic, now, capsys)["outcome"] == "hold"
    now = traffic.serve(now, hours=1)
    assert status(traffic, now, capsys)["outcome"] == "roll_back"


def test_by_itself_it_goes_on_only_where_the_policy_says_so(shop: Path) -> None:
    traffic = Traffic(root=shop, canary=Rates(short=0.05))
    start()
    now = traffic.serve(BEGAN, hours=2)
    assert rollout("watch", *traffic.words, "--once", at=now) == 0
    assert phases()[-1] == ("serving", 5.0)
    (shop / ".github/evalgate.yml").write_text(QUICK.replace("}", ", automatic: true}"))
    rollout("watch", *traffic.words, "--once", at=now)
    assert phases()[-1] == ("serving", 25.0)


def test_what_a_person_holds_goes_on_by_a_person_alone(shop: Path) -> None:
    (shop / ".github/evalgate.yml").write_text(QUICK.replace("}", ", automatic: true}"))
    traffic = Traffic(root=shop, canary=Rates(short=0.05))
    start()
    now = traffic.serve(BEGAN, hours=2)
    assert rollout("hold", "--by=ann", at=now) == 0
    assert rollout("watch", *traffic.words, "--once", at=now + 60) == 0
    assert phases()[-1] == ("held", 5.0)
    assert rollout("advance", *traffic.words, at=now + 120) == 0
    assert phases()[-1] == ("serving", 25.0)


def test_a_step_that_lasts_too_long_is_held(shop: Path) -> None:
    traffic = Traffic(root=shop)
    start()
    traffic.serve(BEGAN, hours=0.1)
    assert rollout("watch", *traffic.words, "--once", at=BEGAN + 25 * HOUR) == 3
    assert phases()[-1] == ("held", 5.0)


def test_a_past_instant_is_decided_as_it_was(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traffic = Traffic(root=shop, canary=Rates(short=0.05))
    start()
    now = traffic.serve(BEGAN, hours=2)
    then = status(traffic, now, capsys)
    rollout("advance", *traffic.words, at=now + 60)
    later = traffic.serve(now + 60, hours=0.2)
    assert status(traffic, later, capsys)["percent"] == 25.0
    again = status(traffic, now, capsys)
    assert again == then | {"left_out": {"later": 600}}
    assert rollout("hold", at=now) == 2


def test_a_dry_run_writes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert start("--dry-run") == 0
    assert "+canary: {version: v2, percent: 5" in capsys.readouterr().out
    assert LIVE.read_text() == "stable: v1\n"
    traffic = Traffic(root=shop, canary=WORSE)
    start()
    now = traffic.serve(BEGAN, hours=1)
    before = LIVE.read_text()
    rollout("watch", *traffic.words, "--once", "--dry-run", at=now)
    assert LIVE.read_text() == before
    assert not (shop / "reports" / "incidents").exists()


def test_a_rollback_asks_nobody() -> None:
    start()
    assert rollout("rollback", "--reason=wrong language", at=BEGAN + 5) == 0
    assert (pointer().canary, phases()[-1][0]) == (None, "rolled_back")
    assert "wrong language (by --as-of)" in pointer().history[-1].why


def test_without_a_rollout_it_says_how_to_begin_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert rollout("status") == 2
    assert "evalgate rollout start p vN" in capsys.readouterr().err
