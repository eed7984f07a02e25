"""Facts about where records are read: committed, or on a branch of their own."""

from collections.abc import Mapping

import pytest

from evalgate.gate.records import KeptRecords, read_records
from evalgate.model.policy import BaselineSettings, Policy
from evalgate.simulator.fakes import MemoryRepository, text_tree

FILE = "reports/baselines/p.a.jsonl"
ORIGIN, LOCAL = "refs/remotes/origin/records", "refs/heads/records"
BRANCH = Policy(baseline=BaselineSettings(branch="records"))


def repository(refs: Mapping[str, str]) -> MemoryRepository:
    return MemoryRepository(
        commits={
            "b": text_tree({FILE: "committed"}),
            "one": text_tree({FILE: "one", "other": "x"}),
            "two": text_tree({FILE: "two"}),
            "own": text_tree({FILE: "own"}),
        },
        parents={"two": ("one",)},
        refs=refs,
        work_tree=text_tree({FILE: "here"}),
    )


def read(
    *,
    policy: Policy = BRANCH,
    refs: Mapping[str, str] | None = None,
    trusted: str | None = "b",
    in_workflow: bool = True,
    at: str | None = None,
) -> KeptRecords:
    known = {ORIGIN: "two", LOCAL: "own"} if refs is None else refs
    return read_records(repository(known), policy, trusted=trusted, in_workflow=in_workflow, at=at)


def content(kept: KeptRecords) -> str:
    return kept.files[FILE].decode()


@pytest.mark.parametrize(("trusted", "found"), [("b", "committed"), (None, "here")])
def test_without_a_branch_records_lie_beside_the_prompts(trusted: str | None, found: str) -> None:
    kept = read(policy=Policy(), trusted=trusted)
    assert (content(kept), kept.at, kept.notes) == (found, None, ())


@pytest.mark.parametrize("trusted", ["b", None])
@pytest.mark.parametrize("in_workflow", [True, False])
def test_with_a_branch_they_come_from_origin_and_nowhere_else(
    trusted: str | None, in_workflow: bool
) -> None:
    kept = read(trusted=trusted, in_workflow=in_workflow)
    assert (content(kept), kept.at, kept.notes) == ("two", "two", ())
    assert set(kept.files) == {FILE}


def test_a_branch_of_this_clone_counts_where_nobody_else_can_have_made_it() -> None:
    assert content(read(refs={LOCAL: "own"}, in_workflow=False)) == "own"
    assert read(refs={LOCAL: "own"}, in_workflow=True).files == {}


def test_no_branch_is_no_error() -> None:
    kept = read(refs={})
    assert (kept.files, kept.at) == ({}, "")
    assert kept.notes == (
        "There is no record yet: this clone has no branch records of origin (`fetch-depth: 0` "
        "brings it; pushes to the default branch record, once a workflow does so).",
    )


def test_a_run_goes_on_with_the_records_that_it_began_with() -> None:
    assert content(read(at="one")) == "one"
    assert read(at="").files == {}


@pytest.mark.parametrize("at", ["own", "b", "gone"])
def test_a_commit_that_the_branch_has_never_been_at_has_no_records(at: str) -> None:
    assert read(at=at).files == {}
