"""Incidents are listed and shown in every form."""

from datetime import datetime
from pathlib import Path

import pytest

from evalgate.model.incident import Answer, Incident
from tests.e2e.incident_shop import (
    NOON,
    as_json,
    evalgate,
    incidents,
    instant,
    make_shop,
    opened,
    the_incident,
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_shop(tmp_path))
    monkeypatch.delenv("EVALGATE_OVERRIDE", raising=False)
    return tmp_path


def test_incidents_are_listed_and_shown_in_every_form(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate("incident", "list") == 0
    assert "There are no incidents." in capsys.readouterr().out
    name = opened(shop).id
    capsys.readouterr()
    assert evalgate("incident", "list", "--json") == 0
    listed = capsys.readouterr().out
    assert as_json(listed)["schema"] == "incidents/1"
    for told in (name, '"detected"', '"sev2"'):
        assert told in listed
    assert evalgate("incident", "show", name[:15], "--json") == 0
    assert as_json(capsys.readouterr().out)["schema"] == "incident/2"
    for words, told in (
        ((), "Roll back from v2 to v1"),
        ((), "SEV2: a person has opened it"),
        (("--markdown",), "judged offline again once its rollback is committed"),
        (("--markdown",), "# ✗ Replies are wrong"),
        (("--html",), "<!doctype html>"),
        (("--message", "users"), "less reliable"),
    ):
        assert evalgate("incident", "show", name, *words) == 0
        assert told in capsys.readouterr().out
    assert evalgate("incident", "show", name, "--message", "nobody") == 2
    assert evalgate("incident", "show", name, "--out", "book") == 0
    assert {each.suffix for each in (shop / "book").iterdir()} == {".md", ".html"}


def test_what_is_closed_is_listed_when_asked_for(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evalgate("incident", "open", "--title", "Drill", "--drill") == 0
    [each] = incidents(shop)
    assert evalgate("incident", "close", each.id, "--root-cause", "a drill") == 0
    capsys.readouterr()
    assert evalgate("incident", "list") == 0
    assert "1 closed" in capsys.readouterr().out
    assert evalgate("incident", "list", "--all") == 0
    assert each.id in capsys.readouterr().out
    assert evalgate("incident", "show", "nobody") == 2


def test_a_file_that_a_merge_has_torn_is_told_and_hides_no_incident(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = opened(shop).id
    (shop / "reports/incidents/2026-01-01T000000Z-quality.json").write_text("<<<<<<< HEAD")
    capsys.readouterr()
    assert evalgate("incident", "list") == 2
    said = capsys.readouterr()
    assert name in said.out
    assert "2026-01-01T000000Z-quality.json: is no JSON" in said.err
    assert evalgate("incident", "show", name[:17]) == 0


def test_a_prompt_that_only_the_log_or_the_scores_know_is_one(shop: Path) -> None:
    (shop / "prompts/support-reply").rename(shop / "gone")
    words = ("incident", "open", "--title", "Replies are wrong", "--prompt", "support-reply")
    assert evalgate(*words) == 2
    for evidence in (("--calls", "logs"), ("--scores", "scores")):
        assert evalgate(*words, *evidence) == 0
    assert {each.scope.prompt for each in incidents(shop)} == {"support-reply"}


def test_a_version_and_a_criterion_that_only_the_log_or_the_scores_know_are_taken(
    shop: Path,
) -> None:
    words = ("incident", "open", "--title", "Odd", "--prompt", "support-reply")
    (shop / "prompts/support-reply/v1.md").unlink()
    assert evalgate(*words, "--version", "v1") == 0  # the history of the pointer names it
    (shop / "prompts/support-reply/live.yaml").unlink()
    (shop / ".github/evalgate.yml").write_text("paths: {prompts: prompts, evalsets: evalsets}\n")
    log = (shop / "logs/calls-own.jsonl").read_text().replace('"v2"', '"v7"')
    (shop / "logs/calls-own.jsonl").write_text(log)
    scores = (shop / "scores/scores-own.jsonl").read_text().replace('"accuracy"', '"wit"')
    (shop / "scores/scores-own.jsonl").write_text(scores)
    for told in (("--version", "v7"), ("--version", "v1"), ("--criterion", "wit")):
        assert evalgate(*words, *told) == 2
        assert evalgate(*words, *told, "--calls", "logs", "--scores", "scores") == 0


def test_a_change_after_the_time_that_a_person_names_is_suspected(shop: Path) -> None:
    words = ("--title", "Odd", "--prompt", "support-reply", "--criterion", "accuracy")
    for kind, early in (("quality", NOON - 1800), ("format", NOON - 20_000)):
        evidence = ("--since", instant(early), "--calls", "logs", "--scores", "scores")
        assert evalgate("incident", "open", *words, "--class", kind, *evidence) == 0
    assert len(incidents(shop)) == 2
    for each in incidents(shop):
        assert (each.suspects[0].kind, each.suspects[0].after) == ("prompt", "v2")


def reported(shop: Path, *words: str) -> Incident:
    """Open an incident of which nobody says when it began."""
    own = ("incident", "open", "--title", "Odd", "--prompt", "support-reply", *words)
    assert evalgate(*own) == 0
    return the_incident(shop)


def text_for(incident: Incident, audience: str) -> str:
    return next(each.text for each in incident.communication if each.audience == audience)


def test_without_since_it_began_where_the_scores_fell(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = reported(shop, "--calls", "logs", "--scores", "scores")
    began = datetime.fromisoformat(made.detection.first_bad).timestamp()
    assert abs(began - NOON) <= 600
    assert f"seems to have begun at {made.detection.first_bad}: --since" in capsys.readouterr().err
    assert made.scope.criterion == "accuracy"
    assert (made.suspects[0].kind, made.suspects[0].after) == ("prompt", "v2")
    assert (made.impact.calls or 0) > 150
    assert Answer.YES in {each.answer for each in made.triage}
    assert made.evidence.calls


def test_without_since_and_scores_the_last_day_is_looked_at_and_nothing_said_to_have_begun(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = reported(shop, "--calls", "logs")
    assert "when it began is not known" in capsys.readouterr().err
    assert (made.detection.first_bad, made.impact.calls) == ("", 400)
    assert all("Since" not in each.text for each in made.communication)
    assert "in the day before it was reported: 400 calls" in text_for(made, "team")
    assert made.suspects[0].why.endswith("before it was reported")


def test_without_calls_nobody_claims_to_know_who_is_affected(shop: Path) -> None:
    made = reported(shop)
    assert (made.impact.calls, made.impact.users) == (None, None)
    assert "not known yet" in text_for(made, "team")
    assert "request ids" not in text_for(made, "vendor")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--title", "ok", "--since", "2999-01-01T00:00:00Z"), "--since: 2999-01-01T00:00:00Z"),
        (("--title", "  "), "--title: expected 1 to 200 characters, got 0"),
        (("--title", "x" * 201), "--title: expected 1 to 200 characters, got 201"),
        (("--title", "ok", "--prompt", "suport-reply"), "(did you mean `support-reply`?)"),
        (("--title", "ok", "--prompt", "_shared"), "there is no prompt `_shared` in prompts"),
        (("--title", "ok", "--criterion", "acuracy"), "(did you mean `accuracy`?)"),
        (("--title", "ok", "--criterion", "nope"), "--criterion: neither the policy nor a score"),
        (("--title", "ok", "--version", "v9"), "no version `v9` of any prompt"),
        (
            ("--title", "ok", "--prompt", "support-reply", "--version", "v3", "--calls", "logs"),
            "(known: v1, v2)",
        ),
        (
            ("--title", "ok", "--prompt", "nope", "--folder", "reports"),
            "name their folder with --folder",
        ),
    ],
)
def test_what_cannot_be_so_opens_no_incident(
    shop: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert evalgate("incident", "open", *words) == 2
    assert told in capsys.readouterr().err
    assert incidents(shop) == []
