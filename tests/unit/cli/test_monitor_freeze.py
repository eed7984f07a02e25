"""`evalgate monitor freeze`: what it takes, shows, writes and refuses."""

import json
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.quality_baselines import PLACE, read_quality_baselines
from evalgate.cli import monitor_freeze
from evalgate.errors import EvaluationError, UsageError
from tests.unit.cli.monitored import LATER, call, instant, told, write_scores
from tests.unit.monitoring.alarms.production import Graded, at, production

LIVE = """\
stable: v3
history:
  - {{stable: v2, at: "2027-01-01T00:00:00Z", by: Ada, why: first}}
  - {{stable: v3, at: "{since}", by: Ada, why: better}}
"""
VERSION = "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n\nHello\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        yield tmp_path


def freeze(*words: str, as_of: str = LATER) -> int:
    return call(monitor_freeze, "--as-of", as_of, *words)


def test_it_writes_what_holds_from_now_on_and_keeps_what_held(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = production(700, Graded())
    write_scores(folder, scores[:600])
    assert freeze("--by", "Ada") == 0
    assert "accuracy of answers: 85%" in (out := capsys.readouterr().out)
    assert "is written: commit it" in out
    [first, *_] = read_quality_baselines(PLACE)
    assert (first.n, first.by, first.until) == (600, "Ada", first.frozen)
    write_scores(folder, scores[600:])
    words = ("--criterion", "accuracy", "--by", "Ada", "--reason", "more of them")
    assert freeze(*words, as_of="2027-02-02T00:00:00Z") == 0
    kept = [each for each in read_quality_baselines(PLACE) if not each.feature and not each.route]
    assert [each.frozen for each in kept] == [first.frozen, first.frozen + 86_400]
    assert [each.n for each in kept] == [600, 700]


def test_the_same_scores_are_frozen_once_whoever_asks_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(folder, production(600, Graded()))
    freeze("--by", "Ada")
    before = PLACE.read_bytes()
    capsys.readouterr()
    words = ("--by", "Bob", "--reason", "to be sure")
    assert freeze(*words, as_of="2027-02-02T00:00:00Z") == 0
    assert PLACE.read_bytes() == before
    out = capsys.readouterr().out
    assert "of 600 scores; unchanged since 2027-02-01 00:00 UTC\n" in out
    assert f"\nunchanged since 2027-02-01 00:00 UTC: the scores are those of {PLACE}" in out
    freeze("--json")
    document = told(capsys)
    assert (document["written"], document["baselines"]) == (False, [])
    assert document["unchanged"] == json.loads(before)["baselines"]


def test_the_same_scores_can_hold_from_an_earlier_instant_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(folder, production(600, Graded()))
    freeze()
    before = read_quality_baselines(PLACE)
    capsys.readouterr()
    assert freeze("--until", instant(700), as_of="2027-02-02T00:00:00Z") == 0
    new = read_quality_baselines(PLACE)[len(before) :]
    assert [each.holds_from for each in new] == [at(700)] * len(before)
    out = capsys.readouterr().out
    assert "as before, and answers from 2027-01-15 19:40 UTC on are held to it" in out
    assert f"{PLACE} is written" in out
    freeze("--until", instant(700), as_of="2027-02-03T00:00:00Z")
    assert "unchanged since 2027-02-02 00:00 UTC" in capsys.readouterr().out


def test_from_a_subfolder_it_is_written_at_the_root_of_the_repository(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(folder, production(600, Graded()))
    (folder / ".git").mkdir()
    (folder / "src").mkdir()
    with chdir(folder / "src"):
        freeze("--scores", "../scores")
    assert read_quality_baselines(folder / PLACE)
    assert not (folder / "src" / PLACE).exists()
    assert f"{folder / PLACE} is written" in capsys.readouterr().out


def test_only_streams_with_other_scores_are_frozen_anew(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(folder, production(600, Graded()))
    tone = production(900, Graded(0.7), criterion="tone")
    write_scores(folder, tone[:600])
    freeze()
    write_scores(folder, tone[600:])
    before = read_quality_baselines(PLACE)
    capsys.readouterr()
    words = ("--by", "Ada", "--reason", "more of them")
    assert freeze(*words, as_of="2027-02-02T00:00:00Z") == 0
    new = read_quality_baselines(PLACE)[len(before) :]
    assert {each.criterion for each in new} == {"tone"}
    out = capsys.readouterr().out
    assert "unchanged since" in out
    assert f"{PLACE} is written" in out


def test_more_scores_with_the_same_mean_are_frozen_as_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = production(600, Graded())
    write_scores(folder, scores)
    freeze()
    write_scores(
        folder,
        [replace(each, ts=each.ts + 86_400, request_id=f"b{each.request_id}") for each in scores],
    )
    freeze()
    assert "of 1,200 scores; as before" in capsys.readouterr().out


def test_to_ask_for_less_takes_a_name_and_a_reason(folder: Path) -> None:
    write_scores(folder, production(600, Graded(0.9)))
    freeze()
    write_scores(folder, production(1_200, Graded(0.7), seed=5, criterion="accuracy")[600:])
    before = PLACE.read_bytes()
    with pytest.raises(UsageError, match="lowers the bar, so it takes --by NAME and --reason"):
        freeze("--by", "Ada")
    assert PLACE.read_bytes() == before
    assert freeze("--by", "Ada", "--reason", "harder questions since May") == 0
    assert read_quality_baselines(PLACE)[-1].reason == "harder questions since May"


def test_a_dry_run_shows_it_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scores(folder, production(600, Graded()))
    assert freeze("--dry-run", "--json") == 0
    document = told(capsys)
    assert document["written"] is False
    assert isinstance(document["baselines"], list)
    assert document["baselines"][0]["before"] is None
    assert not PLACE.exists()


def test_the_answers_of_the_stable_version_since_it_is_stable_count(folder: Path) -> None:
    prompt = folder / "prompts/answers"
    prompt.mkdir(parents=True)
    for name in ("v2", "v3"):
        (prompt / f"{name}.md").write_text(VERSION)
    (prompt / "live.yaml").write_text(LIVE.format(since=instant(300)))
    scores = production(900, Graded())
    canary = [replace(each, version="v4") for each in scores[800:]]
    write_scores(folder, [*scores[:800], *canary])
    assert freeze() == 0
    first = read_quality_baselines(PLACE)[0]
    assert (first.version, first.n, first.since) == ("v3", 500, at(300))


def test_a_time_and_a_version_can_be_named(folder: Path) -> None:
    write_scores(folder, production(900, Graded()))
    assert freeze("--since", instant(100), "--until", instant(499), "--version", "v3") == 0
    first = read_quality_baselines(PLACE)[0]
    assert (first.n, first.since, first.until) == (400, at(100), at(499))
    with pytest.raises(EvaluationError, match="no score counts"):
        freeze("--version", "v9")
    with pytest.raises(UsageError, match="give an earlier --since"):
        freeze("--since", "2027-03-01")


def test_too_few_scores_say_how_many_are_missing(folder: Path) -> None:
    write_scores(folder, production(150, Graded()))
    with pytest.raises(EvaluationError, match="with 150 of 200"):
        freeze()
    assert freeze("--fewest", "100") == 0
    with pytest.raises(UsageError, match="--fewest"):
        freeze("--fewest", "1")


def test_names_that_have_no_scores_are_refused(folder: Path) -> None:
    write_scores(folder, production(10, Graded()))
    with pytest.raises(UsageError, match="prompt `letters`; there are: answers"):
        freeze("--prompt", "answers", "--prompt", "letters")
    with pytest.raises(UsageError, match="criterion `tone`; there are: accuracy"):
        freeze("--criterion", "tone")


def test_without_scores_it_says_where_it_looked(folder: Path) -> None:
    assert folder.is_dir()
    with pytest.raises(UsageError, match="scores: "):
        freeze()
