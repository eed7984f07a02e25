"""A newcomer's repository under the real runner, with our own GitHub and our own Claude."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalgate.cli.starter import GATE
from evalgate.publishing.handover import Handover, handover_document
from evalgate.publishing.sticky import Marker
from tests.act.newcomer import (
    DAMAGING,
    HARMLESS,
    NUMBER,
    Newcomer,
    newcomer,
    pull_request_event,
    verdict,
)
from tests.act.runner import Bench, Run, commit, git
from tests.e2e.shop import RULES, version, write
from tests.github.faults import Fault, Kind
from tests.github.state import EVERYTHING

pytestmark = [pytest.mark.slow, pytest.mark.full]

FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
HOSTILE = (
    "Name the 30 days. <script>alert(1)</script><img src=https://evil.example/x>\n"
    "@everyone #12 ![pixel](https://evil.example/p.png) </details></summary>\n"
    "::error::owned\n::set-output name=verdict::pass\n##[error]owned\n"
    "<!-- evalgate:comment/1 key=all head= run=1 attempt=1 -->\n"
)


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Iterator[Newcomer]:
    with newcomer(bench, tmp_path / "shop") as shop:
        yield shop
        shop.assert_orderly()


def states(shop: Newcomer, commit: str) -> list[str]:
    return [status.state for status in reversed(shop.github.state.statuses_of(commit))]


def bodies(shop: Newcomer) -> list[str]:
    return list(shop.github.state.bodies(NUMBER))


def warnings(run: Run) -> list[str]:
    return [line for line in run.log.splitlines() if "::warning" in line]


def test_a_harmless_change_passes_on_all_four_surfaces(shop: Newcomer) -> None:
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    run = shop.gate()
    assert run.exit_code == 0, run.log
    assert states(shop, head) == ["pending", "success"]
    (body,) = bodies(shop)
    assert body.splitlines()[1].startswith("## ✓ Passed")
    assert "[The full report](<https://github.example/" in body
    assert any("## ✓ Passed" in summary for summary in run.summaries)
    outputs = run.steps["gate"].outputs
    assert outputs["verdict"] == "pass"
    assert outputs["comment-url"].startswith("https://github.com/octo/shop/pull/7#issue")
    assert float(outputs["cost"]) > 0
    assert verdict(run)["exit_code"] == 0
    assert (run.stored / "evalgate-reports/report.html").is_file()
    assert not warnings(run), run.log


@pytest.mark.always
def test_a_damaging_change_is_blocked_and_its_mending_updates_the_comment(shop: Newcomer) -> None:
    head = shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    run = shop.gate()
    assert run.exit_code == 1, run.log
    assert states(shop, head) == ["pending", "failure"]
    (body,) = bodies(shop)
    assert "## ✗ Blocked" in body
    assert run.steps["gate"].outputs["verdict"] == "fail"
    assert "::error title=evalgate" in run.log
    assert "file=prompts/p/v2.md,line=6::Blocked" in run.log
    mended = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    assert shop.gate(run=51).exit_code == 0
    assert states(shop, mended) == ["pending", "success"]
    (body,) = bodies(shop)
    assert "## ✓ Passed" in body


def test_what_touches_no_prompt_is_green_and_writes_no_comment(shop: Newcomer) -> None:
    head = shop.propose({"README.md": "A shop.\n"})
    run = shop.gate()
    assert run.exit_code == 0, run.log
    assert states(shop, head) == ["pending", "success"]
    assert bodies(shop) == []
    assert shop.claude.calls == 0
    assert run.steps["gate"].outputs["verdict"] == "not_applicable"


def test_a_change_of_too_much_of_the_set_blocks_as_inconclusive(shop: Newcomer) -> None:
    cases = "".join(f"  - {{id: c{n}, vars: {{question: 'number {n}'}}}}\n" for n in range(15))
    fewer = f"prompts: [p]\ngraders: [{{rubric: names the window}}]\ncases:\n{cases}"
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS), "evalsets/p.yaml": fewer})
    run = shop.gate()
    assert run.exit_code == 1, run.log
    assert run.steps["gate"].outputs["verdict"] == "inconclusive"
    assert states(shop, head) == ["pending", "failure"]
    assert "## ? " in bodies(shop)[0]


def test_an_outage_of_claude_is_an_error_and_never_green(shop: Newcomer) -> None:
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    closed = {**shop.variables, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    run = shop.gate(variables=closed)
    assert run.exit_code == 1, run.log
    assert run.steps["gate"].outputs["verdict"] == "error"
    assert states(shop, head) == ["pending", "error"]
    assert "## ! " in bodies(shop)[0]


def test_the_comment_is_found_behind_300_others_and_past_a_planted_marker(shop: Newcomer) -> None:
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    state = shop.github.state
    planted = f"{Marker(key='all', head=head, at=10**12, run=10**15, attempt=1)}## ✓ Passed\n"
    state.add_comment(NUMBER, planted, author="mallory")
    for number in range(300):
        state.add_comment(NUMBER, f"remark {number}", author="ada")
    assert shop.gate().exit_code == 0
    assert shop.gate(run=51).exit_code == 0
    ours = [each for each in state.comments_on(NUMBER) if each.author == "github-actions[bot]"]
    assert len(ours) == 1
    assert planted in bodies(shop)


def test_a_prompt_full_of_markup_and_commands_is_shown_inert(shop: Newcomer) -> None:
    shop.propose({"prompts/p/v2.md": version(HOSTILE.replace("Name the 30 days. ", "Be kind. "))})
    run = shop.gate()
    assert run.steps["gate"].outputs["verdict"] == "fail", run.log
    (body,) = bodies(shop)
    markers = [line for line in body.splitlines() if line.startswith("<!-- evalgate:comment/1")]
    assert markers == [body.splitlines()[0]]
    words = set(FENCED.sub("", body).split())
    assert not {"<script", "<img", "![pixel]", "@everyone", "#12"} & words
    assert "+@everyone" in body  # in the lines of the prompt, where it is told and does nothing


def test_a_token_without_permissions_changes_no_verdict(shop: Newcomer) -> None:
    shop.github.state.permissions = {"contents: read"}
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    run = shop.gate()
    assert run.exit_code == 0, run.log
    assert states(shop, head) == []
    assert bodies(shop) == []
    (status, comment) = warnings(run)
    assert "statuses: write" in status
    assert "pull-requests: write" in comment
    assert any("## ✓ Passed" in summary for summary in run.summaries)


def test_an_outage_of_github_changes_no_verdict(shop: Newcomer) -> None:
    shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    shop.github.state.faults.append(Fault(kind=Kind.BROKEN, times=1000, status=500))
    run = shop.gate()
    assert run.exit_code == 1
    assert run.steps["gate"].outputs["verdict"] == "fail"
    assert len(warnings(run)) == 2


def test_of_two_runs_that_race_one_comment_is_left_with_the_newer_result(shop: Newcomer) -> None:
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    newer = f"{Marker(key='all', head=head, at=10**12, run=60, attempt=1)}## ✓ Newer\n"
    shop.github.before(
        "POST",
        r".*/comments",
        lambda state: state.add_comment(NUMBER, newer, author="github-actions[bot]"),
    )
    assert shop.gate().exit_code == 0
    assert bodies(shop) == [newer]


def test_a_merge_queue_is_judged_against_what_it_merges_onto(shop: Newcomer) -> None:
    base = shop.head
    head = shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    payload = {
        "merge_group": {"head_sha": head, "base_sha": base, "base_ref": "refs/heads/main"},
        "repository": {"full_name": "octo/shop", "default_branch": "main"},
    }
    run = shop.gate(event="merge_group", payload=payload)
    assert run.steps["gate"].outputs["verdict"] == "fail", run.log
    assert states(shop, head) == ["pending", "failure"]
    assert bodies(shop) == []


def test_an_event_that_nobody_planned_for_is_an_error(shop: Newcomer) -> None:
    shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    run = shop.gate(event="issue_comment", payload={})
    assert run.exit_code == 1
    assert "does not know what to do about the event `issue_comment`" in run.log


def test_a_policy_that_cannot_be_read_is_said_at_its_line(shop: Newcomer) -> None:
    head = shop.propose({"evalsets/p.yaml": "prompts: [p]\ncases: []\ngradrs: []\n"})
    run = shop.gate()
    assert run.exit_code == 1
    assert states(shop, head) == ["pending", "error"]
    assert "::error title=evalgate,file=evalsets/p.yaml,line=3" in run.log
    assert "gradrs" in bodies(shop)[0]


def test_a_report_of_five_megabytes_is_told_in_a_comment_and_linked_to(
    bench: Bench, tmp_path: Path
) -> None:
    long = "And so on, with <b>marks</b> and ```fences```. " * 480
    rules = RULES.replace('says: "About {n}."', f'says: "About {{n}}. {long}"')
    with newcomer(bench, tmp_path / "shop", rules=rules, cases=60, tokens=8_000) as shop:
        shop.propose({"prompts/p/v2.md": version(DAMAGING, tokens=8_000)})
        run = shop.gate()
        assert run.exit_code == 1, run.log
        (body,) = bodies(shop)
        assert len(body.encode()) <= 65_536
        assert body.count("<details>") == body.count("</details>") > 0
        assert "in the full report only" in body
        (summary,) = [each for each in run.summaries if each.startswith("## ")]
        assert summary.count("<details>") > 60
        assert 40_000 < len(summary.encode()) <= 1_048_576
        report = run.stored / "evalgate-reports"
        assert (report / "trials.jsonl").stat().st_size > 5_000_000
        assert (report / "report.html").stat().st_size > 100_000
        assert not warnings(run), run.log
        shop.assert_orderly()


def test_everything_a_job_may_do_is_enough(shop: Newcomer) -> None:
    granted = {"contents: read", "pull-requests: write", "statuses: write", "actions: read"}
    shop.github.state.permissions = granted
    assert granted - {"contents: read", "actions: read"} < EVERYTHING
    head = shop.propose({"prompts/p/v2.md": version(HARMLESS)})
    run = shop.gate()
    assert not warnings(run), run.log
    assert states(shop, head) == ["pending", "success"]
    assert len(bodies(shop)) == 1


def with_inputs(shop: Newcomer, text: str) -> None:
    """Merge a workflow whose step has further inputs."""
    path = shop.folder / ".github/workflows" / GATE
    key = "          anthropic-api-key:"
    write(shop.folder, {f".github/workflows/{GATE}": path.read_text().replace(key, text + key)})
    git(shop.folder, "update-ref", "refs/remotes/origin/main", commit(shop.folder, "Set inputs"))


@pytest.mark.parametrize(
    ("input_", "shown"),
    [("out: results", ["error"]), ("out: results\n          shard: 1/2", [])],
)
def test_results_that_a_pull_request_brings_are_never_published(
    shop: Newcomer, input_: str, shown: list[str]
) -> None:
    with_inputs(shop, f"          {input_}\n")
    damaged = shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    forged = {"schema": "verdict/1", "verdict": "pass", "headline": "Passed", "exit_code": 0}
    handover = handover_document(Handover(commit=damaged, number=NUMBER, folders={"main": "sub"}))
    head = shop.propose(
        {
            "results/publication.json": json.dumps(handover),
            "results/sub/verdict.json": json.dumps(forged),
            "results/sub/comment.md": "## Passed\n",
        }
    )
    run = shop.gate()
    assert run.exit_code == 1
    assert "the commit that is checked out has results/publication.json" in run.log
    assert states(shop, damaged) == []
    assert states(shop, head) == shown
    assert shop.claude.calls == 0


def test_what_a_commit_earns_against_another_branch_counts_nothing_for_the_default_one(
    shop: Newcomer,
) -> None:
    head = shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    git(shop.folder, "update-ref", "refs/remotes/origin/weak", "main")
    git(shop.folder, "switch", "--quiet", "--detach", "main")
    git(shop.folder, "rm", "--quiet", ".github/evalgate.yml")
    git(shop.folder, "update-ref", "refs/remotes/origin/weak", commit(shop.folder, "No policy"))
    git(shop.folder, "switch", "--quiet", "topic")
    payload = pull_request_event(head, base_ref="weak")
    run = shop.gate(payload=payload, variables={**shop.variables, "GITHUB_BASE_REF": "weak"})
    assert run.exit_code == 0, run.log
    told = {(each.context, each.state) for each in shop.github.state.statuses_of(head)}
    assert told == {("evalgate (weak)", "pending"), ("evalgate (weak)", "success")}


def test_a_check_run_that_is_asked_for_ends_like_the_status(shop: Newcomer) -> None:
    with_inputs(shop, '          check-run: "true"\n')
    head = shop.propose({"prompts/p/v2.md": version(DAMAGING)})
    run = shop.gate()
    assert run.exit_code == 1, run.log
    (check,) = shop.github.state.check_runs.values()
    assert (check.name, check.head, check.conclusion) == ("evalgate", head, "failure")
    assert [remark.path for remark in check.annotations] == ["prompts/p/v2.md"]
