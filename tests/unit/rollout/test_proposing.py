"""Facts about proposing a move of a live pointer once."""

from dataclasses import replace

import pytest

from evalgate.errors import BranchMovedError
from evalgate.model.github import PullRequest
from evalgate.rollout.moving import PointerMove
from evalgate.rollout.proposing import Proposal, propose
from evalgate.simulator.fake_github import FakeGitHub

LIVE = "prompts/p/live.yaml"
MOVE = PointerMove(branch="main", path=LIVE, before="old\n", after="new\n", message="Move")
PROPOSAL = Proposal(move=MOVE, branch="evalgate/rollout-p", title="Move", body="Why.")


def github() -> FakeGitHub:
    fake = FakeGitHub()
    fake.seed("main", {LIVE: "old\n", "other.txt": ""})
    return fake


def ask(fake: FakeGitHub, *, again: bool = False, text: str = "new\n") -> PullRequest | None:
    proposal = replace(PROPOSAL, move=replace(MOVE, after=text))
    return propose(fake, proposal, owner="team", again=again)


def test_the_first_time_a_branch_and_a_pull_request_are_made() -> None:
    fake = github()
    pull = ask(fake)
    assert pull is not None
    assert (pull.head_ref, pull.base_ref) == (PROPOSAL.branch, "main")
    assert fake.files(PROPOSAL.branch)[LIVE] == "new\n"
    assert fake.files("main")[LIVE] == "old\n"


@pytest.mark.parametrize("again", [False, True])
def test_while_it_is_open_nothing_is_written(*, again: bool) -> None:
    fake = github()
    first, writes = ask(fake), len(fake.writes)
    assert ask(fake, again=again, text="newer\n") == first
    assert len(fake.writes) == writes
    assert fake.files(PROPOSAL.branch)[LIVE] == "new\n"


def test_one_that_was_closed_stays_so_unless_somebody_asks() -> None:
    fake = github()
    first = ask(fake)
    assert first is not None
    fake.pulls[first.number] = replace(first, is_open=False)
    assert ask(fake) is None
    second = ask(fake, again=True)
    assert second is not None
    assert second.number != first.number


def test_a_pull_request_onto_another_branch_is_another_one() -> None:
    fake = github()
    first = ask(fake)
    assert first is not None
    fake.pulls[first.number] = replace(first, base_ref="release")
    assert ask(fake) is None


def test_a_file_that_has_changed_is_not_proposed() -> None:
    fake = github()
    fake.seed("main", {LIVE: "theirs\n"})
    with pytest.raises(BranchMovedError):
        ask(fake)
    assert fake.writes == []
