"""The publishing step over HTTP: what it shows of a run folder, and of a run that left none."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evalgate.cli.main import main
from evalgate.publishing.handover import NOTHING_OWED, handover_document
from tests.act.newcomer import NUMBER, pull_request_event
from tests.github.server import TOKEN, Serving, serve

HEAD = "a" * 40


@pytest.fixture
def github() -> Iterator[Serving]:
    with serve() as github:
        github.state.commits.add(HEAD)
        github.state.add_pull(
            NUMBER, HEAD, head_ref="topic", head_repository="octo/shop", base_ref="main"
        )
        yield github
        assert github.violations == []
        assert github.refused == []


@pytest.fixture
def job(github: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A job of a pull request: its folder, and its step's files and variables."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps(pull_request_event(HEAD)))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_RUN_ID": "50",
        "EVALGATE_TOKEN": TOKEN,
    }
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        variables[name] = str(tmp_path / name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "evalgate"
    folder.mkdir()
    return folder


def hand_over(folder: Path, folders: Mapping[str, str], **more: object) -> None:
    handover = {"schema": "publication/1", "commit": HEAD, "number": NUMBER, "folders": folders}
    (folder / "publication.json").write_text(json.dumps(handover | more))


def leave_verdict(folder: Path, verdict: str = "pass", code: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    document = {
        "schema": "verdict/1",
        "verdict": verdict,
        "headline": "Passed: all is well.",
        "exit_code": code,
    }
    (folder / "verdict.json").write_text(json.dumps(document))
    (folder / "comment.md").write_text("<!-- evalgate:comment/1 -->\n\n## ✓ Passed: all is well.\n")


def states(github: Serving) -> dict[str, str]:
    return {status.context: status.state for status in github.state.statuses_of(HEAD)}


def test_what_the_judging_step_left_is_shown(github: Serving, job: Path) -> None:
    leave_verdict(job)
    (job / "report.html").write_text("<p>all cases</p>")
    hand_over(job, {"main": "."})
    assert main(["publish", str(job), "--ended=0", "--report-url=https://github.example/a/1"]) == 0
    assert states(github) == {"evalgate": "success"}
    (body,) = github.state.bodies(NUMBER)
    assert "[The full report](<https://github.example/a/1>)" in body


def test_an_artifact_without_a_report_is_not_called_one(github: Serving, job: Path) -> None:
    leave_verdict(job, "error", 2)
    hand_over(job, {"main": "."})
    assert main(["publish", str(job), "--ended=2", "--report-url=https://github.example/a/1"]) == 0
    (body,) = github.state.bodies(NUMBER)
    assert "[The artifact](<https://github.example/a/1>) has what the run left." in body
    output = job.with_name("GITHUB_OUTPUT").read_text()
    assert "comment-url" in output
    assert f"https://github.com/octo/shop/pull/{NUMBER}#issuecomment-" in output


def test_a_judging_step_that_was_killed_leaves_an_error_and_no_green(
    github: Serving, job: Path
) -> None:
    hand_over(job, {"main": ".", "billing": "billing"})
    assert main(["publish", str(job)]) == 0
    assert states(github) == {"evalgate": "error", "evalgate / billing": "error"}
    (body,) = github.state.bodies(NUMBER)
    assert "No verdict: evalgate was cut off, or has a fault (exit code 70)" in body


def test_a_judging_step_that_never_began_owes_its_commit_an_error(
    github: Serving, job: Path
) -> None:
    assert main(["publish", str(job), "--ended=2"]) == 0
    assert states(github) == {"evalgate": "error"}


def test_a_green_verdict_of_a_step_that_failed_afterwards_is_not_shown_as_green(
    github: Serving, job: Path
) -> None:
    leave_verdict(job)
    hand_over(job, {"main": "."})
    main(["publish", str(job), "--ended=70"])
    assert states(github) == {"evalgate": "error"}


def test_a_standing_goes_before_the_verdict_and_can_leave_the_comment_out(
    github: Serving, job: Path
) -> None:
    leave_verdict(job)
    waiting = {"main": {"state": "pending", "description": "Waiting for approval."}}
    hand_over(job, {"main": "."}, standings=waiting, comments=False)
    main(["publish", str(job), "--ended=0"])
    assert states(github) == {"evalgate": "pending"}
    assert github.state.bodies(NUMBER) == []


def test_without_a_token_nothing_is_tried(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVALGATE_TOKEN", "")
    leave_verdict(job)
    hand_over(job, {"main": "."})
    assert main(["publish", str(job), "--ended=0"]) == 0
    assert github.requests == []
    assert "github-token" in capsys.readouterr().out


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://host/a b", "https://host/>x", "https://host/\\"]
)
def test_an_address_that_could_break_out_of_its_link_is_left_out(
    github: Serving, job: Path, address: str
) -> None:
    leave_verdict(job)
    hand_over(job, {"main": "."})
    main(["publish", str(job), "--ended=0", f"--report-url={address}"])
    assert address not in github.state.bodies(NUMBER)[0]


def test_an_event_without_a_commit_that_waits_has_nothing_to_publish(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", "schedule")
    assert main(["publish", str(job), "--ended=1"]) == 0
    assert github.requests == []


def test_a_verdict_that_is_none_is_an_error_that_names_it(
    github: Serving, job: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_verdict(job)
    (job / "verdict.json").write_text('{"schema": "verdict/1", "verdict": "green"}')
    hand_over(job, {"main": "."})
    main(["publish", str(job), "--ended=0"])
    assert states(github) == {"evalgate": "error"}
    assert "verdict.json" in capsys.readouterr().err


def test_a_shard_has_nothing_to_publish(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALGATE_SHARD", "1/2")
    assert main(["publish", str(job), "--ended=0"]) == 0
    assert github.requests == []


def of_event(job: Path, monkeypatch: pytest.MonkeyPatch, name: str, payload: object) -> None:
    job.with_name("event.json").write_text(json.dumps(payload))
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)


def test_a_merge_queue_whose_judging_never_began_gets_an_error(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = {"head_sha": HEAD, "base_sha": "b" * 40, "base_ref": "refs/heads/main"}
    repository = {"full_name": "octo/shop", "default_branch": "main"}
    of_event(job, monkeypatch, "merge_group", {"merge_group": group, "repository": repository})
    main(["publish", str(job), "--ended=2"])
    assert states(github) == {"evalgate": "error"}


def test_what_a_stranger_s_run_did_not_begin_is_the_trusted_side_s_to_say(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = pull_request_event(HEAD, repository="stranger/shop")
    of_event(job, monkeypatch, "pull_request", foreign)
    assert main(["publish", str(job), "--ended=2"]) == 0
    assert github.requests == []


def test_what_owes_no_commit_a_status_is_silent(github: Serving, job: Path) -> None:
    (job / "publication.json").write_text(json.dumps(handover_document(NOTHING_OWED)))
    assert main(["publish", str(job), "--ended=0"]) == 0
    assert github.requests == []


def test_a_job_for_one_root_that_never_began_leaves_the_other_roots_alone(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALGATE_POLICY", ".github/evalgate.billing.yml")
    main(["publish", str(job), "--ended=2"])
    assert states(github) == {"evalgate / billing": "error"}


def test_jobs_for_several_policies_have_a_comment_each(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_verdict(job)
    for root in ("billing", "cards"):
        hand_over(job, {root: "."})
        monkeypatch.setenv("EVALGATE_POLICY", f".github/evalgate.{root}.yml")
        main(["publish", str(job), "--ended=0"])
    assert len(github.state.bodies(NUMBER)) == 2


def test_a_verdict_without_its_page_is_none(github: Serving, job: Path) -> None:
    leave_verdict(job)
    (job / "comment.md").unlink()
    hand_over(job, {"main": "."})
    assert main(["publish", str(job), "--ended=0"]) == 0
    assert states(github) == {"evalgate": "error"}


def test_a_token_that_is_none_is_a_warning(
    github: Serving, job: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EVALGATE_TOKEN", "not a token")
    leave_verdict(job)
    hand_over(job, {"main": "."})
    assert main(["publish", str(job), "--ended=0"]) == 0
    assert github.requests == []
    assert "::warning title=evalgate::Nothing could be published" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["COMMENT", "CHECK_RUN"])
def test_a_misspelt_input_leaves_no_commit_waiting(
    github: Serving,
    job: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.setenv(f"EVALGATE_{name}", "yes")
    leave_verdict(job)
    hand_over(job, {"main": "."})
    main(["publish", str(job), "--ended=0"])
    assert states(github) == {"evalgate": "success"}
    assert len(github.state.bodies(NUMBER)) == 1
    assert github.state.check_runs == {}
    assert "takes true or false, not `yes`" in capsys.readouterr().out
