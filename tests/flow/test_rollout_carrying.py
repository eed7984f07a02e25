"""Facts about how a rollout's move is carried out on GitHub: by whom, in which way, on record."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.errors import BranchMovedError, ExitCode, NotPermittedError, UsageError
from evalgate.model.milestone import Phase
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.stepping import advanced, held
from tests.flow.promotions import POLICY
from tests.flow.rollouts import (
    BAD,
    BY_COMMIT,
    BY_PULL_REQUEST,
    ENOUGH,
    Crew,
    before_the_first,
    make_crew,
    share_of,
)

pytestmark = pytest.mark.slow


# By pull request


def test_an_advance_by_pull_request_waits_for_people(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST)
    crew.serve(ENOUGH)
    settled = crew.dispatch("advance")
    assert (settled.code, share_of(crew)) == (ExitCode.OK, ("v2", 20.0))
    [pull] = crew.github.pulls.values()
    assert pull.head_ref.startswith("evalgate/rollout-p-v2-50-")
    assert share_of(crew, pull.head_ref) == ("v2", 50.0)
    body = crew.github.bodies[pull.number]
    assert body.startswith("Roll out p v2 to 50 %\n")
    assert "https://github.com/team/shop/actions/runs/7" in body
    assert "once this is merged" in body
    assert crew.states == [["in_progress", "queued"]]
    assert crew.last_word.startswith("waiting for pull request #1: v2 of p gets 50 %")


def test_the_same_advance_is_proposed_once(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST)
    crew.serve(ENOUGH)
    crew.dispatch("advance")
    crew.serve(ENOUGH)
    settled = crew.dispatch("advance")
    assert settled.said.endswith(
        "once the pull request 1 is merged (https://github.example/team/shop/pull/1)"
    )
    assert len(crew.github.pulls) == 1


def test_a_pull_request_that_was_closed_is_opened_anew_when_somebody_asks(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST)
    crew.serve(ENOUGH)
    crew.dispatch("advance")
    crew.github.pulls[1] = replace(crew.github.pulls[1], is_open=False)
    crew.dispatch("advance")
    assert [pull.is_open for pull in crew.github.pulls.values()] == [False, True]


def test_a_rollback_that_may_not_be_committed_is_proposed(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH, canary=BAD)

    def refuse() -> None:
        raise NotPermittedError("403 Forbidden: the branch is protected")

    before_the_first(crew, "commit", refuse)
    settled = crew.dispatch("advance")
    assert (settled.code, share_of(crew)) == (ExitCode.FAIL, ("v2", 20.0))
    [pull] = crew.github.pulls.values()
    assert share_of(crew, pull.head_ref) is None
    assert settled.said.endswith(f"once the pull request 1 is merged ({pull.url})")
    assert crew.states == [["in_progress", "queued"]]


# Who is quicker


def rival(crew: Crew, name: str) -> Callable[[], None]:
    """Return what somebody else does to the default branch on GitHub."""

    def act() -> None:
        live = replace(crew.prompt, live=crew.pointer())
        moves = {
            "advances": lambda: advanced(live, rules=crew.rules, signature=crew.signature),
            "holds": lambda: held(live, signature=crew.signature),
            "rolls back": lambda: rolled_back(live, signature=crew.signature),
        }
        if name in moves:
            crew.merge(moves[name]())
        else:
            crew.put({name: f"{crew.files.get(name, '')}# more\n"})

    return act


@pytest.mark.parametrize("name", ["advances", "holds", "rolls back", "prompts/p/v2.md", POLICY])
@pytest.mark.parametrize("policy", [BY_COMMIT, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_an_advance_gives_way_to_whoever_changes_what_it_is_about(
    tmp_path: Path, name: str, policy: str
) -> None:
    crew = make_crew(tmp_path, policy=policy)
    crew.serve(ENOUGH)
    before_the_first(crew, "create_deployment", rival(crew, name))
    with pytest.raises(BranchMovedError, match="dispatch the workflow again") as caught:
        crew.dispatch("advance")
    assert caught.value.exit_code is ExitCode.NOT_EVALUATED
    assert "commit" not in crew.github.writes
    assert crew.states == [["in_progress", "failure"]]


def test_of_two_that_advance_at_once_one_does(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)

    def other() -> None:
        crew.now += 1
        assert crew.dispatch("advance").code is ExitCode.OK

    before_the_first(crew, "commit", other)
    with pytest.raises(BranchMovedError):
        crew.dispatch("advance")
    assert share_of(crew) == ("v2", 50.0)
    assert [states[-1] for states in crew.states] == ["failure", "success"]


@pytest.mark.parametrize("name", ["advances", "holds", "prompts/p/v2.md", POLICY, "notes.txt"])
@pytest.mark.parametrize("write", ["create_deployment", "commit"])
def test_a_rollback_wins_over_whoever_is_quicker(tmp_path: Path, name: str, write: str) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH, canary=BAD)
    before_the_first(crew, write, rival(crew, name))
    assert crew.dispatch("advance").code is ExitCode.FAIL
    assert share_of(crew) is None
    assert crew.last.phase is Phase.ROLLED_BACK
    assert crew.states == [["in_progress", "success"]]
    assert set(crew.files) <= set(crew.github.files("main"))


def test_two_rollbacks_at_once_are_one(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    before_the_first(crew, "commit", rival(crew, "rolls back"))
    settled = crew.dispatch("rollback", calls="")
    assert (settled.code, share_of(crew)) == (ExitCode.OK, None)
    assert settled.said.startswith("somebody else was quicker: ")
    assert [move.rollout and move.rollout.phase for move in crew.pointer().history][-2:] == [
        Phase.SERVING,
        Phase.ROLLED_BACK,
    ]
    assert crew.states == [["in_progress", "success"]]


def test_a_rollback_is_of_the_rollout_that_was_looked_at(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH, canary=BAD)

    def another() -> None:
        rival(crew, "rolls back")()
        crew.begin("v3")

    before_the_first(crew, "commit", another)
    with pytest.raises(UsageError, match="another rollout of `p` has begun in this moment"):
        crew.dispatch("advance")
    assert share_of(crew) == ("v3", 20.0)
    assert crew.states == [["in_progress", "failure"]]


def test_a_version_that_was_edited_since_the_start_goes_no_further(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    crew.put({"prompts/p/v2.md": f"{crew.files['prompts/p/v2.md']}\nMore.\n"})
    with pytest.raises(UsageError, match="has changed since the rollout began"):
        crew.dispatch("advance", override="true", reason="it is fine")


# What the token lacks


def test_a_token_that_may_not_record_deployments_still_moves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    crew.github.refused = {"deployments"}
    assert crew.dispatch("advance").code is ExitCode.OK
    assert share_of(crew) == ("v2", 50.0)
    assert "deployments: write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("policy", "permission"), [(BY_COMMIT, "contents"), (BY_PULL_REQUEST, "pull-requests")]
)
def test_a_token_that_may_not_write_is_a_failure_that_names_the_permission(
    tmp_path: Path, policy: str, permission: str
) -> None:
    crew = make_crew(tmp_path, policy=policy)
    crew.serve(ENOUGH)
    crew.github.refused = {permission}
    with pytest.raises(NotPermittedError, match=f"`{permission}: write`"):
        crew.dispatch("advance")
    assert share_of(crew) == ("v2", 20.0)
    assert crew.states == [["in_progress", "failure"]]


def test_a_rollback_that_the_token_may_not_make_names_the_permission(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.github.refused = {"contents"}
    with pytest.raises(NotPermittedError, match="`contents: write`"):
        crew.dispatch("rollback", calls="")
    assert crew.states == [["in_progress", "failure"]]
