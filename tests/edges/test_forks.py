"""Pull requests of strangers under the real runner: screened, relayed, approved, judged."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.newcomer import (
    DAMAGING,
    HARMLESS,
    NUMBER,
    STRANGERS,
    Newcomer,
    dispatch_event,
    newcomer,
    pull_request_event,
    run_event,
)
from tests.act.runner import Bench, Run, git
from tests.e2e.shop import version
from tests.github.server import TOKEN
from tests.github.state import EVERYTHING

pytestmark = [pytest.mark.slow, pytest.mark.full]

GRADER = "open({!r}, 'w').write('owned')\n\n\ndef grade(answer, context):\n    return True\n"


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Iterator[Newcomer]:
    with newcomer(bench, tmp_path / "shop") as shop:
        yield shop
        shop.assert_orderly()


def propose(shop: Newcomer, files: dict[str, str]) -> str:
    """Push a stranger's commit, which origin knows as the head of the pull request."""
    head = shop.propose(files, repository=STRANGERS)
    origin = shop.folder.with_name(f"{shop.folder.name}-origin.git")
    git(shop.folder, "push", "--quiet", "--force", str(origin), f"HEAD:refs/pull/{NUMBER}/head")
    return head


def screen(shop: Newcomer, head: str, *, run: int = 50) -> Run:
    """Run the gate as GitHub does for a fork: without the key, with a token that only reads."""
    shop.github.state.permissions = {"contents: read"}
    ended = shop.gate(
        run=run,
        payload=pull_request_event(head, repository=STRANGERS),
        variables={"GITHUB_API_URL": shop.github.url},
        secrets={"GITHUB_TOKEN": TOKEN},
    )
    shop.github.state.permissions = set(EVERYTHING)
    return ended


def relay(shop: Newcomer, head: str, screened: Run, *, run: int = 51) -> Run:
    """Publish what the run of a fork has left, on the default branch."""
    if (screened.stored / "evalgate-submission").exists():
        shop.upload(screened, 50, "evalgate-submission")
    git(shop.folder, "switch", "--quiet", "main")
    ended = shop.gate(
        event="workflow_run",
        workflow="evalgate-publish.yml",
        payload=run_event(head, 50),
        run=run,
        variables={"GITHUB_API_URL": shop.github.url},
        secrets={"GITHUB_TOKEN": TOKEN},
    )
    git(shop.folder, "switch", "--quiet", "topic")
    return ended


def judge(shop: Newcomer, content: str, *, run: int = 60) -> Run:
    """Judge the pull request with the key, as somebody who may has asked for."""
    git(shop.folder, "switch", "--quiet", "main")
    inputs = {"pull-request": str(NUMBER), "content": content}
    ended = shop.gate(
        event="workflow_dispatch",
        workflow="evalgate-forks.yml",
        payload=dispatch_event(**inputs),
        run=run,
    )
    git(shop.folder, "switch", "--quiet", "topic")
    return ended


def state(shop: Newcomer, head: str) -> str:
    return shop.github.state.statuses_of(head)[0].state


def approved_hash(shop: Newcomer) -> str:
    """Return the hash that the comment asks to approve."""
    (body,) = shop.github.state.bodies(NUMBER)
    found = re.search(rf"-f pull-request={NUMBER} -f content=([0-9a-f]{{64}})", body)
    assert found, body
    return found[1]


def test_a_fork_is_screened_without_a_call_told_about_and_judged_when_approved(
    shop: Newcomer,
) -> None:
    head = propose(shop, {"prompts/p/v2.md": version(HARMLESS)})
    screened = screen(shop, head)
    assert screened.exit_code == 1, screened.log
    assert screened.steps["gate"].outputs["verdict"] == "inconclusive"
    assert shop.claude.calls == 0
    assert shop.github.state.statuses_of(head) == []
    relayed = relay(shop, head, screened)
    assert relayed.exit_code == 0, relayed.log
    assert state(shop, head) == "pending"
    assert shop.claude.calls == 0
    judged = judge(shop, approved_hash(shop))
    assert judged.exit_code == 0, judged.log
    assert state(shop, head) == "success"
    assert shop.claude.calls > 0
    (body,) = shop.github.state.bodies(NUMBER)
    assert "## ✓ Passed" in body


def test_a_damaging_fork_is_blocked_by_the_run_that_was_approved(shop: Newcomer) -> None:
    head = propose(shop, {"prompts/p/v2.md": version(DAMAGING)})
    relay(shop, head, screen(shop, head))
    judged = judge(shop, approved_hash(shop))
    assert judged.exit_code == 1, judged.log
    assert state(shop, head) == "failure"


def test_a_later_push_voids_the_approval(shop: Newcomer) -> None:
    first = propose(shop, {"prompts/p/v2.md": version(HARMLESS)})
    relay(shop, first, screen(shop, first))
    approved = approved_hash(shop)
    later = propose(shop, {"prompts/p/v2.md": version(DAMAGING)})
    judged = judge(shop, approved)
    assert judged.exit_code == 1
    assert "a later push voids it" in judged.log
    assert shop.claude.calls == 0
    assert shop.github.state.statuses_of(later) == []


def test_a_fork_that_touches_no_prompt_is_green_without_anybody_s_approval(
    shop: Newcomer,
) -> None:
    head = propose(shop, {"README.md": "A shop.\n"})
    screened = screen(shop, head)
    assert screened.exit_code == 0, screened.log
    relayed = relay(shop, head, screened)
    assert relayed.exit_code == 0, relayed.log
    assert state(shop, head) == "success"
    assert shop.github.state.bodies(NUMBER) == []


def test_a_fork_that_relaxes_the_policy_and_brings_a_grader_is_judged_by_the_base(
    shop: Newcomer,
) -> None:
    owned = shop.folder.with_name("owned")
    policy = "gate: {max_drop: 50, on_inconclusive: warn}\npaths: {graders: graders}\n"
    head = propose(
        shop,
        {
            "prompts/p/v2.md": version(DAMAGING),
            ".github/evalgate.yml": policy,
            "graders/mine.py": GRADER.format(str(owned)),
        },
    )
    screened = screen(shop, head)
    assert screened.exit_code == 1
    relay(shop, head, screened)
    assert state(shop, head) == "pending"
    judged = judge(shop, approved_hash(shop))
    assert judged.exit_code == 1, judged.log
    assert state(shop, head) == "failure"
    (body,) = shop.github.state.bodies(NUMBER)
    assert "takes effect after the merge" in body
    assert not owned.exists()


def test_a_forged_submission_turns_nothing_green(shop: Newcomer) -> None:
    head = propose(shop, {"prompts/p/v2.md": version(DAMAGING)})
    screened = screen(shop, head)
    handed = screened.stored / "evalgate-submission/submission.json"
    handed.write_text(handed.read_text().replace('"passed": false', '"passed": true'))
    relay(shop, head, screened)
    assert state(shop, head) == "pending"


def test_a_submission_that_is_no_submission_publishes_nothing_of_it(shop: Newcomer) -> None:
    head = propose(shop, {"prompts/p/v2.md": version(HARMLESS)})
    screened = screen(shop, head)
    handed = screened.stored / "evalgate-submission/submission.json"
    handed.write_text('{"schema": "submission/1", "verdict": "pass", "body": "## @everyone"}')
    relayed = relay(shop, head, screened)
    assert relayed.exit_code == 1
    assert "submission" in relayed.log
    assert all("@everyone" not in body for body in shop.github.state.bodies(NUMBER))
    assert "success" not in [each.state for each in shop.github.state.statuses_of(head)]
