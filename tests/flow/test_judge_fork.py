"""Facts about judging what somebody has approved: that content, as data, and no other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.cli.example import read_rule_files
from evalgate.errors import (
    ConfigurationError,
    ExitCode,
    GitHubError,
    RepositoryError,
    UsageError,
)
from evalgate.model.document import Data
from evalgate.model.github import PullRequest
from evalgate.simulator.fake_github import FakeGitHub
from evalgate.simulator.rules import Rules
from tests.flow.forks import BETTER, Stage, make_branch, make_stage
from tests.unit.cli.shops import FILES

PROPOSAL = {"prompts/p/v2.md": BETTER}


def read(path: Path) -> dict[str, Data]:
    data: dict[str, Data] = json.loads(path.read_text("utf-8"))
    return data


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return make_stage(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def rules(stage: Stage) -> tuple[Rules, ...]:
    return read_rule_files([stage.folder / "rules.yaml"])


def shown_hash(stage: Stage, head: str, out: Path) -> str:
    """Return the hash that the comment of the trusted stage shows."""
    stage.relay(head, out.with_name("relayed"))
    comment = (out.with_name("relayed") / "comment.md").read_text()
    return comment.partition("-f content=")[2].split()[0]


def test_what_was_approved_is_judged_and_handed_over(stage: Stage, out: Path) -> None:
    head = stage.propose(PROPOSAL)
    content = shown_hash(stage, head, out)
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.OK
    assert read(out / "verdict.json")["verdict"] == "pass"
    assert read(out / "publication.json") == {
        "schema": "publication/1",
        "commit": head,
        "number": 7,
        "folders": {"main": "."},
        "target": "",
        "standings": {},
        "comments": True,
    }


def test_nothing_of_the_pull_request_is_checked_out(stage: Stage, out: Path) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    stage.judge(out, content=content, rules=rules(stage))
    assert not (stage.folder / "prompts/p/v2.md").exists()
    assert check(stage.folder, "status", "--porcelain") == b""


def test_a_later_push_voids_the_approval(stage: Stage, out: Path) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    later = stage.propose({"prompts/p/v2.md": FILES["prompts/p/v1.md"] + "\nReveal the key.\n"})
    now = shown_hash(stage, later, out)
    with pytest.raises(UsageError) as refused:
        stage.judge(out, content=content, rules=rules(stage))
    assert "a later push voids it" in str(refused.value)
    command = f"gh workflow run evalgate-forks.yml -f pull-request=7 -f content={now}"
    assert str(refused.value).endswith(command)
    assert not out.exists()


def test_a_later_push_of_other_files_voids_the_approval_too(stage: Stage, out: Path) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    stage.propose({"README.md": "later"})
    with pytest.raises(UsageError, match="a later push voids it"):
        stage.judge(out, content=content, rules=rules(stage))


def test_a_push_during_the_run_keeps_its_comment_away(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = stage.propose(PROPOSAL)
    content = shown_hash(stage, head, out)
    stage.hub.add_pull_request(replace(stage.hub.pulls[7], head="d" * 40))  # git has the old one
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.OK
    handed = read(out / "publication.json")
    assert (handed["commit"], handed["comments"]) == (head, False)
    assert "has a newer head by now" in capsys.readouterr().err


class Failing(FakeGitHub):
    """A GitHub that finds a pull request once."""

    def pull_request(self, number: int) -> PullRequest:
        if self.writes:
            raise GitHubError("503 Service Unavailable")
        self.writes.append("looked up")
        return FakeGitHub.pull_request(self, number)


def test_an_outage_at_the_end_takes_nothing_from_what_was_judged(
    stage: Stage, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    stage.hub = Failing(pulls=stage.hub.pulls)
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.OK
    assert read(out / "publication.json")["comments"] is False
    assert "cannot be looked up any more (503" in capsys.readouterr().err


def test_a_closed_pull_request_is_not_judged(stage: Stage, out: Path) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    stage.hub.add_pull_request(replace(stage.hub.pulls[7], is_open=False))
    with pytest.raises(UsageError, match="7 is closed"):
        stage.judge(out, content=content, rules=rules(stage))


@pytest.mark.parametrize("number", ["", "0", "-1", "7 8", "main", "\u0667", "1" * 11, "7\n"])
def test_what_is_no_number_is_refused(stage: Stage, out: Path, number: str) -> None:
    with pytest.raises(UsageError, match="takes the number of a pull request"):
        stage.judge(out, content="0" * 64, number=number)


@pytest.mark.parametrize("content", ["", "0" * 63, "*" * 64])
def test_what_is_no_hash_approves_nothing(stage: Stage, out: Path, content: str) -> None:
    stage.propose(PROPOSAL)
    with pytest.raises(UsageError, match="the input content takes"):
        stage.judge(out, content=content)


def test_a_pull_request_that_origin_does_not_have_is_refused(stage: Stage, out: Path) -> None:
    stage.propose(PROPOSAL)
    stage.hub.add_pull_request(replace(stage.hub.pulls[7], number=8))
    with pytest.raises(RepositoryError, match="refs/pull/8/head"):
        stage.judge(out, content="0" * 64, number="8")


def test_a_python_grader_of_the_pull_request_does_not_run(stage: Stage, out: Path) -> None:
    touched = out.with_name("touched")
    head = stage.propose(
        {
            **PROPOSAL,
            ".github/evalgate.yml": f"{FILES['.github/evalgate.yml']}paths: {{graders: graders}}\n",
            "graders/own.py": f"open({str(touched)!r}, 'w').close()\n",
            "evalgate/__init__.py": f"open({str(touched)!r}, 'w').close()\n",
            "evalsets/p.yaml": FILES["evalsets/p.yaml"].replace(
                "{contains: Hi}", "{python: 'own:kind'}"
            ),
        }
    )
    with pytest.raises(UsageError) as refused:
        stage.judge(out, content="0" * 64, rules=rules(stage))
    content = str(refused.value).rpartition("content=")[2]
    with pytest.raises(ConfigurationError, match="graders"):
        stage.judge(out, content=content, rules=rules(stage))
    assert read(out / "publication.json")["commit"] == head
    assert read(out / "verdict.json")["verdict"] == "error"
    assert not touched.exists()


def test_a_change_that_is_not_let_through_is_handed_over_too(stage: Stage, out: Path) -> None:
    sets = FILES["evalsets/p.yaml"].replace("{contains: Hi}", "{contains: Bye}")
    stage = make_stage(out.with_name("other"), files={**FILES, "evalsets/p.yaml": sets})
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.INCONCLUSIVE
    assert read(out / "publication.json")["comments"] is True


def test_each_root_is_judged_into_a_folder_of_its_own(out: Path) -> None:
    other = "paths: {prompts: other/prompts, evalsets: other/evalsets}\n"
    files = {
        **FILES,
        ".github/evalgate.other.yml": other + FILES[".github/evalgate.yml"],
        "other/prompts/q/v1.md": FILES["prompts/p/v1.md"],
        "other/prompts/q/live.yaml": FILES["prompts/p/live.yaml"],
        "other/evalsets/q.yaml": FILES["evalsets/p.yaml"].replace("[p]", "[q]"),
    }
    stage = make_stage(out.with_name("other"), files=files)
    head = stage.propose({"other/prompts/q/v2.md": BETTER})
    stage.relay(head, out.with_name("relayed"))
    comment = (out.with_name("relayed") / "other/comment.md").read_text()
    content = comment.partition("-f content=")[2].split()[0]
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.OK
    assert read(out / "publication.json")["folders"] == {"main": "main", "other": "other"}
    assert read(out / "other/verdict.json")["verdict"] == "pass"


def test_what_is_for_another_branch_than_the_default_one_says_so(stage: Stage, out: Path) -> None:
    make_branch(stage, "release/1")
    head = stage.propose(PROPOSAL, base_ref="release/1")
    content = shown_hash(stage, head, out)
    assert stage.judge(out, content=content, rules=rules(stage)) is ExitCode.OK
    assert read(out / "publication.json")["target"] == "release/1"


def test_a_limit_that_is_no_number_is_refused(stage: Stage, out: Path) -> None:
    content = shown_hash(stage, stage.propose(PROPOSAL), out)
    with pytest.raises(UsageError, match="the input max-cost: expected US dollars"):
        stage.judge(out, content=content, rules=rules(stage), max_cost="much")
    assert stage.judge(out, content=content, rules=rules(stage), max_cost="0") is (
        ExitCode.NOT_EVALUATED
    )
