"""Facts about committing records to GitHub while others do the same."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.adapters.records import RecordFiles
from evalgate.cli.committing import ATTEMPTS, Ledger, commit_records
from evalgate.cli.keeping import record_text
from evalgate.errors import GitHubError, NotPermittedError
from evalgate.model.trial import Trial
from evalgate.simulator.fake_github import FakeGitHub
from tests.unit.cli.test_keeping import STABLE, trial

FILE = "reports/baselines/p.p.jsonl"
A, B, C = trial("a"), trial("b"), trial("c")


def ledger(*trials: Trial, is_latest: bool = True, branch: str = "records") -> Ledger:
    return Ledger(
        branch=branch,
        trials={FILE: trials},
        stable={"p": STABLE},
        is_latest=lambda: is_latest,
        source="for abc by evalgate",
    )


def kept(github: FakeGitHub, branch: str = "records") -> list[str]:
    content = github.files(branch)[FILE].encode()
    return [each.case for each in RecordFiles({FILE: content}).trials()]


def holding(*trials: Trial) -> FakeGitHub:
    github = FakeGitHub()
    github.seed("records", {FILE: record_text(trials), "README.md": "kept"})
    return github


def test_the_first_records_begin_a_branch_that_has_nothing_else() -> None:
    github = FakeGitHub()
    github.seed("main", {"prompts/p/v1.md": "x"})
    made = commit_records(github, ledger(A))
    assert github.tip("records") == made
    assert set(github.files("records")) == {FILE}
    commit = github.commits[github.branches["records"]]
    assert commit.parents == ()
    assert commit.message == (
        f"Record trials of stable versions\n\n{FILE}: 1 trial\n\nRecorded for abc by evalgate\n"
    )


def test_later_records_join_those_that_are_there() -> None:
    github = holding(A)
    commit_records(github, ledger(B))
    assert kept(github) == ["a", "b"]
    assert github.files("records")["README.md"] == "kept"


def test_nothing_is_committed_where_nothing_is_lacking() -> None:
    github = holding(A, B)
    assert commit_records(github, ledger(B)) is None
    assert github.writes == []


def test_only_the_files_that_change_are_committed() -> None:
    github = FakeGitHub()
    other = FILE.replace("p.p", "p.more")
    github.seed("records", {FILE: record_text([A])})
    asked = replace(ledger(A), trials={FILE: [A], other: [trial("a", evalset="more")]})
    commit_records(github, asked)
    message = github.commits[github.branches["records"]].message
    assert (other in message, f"{FILE}:" in message) == (True, False)


@pytest.mark.parametrize("others", [[[B]], [[B], [B, C]]])
@pytest.mark.parametrize("is_first", [True, False])
def test_of_runs_that_commit_at_once_none_loses_anything(
    others: Sequence[Sequence[Trial]], is_first: bool
) -> None:
    github = FakeGitHub() if is_first else holding()
    waiting = list(others)

    def meanwhile(_: str) -> None:
        if waiting:
            github.seed("records", {FILE: record_text(waiting.pop(0))})

    github.before = meanwhile
    commit_records(github, ledger(A))
    assert kept(github) == sorted({"a", *(each.case for each in others[-1])})


def test_a_branch_that_never_rests_is_an_error_in_the_end() -> None:
    github = holding()
    moves: list[int] = []

    def meanwhile(_: str) -> None:
        moves.append(len(moves))
        github.seed("records", {"README.md": str(moves)})

    github.before = meanwhile
    with pytest.raises(GitHubError, match="was moved by others 5 times"):
        commit_records(github, ledger(A))
    assert len(moves) == ATTEMPTS


def test_a_run_for_an_older_commit_drops_nothing() -> None:
    other = replace(trial("z"), version_hash="another", asked="z")
    github = holding(other)
    commit_records(github, ledger(A, is_latest=False))
    assert kept(github) == ["a", "z"]
    commit_records(github, ledger(A))
    assert kept(github) == ["a"]


def test_a_token_that_may_not_write_is_told_of() -> None:
    github = FakeGitHub(refused=("contents",))
    with pytest.raises(NotPermittedError, match="contents: write"):
        commit_records(github, ledger(A))


def test_a_branch_that_moves_after_it_was_read_loses_nothing() -> None:
    github = holding(A)
    others = [B]

    def somebody_is_faster() -> bool:
        while others:
            github.seed("records", {FILE: record_text([A, others.pop()])})
        return True

    commit_records(github, replace(ledger(C), is_latest=somebody_is_faster))
    assert kept(github) == ["a", "b", "c"]
