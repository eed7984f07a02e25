"""Facts about a promotion by dispatch, on real git and a GitHub in memory."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git_writing import commit_all
from evalgate.errors import (
    BranchMovedError,
    ConfigurationError,
    ExitCode,
    GitHubError,
    NotPermittedError,
    RepositoryError,
    UsageError,
)
from evalgate.prompts.live import read_live
from tests.flow.promotions import CASES, FILES, LIVE, POLICY, Team, make_team, version

CANARY = "stable: v1\ncanary: {version: v2, percent: 25, salt: autumn}\n"
PAST = "stable: v2\nhistory: [{stable: v1}, {stable: v2}]\n"
WARN = "gate: {max_drop: 20, on_inconclusive: warn}\nrun: {trials: 2}\npromotion: {by: commit}\n"
BY_PULL_REQUEST = "gate: {max_drop: 20}\nrun: {trials: 2}\n"


def verdict(team: Team) -> dict[str, object]:
    found: dict[str, object] = json.loads((team.folder / "verdict.json").read_text())
    return found


def matchups(team: Team) -> list[tuple[str, str | None]]:
    """Return candidate and baseline of all that was run."""
    plan = json.loads((team.folder / "plan.json").read_text())
    return [
        (each["candidate"]["version"], each["baseline"] and each["baseline"]["version"])
        for each in plan["prompts"]
    ]


@pytest.mark.parametrize(
    ("live", "percent", "after"),
    [
        ("stable: v1\n", "5", ("v1", "v2", 5.0)),
        (CANARY, "50", ("v1", "v2", 50.0)),
        (CANARY, "100", ("v2", "", 0.0)),
        ("stable: v1\n", "100", ("v2", "", 0.0)),
    ],
    ids=["new canary", "wider canary", "canary to stable", "straight to stable"],
)
def test_exactly_the_version_is_run_against_stable_and_then_moves(
    tmp_path: Path, live: str, percent: str, after: tuple[str, str, float]
) -> None:
    team = make_team(tmp_path, live=live)
    assert team.promote("v2", percent, reason='a "kinder" tone: #12') is ExitCode.OK
    assert matchups(team) == [("v2", "v1")]
    assert verdict(team)["verdict"] == "pass"
    pointer = read_live("p", FORMATS.read_yaml(LIVE, team.live.encode()))
    canary = pointer.canary
    found = (pointer.stable, canary.version if canary else "", canary.percent if canary else 0.0)
    assert found == after
    if percent == "100":
        [_, move] = pointer.history
        assert (move.stable, move.by, move.why) == ("v2", "ann", 'a "kinder" tone: #12')
        assert move.verdict == verdict(team)["run_id"]
    assert team.states == ["in_progress", "success"]
    assert {path: text for path, text in team.github.files("main").items() if path != LIVE} == {
        path: text for path, text in FILES.items() if path != LIVE
    }


def test_what_the_gate_has_judged_is_what_is_committed(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.promote("v2", "5")
    head = str(verdict(team)["head"])
    assert verdict(team)["base"] == team.workflow.commit
    assert team.repository.files(head, [LIVE])[LIVE].decode() == team.live
    assert team.live.startswith("# Which version answers.\nstable: v1\n")
    assert team.repository.resolve("HEAD") == team.workflow.commit
    assert team.repository.changed("HEAD", None, [LIVE]) == frozenset()


def test_a_checkout_that_has_gone_on_changes_nothing(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    (team.repository.root / "evalsets/p.yaml").write_text("nonsense\n")
    commit_all(team.repository.root, "later")
    assert team.promote("v2", "5") is ExitCode.OK
    changed = team.repository.changed(
        team.workflow.commit, str(verdict(team)["head"]), ["prompts", "evalsets"]
    )
    assert changed == {LIVE}


def test_a_deployment_records_what_was_promoted(tmp_path: Path) -> None:
    team = make_team(tmp_path, policy=f"{WARN[:-2]}, environment: live}}\n")
    team.promote("v2", "5")
    [deployment] = team.github.deployments.values()
    assert (deployment.ref, deployment.environment) == (team.workflow.commit, "live")
    assert deployment.payload["percent"] == "5"
    [statuses] = team.github.deployment_statuses.values()
    assert {each.log_url for each in statuses} == {team.workflow.run_url}


ROLLED_OUT = (
    "stable: v2\ncanary: {version: v3, percent: 25, salt: autumn}\nhistory:\n  - {stable: v1}\n"
    "  - {stable: v2}\n"
    "  - {stable: v2, at: '2026-11-21T10:00:00Z', rollout: {version: v3, phase: preflight, "
    f"hash: {'ab' * 32}}}}}\n"
    "  - {stable: v2, at: '2026-11-21T10:00:00Z', rollout: {version: v3, phase: serving, "
    f"percent: 25, hash: {'ab' * 32}}}}}\n"
)


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_a_step_back_ends_a_rollout_without_a_run(tmp_path: Path, version: str) -> None:
    team = make_team(tmp_path, live=ROLLED_OUT)
    assert team.promote(version, "100") is ExitCode.OK
    assert matchups(team) == []
    pointer = read_live("p", FORMATS.read_yaml(LIVE, team.live.encode()))
    assert (pointer.stable, pointer.canary) == (version, None)
    [told] = [move.rollout for move in pointer.history[4:]]
    assert told is not None
    assert (told.version, told.phase) == ("v3", "rolled_back")


def test_a_canary_that_a_rollout_moves_is_refused_before_any_run(tmp_path: Path) -> None:
    team = make_team(tmp_path, live=ROLLED_OUT)
    with pytest.raises(UsageError, match="evalgate rollout advance p"):
        team.promote("v3", "50")
    assert not (team.folder / "plan.json").exists()


def test_a_damaging_version_is_blocked(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    assert team.promote("v3", "5") is ExitCode.FAIL
    assert team.live == FILES[LIVE]
    assert team.states == ["in_progress", "failure"]
    assert "commit" not in team.github.writes
    assert matchups(team) == [("v3", "v1")]


def test_an_inconclusive_verdict_blocks_though_the_policy_only_warns(tmp_path: Path) -> None:
    team = make_team(tmp_path, policy=WARN, live="stable: null\n")
    assert team.promote("v2", "100") is ExitCode.INCONCLUSIVE
    assert (verdict(team)["verdict"], verdict(team)["exit_code"]) == ("inconclusive", 3)
    assert team.states == ["in_progress", "failure"]
    assert team.github.writes.count("commit") == 0


def test_a_set_that_can_prove_nothing_is_refused_though_the_policy_only_warns(
    tmp_path: Path,
) -> None:
    few = FILES["evalsets/p.yaml"].replace(CASES, CASES.splitlines(keepends=True)[0])
    policy = WARN.replace("20", "1")
    team = make_team(tmp_path, policy=policy, **{"evalsets/p.yaml": few})
    with pytest.raises(ConfigurationError):
        team.promote("v2", "5")
    assert team.states == ["in_progress", "failure"]


def test_a_first_version_needs_the_absolute_rule(tmp_path: Path) -> None:
    policy = WARN.replace("max_drop: 20", "min_pass_rate: 0.8")
    team = make_team(tmp_path, policy=policy, live="stable: null\n")
    assert team.promote("v2", "100") is ExitCode.OK
    assert matchups(team) == [("v2", None)]
    assert "stable: v2\n" in team.live


def test_a_rollback_passes_at_once(tmp_path: Path) -> None:
    team = make_team(tmp_path, live=PAST)
    assert team.promote("v1", "100", reason="complaints") is ExitCode.OK
    assert (matchups(team), verdict(team)["calls"]) == ([], 0)
    assert "stable: v1\n" in team.live
    assert team.states == ["in_progress", "success"]


@pytest.mark.parametrize(("version", "percent"), [("v2", "5"), ("v1", "100")])
def test_a_step_back_runs_nothing(tmp_path: Path, version: str, percent: str) -> None:
    team = make_team(tmp_path, live=CANARY)
    assert team.promote(version, percent) is ExitCode.OK
    assert verdict(team)["calls"] == 0
    assert ("percent: 5" in team.live) == (percent == "5")
    assert "percent: 25" not in team.live


def test_what_holds_already_touches_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    team = make_team(tmp_path)
    assert team.promote("v1", "100") is ExitCode.OK
    assert team.github.writes == []
    assert not team.folder.exists()
    assert "nothing to do: as it stands, v1 of p gets all of the traffic" in capsys.readouterr().out


def test_a_pull_request_waits_for_people(tmp_path: Path) -> None:
    team = make_team(tmp_path, policy=BY_PULL_REQUEST)
    assert team.promote("v2", "5", reason="@all see ](http://x)") is ExitCode.OK
    assert team.live == FILES[LIVE]
    [pull] = team.github.pulls.values()
    assert pull.head_ref.startswith("evalgate/promote-p-v2-5-")
    assert "percent: 5" in team.github.files(pull.head_ref)[LIVE]
    body = team.github.bodies[pull.number]
    assert body.startswith("Promote v2 of p gets 5 % of the traffic, beside v1\n")
    assert team.workflow.run_url in body
    assert "@all" not in body
    assert team.states == ["in_progress", "queued"]
    assert team.last_word.startswith("waiting for pull request #1: v2 of p gets 5 %")


@pytest.mark.parametrize("path", [LIVE, "prompts/p/v2.md", POLICY])
@pytest.mark.parametrize("policy", [WARN, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_a_rival_who_changes_what_was_judged_wins(tmp_path: Path, path: str, policy: str) -> None:
    team = make_team(tmp_path, policy=policy)
    rivals = iter([f"{FILES[path]}# new\n"])

    def push(write: str) -> None:
        text = next(rivals, None) if write == "set_deployment_status" else None
        if text is not None:
            team.github.seed("main", {**team.github.files("main"), path: text})

    team.github.before = push
    with pytest.raises(BranchMovedError, match="dispatch the promotion again") as caught:
        team.promote("v2", "5")
    assert caught.value.exit_code is ExitCode.NOT_EVALUATED
    assert team.github.writes.count("commit") == 0
    assert team.states == ["in_progress", "failure"]
    assert path in team.last_word


def test_a_rival_who_changes_something_else_is_no_hindrance(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    rivals = iter(["mine"])

    def push(write: str) -> None:
        text = next(rivals, None) if write == "commit" else None
        if text is not None:
            team.github.seed("main", {**team.github.files("main"), "notes.txt": text})

    team.github.before = push
    assert team.promote("v2", "5") is ExitCode.OK
    assert "percent: 5" in team.live
    assert team.github.files("main")["notes.txt"] == "mine"


def test_a_run_about_a_past_that_is_over_pays_for_nothing(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.github.seed("main", FILES | {LIVE: CANARY})
    with pytest.raises(BranchMovedError):
        team.promote("v2", "5")
    assert team.github.writes == []
    assert not team.folder.exists()


def test_a_token_that_may_not_record_deployments_still_promotes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    team = make_team(tmp_path)
    team.github.refused = {"deployments"}
    assert team.promote("v2", "5") is ExitCode.OK
    assert "percent: 5" in team.live
    assert "deployments: write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("policy", "permission"), [(WARN, "contents"), (BY_PULL_REQUEST, "pull-requests")]
)
def test_a_token_that_may_not_write_is_a_failure_that_names_the_permission(
    tmp_path: Path, policy: str, permission: str
) -> None:
    team = make_team(tmp_path, policy=policy)
    team.github.refused = {permission}
    with pytest.raises(NotPermittedError, match=f"`{permission}: write`") as caught:
        team.promote("v2", "5")
    assert caught.value.exit_code is ExitCode.NOT_EVALUATED
    assert team.live == FILES[LIVE]
    assert team.states == ["in_progress", "failure"]


def test_a_github_that_fails_at_the_last_step_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    team = make_team(tmp_path)

    def fail(write: str) -> None:
        if write == "commit":
            raise GitHubError("502 Bad Gateway")

    team.github.before = fail
    with pytest.raises(GitHubError):
        team.promote("v2", "5")
    assert (team.states, team.last_word) == (["in_progress", "failure"], "502 Bad Gateway")
    assert "Promotion: it stopped: 502 Bad Gateway" in capsys.readouterr().out


def test_a_gate_that_cannot_be_run_ends_the_deployment(tmp_path: Path) -> None:
    team = make_team(tmp_path, **{"evalsets/p.yaml": "nonsense\n"})
    with pytest.raises(ConfigurationError):
        team.promote("v2", "5")
    assert team.states == ["in_progress", "failure"]
    assert team.last_word.startswith("evalsets/p.yaml")


def test_a_run_on_another_branch_is_refused(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.event = replace(team.event, branch="topic")
    with pytest.raises(UsageError, match="is about `topic`: start it by"):
        team.promote("v2", "5")
    assert team.github.writes == []


def test_a_commit_that_is_not_checked_out_is_an_error(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.workflow = replace(team.workflow, commit="0" * 40)
    with pytest.raises(RepositoryError):
        team.promote("v2", "5")


@pytest.mark.parametrize(
    ("version", "percent", "prompt", "named"),
    [
        ("v2", "abc", "p", "percent"),
        ("v2", "", "p", "percent"),
        ("v9", "5", "p", "version"),
        ("", "5", "p", "version"),
        ("v2", "5", "q", "prompt"),
        ("v2", "5", "", "prompt"),
        ("v2\n::error::x", "5", "p", "version"),
        ("v1", "5", "p", "version"),
    ],
)
def test_a_wrong_input_is_named_before_anything_happens(
    tmp_path: Path, version: str, percent: str, prompt: str, named: str
) -> None:
    team = make_team(tmp_path)
    with pytest.raises(UsageError, match=f"^{named}: "):
        team.promote(version, percent, prompt=prompt)
    assert team.github.writes == []


def test_the_input_policy_chooses_between_roots(tmp_path: Path) -> None:
    other = {
        ".github/evalgate.b.yml": "paths: {prompts: b/prompts, evalsets: b/evalsets}\n",
        "b/prompts/p/v1.md": version("Else."),
    }
    team = make_team(tmp_path, **other)
    with pytest.raises(UsageError, match=r"^policy: `p` is a prompt of several roots"):
        team.promote("v2", "5")
    assert team.promote("v2", "5", policy=f"./{POLICY}") is ExitCode.OK


def test_in_a_workflow_summary_outputs_and_annotation_tell_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, summary = tmp_path / "out.txt", tmp_path / "summary.md"
    out.touch()
    summary.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(out))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    team = make_team(tmp_path)
    team.workflow = replace(team.workflow, event_name="workflow_dispatch")
    assert team.promote("v3", "5") is ExitCode.FAIL
    assert "verdict" in out.read_text()
    assert "### Promotion: fail: the live pointer has not moved" in summary.read_text()
    said = [line for line in capsys.readouterr().out.splitlines() if "evalgate promotion" in line]
    assert said == snapshot(
        ["::error title=evalgate promotion::fail: the live pointer has not moved"]
    )
    assert team.promote("v1", "100") is ExitCode.OK
    assert "### Promotion: nothing to do: as it stands, v1 of p gets" in summary.read_text()
    with pytest.raises(UsageError):
        team.promote("v2", "lots")
    assert "### Promotion: it stopped: percent: expected a number above 0" in summary.read_text()


def test_a_step_that_cannot_be_written_to_hides_no_error(tmp_path: Path) -> None:
    team = make_team(tmp_path)
    team.workflow = replace(team.workflow, event_name="workflow_dispatch")
    with pytest.raises(UsageError, match=r"^percent: "):
        team.promote("v2", "lots")
