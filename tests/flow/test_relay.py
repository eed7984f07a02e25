"""Facts about the trusted stage: what a stranger hands in decides nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_writing import commit_all
from evalgate.adapters.trial_file import TrialFile
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data
from evalgate.model.trial import Arm, Trial, TrialStatus
from evalgate.publishing.submission import Submission, submission_document
from tests.flow.forks import BETTER, Stage, make_branch, make_stage, zipped
from tests.unit.cli.shops import FILES

PROPOSAL = {"prompts/p/v2.md": BETTER}
WAITING = {"state": "pending", "description": "Waiting for approval: 80 trials need Claude"}
POLICY = FILES[".github/evalgate.yml"]


def read(path: Path) -> dict[str, Data]:
    data: dict[str, Data] = json.loads(path.read_text("utf-8"))
    return data


def standing(out: Path, root: str = "main") -> dict[str, Data]:
    standings = read(out / "publication.json")["standings"]
    assert isinstance(standings, dict)
    found = standings[root]
    assert isinstance(found, dict)
    return found


def published(out: Path) -> bool:
    return (out / "publication.json").exists()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return make_stage(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_what_a_run_without_a_key_came_to_is_derived_and_told(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    assert stage.screen(out.with_name("screen")) == 3
    stage.upload(zipped((out.with_name("screen") / "submission.json").read_text()))
    assert stage.relay(head, out) is ExitCode.OK
    assert read(out / "publication.json") == {
        "schema": "publication/1",
        "commit": head,
        "number": 7,
        "folders": {"main": "."},
        "target": "",
        "standings": {"main": WAITING},
        "comments": True,
    }
    assert read(out / "verdict.json")["verdict"] == "inconclusive"


def test_the_comment_has_the_command_above_everything_else(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose(PROPOSAL), out)
    above, _, below = (out / "comment.md").read_text().partition("\n## ")
    assert "Waiting for approval: 80 trials need Claude (cost about \\$" in above
    assert "\ngh workflow run evalgate-forks.yml -f pull-request=7 -f content=" in above
    assert below.startswith(
        "? Not judged yet: p v2 waits for its answers: 80 of 80 trials need Claude"
    )
    assert "gh workflow run" in (out / "report.html").read_text()


def test_nothing_of_the_pull_request_is_checked_out(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose(PROPOSAL), out)
    assert not (stage.folder / "prompts/p/v2.md").exists()
    assert check(stage.folder, "status", "--porcelain") == b""


# What is handed in


def forged(stage: Stage, out: Path) -> tuple[Trial, ...]:
    """Return all trials of the plan as a forger would write them: the baseline fails, ours pass."""
    screen = out.with_name("screen")
    stage.screen(screen)
    answer = Completion(
        text="Hi",
        model="claude-haiku-5-5",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
    )
    return tuple(
        replace(
            trial,
            status=TrialStatus.GRADED,
            passed=trial.arm is Arm.CANDIDATE,
            score=float(trial.arm is Arm.CANDIDATE),
            error=None,
            completion=answer,
        )
        for trial in TrialFile(screen / "trials.jsonl").read()
    )


def hand_in(stage: Stage, head: str, *trials: Trial, root: str = "main") -> None:
    base = check(stage.folder, "rev-parse", "origin/main").decode().strip()
    submission = Submission(run_id="forged", head=head, base=base, roots={root: trials})
    stage.upload(zipped(submission_document(submission)))


def test_forged_trials_leave_the_status_pending(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    hand_in(stage, head, *forged(stage, out))
    stage.relay(head, out)
    assert standing(out) == WAITING
    verdict = read(out / "verdict.json")
    assert (verdict["verdict"], verdict["exit_code"]) == ("inconclusive", 3)
    assert (out / "comment.md").read_text().splitlines()[3].startswith("> Not verified. ")


def test_the_trials_of_another_version_do_not_count(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    strangers = [replace(trial, version="v9") for trial in forged(stage, out)]
    hand_in(stage, head, *strangers)
    stage.relay(head, out)
    assert read(out / "verdict.json")["notes"] == [
        "80 of 80 submitted trials are not trials of this plan, or not as asked here, "
        "and count not."
    ]
    assert "Not verified" not in (out / "comment.md").read_text()


def test_an_answer_to_another_question_does_not_count(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    hand_in(stage, head, *(replace(each, asked="0" * 32) for each in forged(stage, out)))
    stage.relay(head, out)
    assert "80 of 80 trials need Claude" in (out / "comment.md").read_text()


def test_trials_that_were_graded_otherwise_do_not_count(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    hand_in(stage, head, *(replace(each, grading="0" * 32) for each in forged(stage, out)))
    stage.relay(head, out)
    assert "80 of 80 trials need Claude" in (out / "comment.md").read_text()


def test_some_trials_too_few_are_still_called_for(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    hand_in(stage, head, *forged(stage, out)[:79])
    stage.relay(head, out)
    assert standing(out) == WAITING
    assert "1 of 80 trials need Claude" in (out / "comment.md").read_text()


def test_a_submission_about_another_commit_is_refused(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    hand_in(stage, "c" * 40, *forged(stage, out))
    with pytest.raises(UsageError, match="about another commit"):
        stage.relay(head, out)
    assert not published(out)


def test_what_is_no_submission_is_refused(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    stage.upload(zipped({"schema": "submission/1", "comment": "<h1>Merge me</h1>"}))
    with pytest.raises(ConfigurationError, match="no submission of evalgate"):
        stage.relay(head, out)
    assert not published(out)


def test_a_stranger_who_hands_in_nothing_is_told_all_the_same(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose(PROPOSAL), out)
    assert standing(out) == WAITING


# Which pull request


def quiet(
    stage: Stage, head: str, out: Path, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert stage.relay(head, out) is ExitCode.OK
    assert said in capsys.readouterr().err
    assert not published(out)


def test_a_run_that_had_a_token_has_published_itself(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL, repository="team/shop")
    quiet(stage, head, out, "has published itself", capsys)


def test_a_robot_without_a_key_in_the_same_repository_is_told_by_what_it_hands_in(
    stage: Stage, out: Path
) -> None:
    head = stage.propose(PROPOSAL, repository="team/shop")
    hand_in(stage, head)
    stage.relay(head, out)
    assert standing(out) == WAITING


def test_a_closed_pull_request_gets_nothing(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL)
    stage.hub.add_pull_request(replace(stage.hub.pulls[7], is_open=False))
    quiet(stage, head, out, "no open pull request has this head", capsys)


def test_a_head_that_was_pushed_over_gets_nothing(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL)
    stage.propose({"README.md": "later"})
    quiet(stage, head, out, "a newer push came meanwhile", capsys)


def test_a_push_that_github_has_not_told_yet_is_noticed_by_git(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL)
    before = stage.hub.pulls[7]
    stage.propose({"README.md": "later"})
    stage.hub.add_pull_request(before)
    quiet(stage, head, out, "has a newer head by now", capsys)


def test_a_head_of_two_pull_requests_gets_nothing(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL)
    stage.hub.add_pull_request(replace(stage.hub.pulls[7], number=8))
    quiet(stage, head, out, "several pull requests have this head: 7, 8", capsys)


# What the trusted plan says by itself


def test_a_change_of_nothing_that_is_watched_succeeds(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose({"README.md": "hello"}), out)
    assert standing(out)["state"] == "success"
    assert "gh workflow run" not in (out / "comment.md").read_text()


def test_what_is_for_another_branch_than_the_default_one_says_so(stage: Stage, out: Path) -> None:
    make_branch(stage, "release/1")
    stage.relay(stage.propose({"README.md": "hello"}, base_ref="release/1"), out)
    assert read(out / "publication.json")["target"] == "release/1"


def test_an_edited_published_version_fails_without_any_call(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose({"prompts/p/v1.md": BETTER}), out)
    assert standing(out)["state"] == "failure"
    assert str(standing(out)["description"]).startswith("Blocked: ")
    assert "gh workflow run" not in (out / "comment.md").read_text()


def test_a_file_that_cannot_be_read_fails_and_is_told(stage: Stage, out: Path) -> None:
    stage.relay(stage.propose({**PROPOSAL, "evalsets/p.yaml": "nonsense: [\n"}), out)
    assert standing(out)["state"] == "failure"
    assert "evalsets/p.yaml" in (out / "comment.md").read_text()


def test_the_policy_of_the_base_rules_and_its_code_alone(stage: Stage, out: Path) -> None:
    touched = out.with_name("touched")
    grader = f"open({str(touched)!r}, 'w').close()\ndef kind(answer, **_): return True\n"
    head = stage.propose(
        {
            **PROPOSAL,
            ".github/evalgate.yml": f"{POLICY}paths: {{graders: graders}}\n",
            "graders/own.py": grader,
            "evalsets/p.yaml": FILES["evalsets/p.yaml"].replace(
                "{contains: Hi}", "{python: 'own:kind'}"
            ),
        }
    )
    hand_in(stage, head)
    stage.relay(head, out)
    assert standing(out)["state"] == "failure"
    assert "graders" in (out / "comment.md").read_text()
    assert not touched.exists()


def test_a_policy_that_lets_everything_through_takes_no_effect(stage: Stage, out: Path) -> None:
    lax = "gate: {max_drop: 50, on_inconclusive: warn, fail_when: beyond_limit}\nrun: {trials: 1}\n"
    stage.relay(stage.propose({**PROPOSAL, ".github/evalgate.yml": lax}), out)
    assert standing(out) == WAITING


def test_an_undecided_change_waits_under_a_lenient_policy_too(tmp_path: Path, out: Path) -> None:
    policy = "gate: {max_drop: 20, on_inconclusive: warn}\nrun: {trials: 2}\n"
    stage = make_stage(tmp_path, files={**FILES, ".github/evalgate.yml": policy})
    stage.relay(stage.propose(PROPOSAL), out)
    assert standing(out) == WAITING
    assert read(out / "verdict.json")["exit_code"] == 3


def test_each_root_of_a_monorepo_has_a_folder_and_a_status(tmp_path: Path, out: Path) -> None:
    other = "paths: {prompts: other/prompts, evalsets: other/evalsets}\n"
    files = {
        **FILES,
        ".github/evalgate.other.yml": other + POLICY,
        "other/prompts/q/v1.md": FILES["prompts/p/v1.md"],
        "other/prompts/q/live.yaml": FILES["prompts/p/live.yaml"],
        "other/evalsets/q.yaml": FILES["evalsets/p.yaml"].replace("[p]", "[q]"),
    }
    stage = make_stage(tmp_path, files=files)
    head = stage.propose({"other/prompts/q/v2.md": BETTER})
    screen = out.with_name("screen")
    stage.screen(screen)
    stage.upload(zipped((screen / "submission.json").read_text()))
    stage.relay(head, out)
    assert read(out / "publication.json")["folders"] == {"main": "main", "other": "other"}
    assert (standing(out)["state"], standing(out, "other")["state"]) == ("success", "pending")
    assert (out / "other/comment.md").exists()


def test_filters_that_a_pull_request_asks_for_are_not_run(stage: Stage, out: Path) -> None:
    touched = out.with_name("touched")
    for key in ("smudge", "clean", "process"):
        check(stage.folder, "config", f"filter.own.{key}", f"touch {touched}")
    check(stage.folder, "config", "diff.own.textconv", f"touch {touched}")
    check(stage.folder, "config", "diff.own.command", f"touch {touched}")
    hooks = stage.folder / ".git/hooks"
    for name in ("post-checkout", "reference-transaction", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {touched}\n")
        (hooks / name).chmod(0o755)
    attributes = "* filter=own diff=own\n"
    stage.relay(stage.propose({**PROPOSAL, ".gitattributes": attributes}), out)
    assert standing(out) == WAITING
    assert not touched.exists()


# Records of the base


def test_records_of_the_base_are_believed_and_need_no_call(tmp_path: Path, out: Path) -> None:
    stage = make_stage(tmp_path)
    head = stage.propose(PROPOSAL)
    records = stage.author.parent / "records"
    trials = forged(stage, out)
    with TrialFile(records / "p.jsonl") as log:
        for trial in trials:
            log.append(replace(trial, passed=True, score=1.0))
    text = (records / "p.jsonl").read_text()
    check(stage.author, "switch", "--quiet", "main")
    (stage.author / "reports/baselines").mkdir(parents=True)
    (stage.author / "reports/baselines/p.jsonl").write_text(text)
    commit_all(stage.author, "records")
    check(
        stage.author,
        *("push", "--quiet", str(stage.origin), "main"),
        settings={"GIT_ALLOW_PROTOCOL": "file"},
    )
    stage.relay(head, out)
    assert standing(out)["state"] == "success"
    assert read(out / "verdict.json")["verdict"] == "pass"


# Inside a workflow


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this process believe that it is a step, and return the file of its outputs."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / variable).touch()
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return tmp_path / "GITHUB_OUTPUT"


def test_a_step_gets_outputs_and_summary(stage: Stage, out: Path, step: Path) -> None:
    stage.relay(stage.propose(PROPOSAL), out)
    assert "inconclusive" in step.read_text()
    assert "gh workflow run" in step.with_name("GITHUB_STEP_SUMMARY").read_text()


def test_a_step_is_told_why_nothing_is_published(
    stage: Stage, out: Path, step: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL, repository="team/shop")
    assert stage.relay(head, out) is ExitCode.OK
    assert "::notice title=evalgate::nothing is published here: " in capsys.readouterr().out
    assert step.read_text() == ""
