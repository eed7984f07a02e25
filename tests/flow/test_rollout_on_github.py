"""Facts about a dispatched rollout, on real git and a GitHub in memory."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome
from tests.e2e.rollout_shop import Rates
from tests.flow.promotions import LIVE
from tests.flow.rollouts import (
    BAD,
    BY_COMMIT,
    BY_PULL_REQUEST,
    ENOUGH,
    GOOD,
    TOO_SHORT,
    make_crew,
    share_of,
)

pytestmark = pytest.mark.slow


# What is asked


@pytest.mark.parametrize(
    ("hours", "rates", "code", "outcome"),
    [
        (ENOUGH, GOOD, ExitCode.OK, Outcome.ADVANCE),
        (TOO_SHORT, GOOD, ExitCode.INCONCLUSIVE, Outcome.HOLD),
        (ENOUGH, BAD, ExitCode.FAIL, Outcome.ROLL_BACK),
    ],
    ids=["advance", "hold", "roll back"],
)
def test_a_check_tells_and_touches_nothing(
    tmp_path: Path, hours: float, rates: Rates, code: ExitCode, outcome: Outcome
) -> None:
    crew = make_crew(tmp_path)
    crew.serve(hours, canary=rates)
    settled = crew.dispatch("check")
    assert settled.report is not None
    assert (settled.code, settled.report.outlook.outcome) == (code, outcome)
    assert not settled.is_moved
    assert crew.github.writes == []


def test_an_advance_that_is_shown_is_a_commit_on_record(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    before = {**crew.files}
    settled = crew.dispatch("advance", reason="before the weekend")
    assert (settled.code, share_of(crew)) == (ExitCode.OK, ("v2", 50.0))
    move = crew.pointer().history[-1]
    assert (move.by, move.verdict) == ("ann", "run-1")
    assert move.why.startswith("v2 gets 50 %: ")
    assert "show no harm by any criterion" in move.why
    assert move.why.endswith(": before the weekend")
    assert crew.states == [["in_progress", "success"]]
    after = crew.github.files("main")
    assert {path for path in after if after[path] != before.get(path)} == {LIVE}
    assert crew.github.commits[crew.github.branches["main"]].message == snapshot("""\
Roll out p v2 to 50 %

Moved by the run https://github.com/team/shop/actions/runs/7
""")
    assert settled.said.partition(", by the commit ")[0] == snapshot(
        "v2 of p gets 50 % of the traffic, beside v1"
    )


def test_a_deployment_tells_what_has_moved_and_leads_to_the_run(tmp_path: Path) -> None:
    policy = BY_COMMIT.replace("by: commit", "by: commit, environment: live")
    crew = make_crew(tmp_path, policy=policy)
    crew.serve(ENOUGH)
    tip = crew.github.tip("main")
    crew.dispatch("advance", reason="go")
    deployment = crew.deployment
    assert (deployment.ref, deployment.environment) == (tip, "live")
    assert deployment.description == snapshot("v2 of p gets 50 % of the traffic, beside v1")
    payload = {**deployment.payload}
    assert payload.pop("hash") == crew.prompt.identity("v2")
    assert payload == snapshot(
        {
            "prompt": "p",
            "version": "v2",
            "stable": "v1",
            "percent_before": "20",
            "percent": "50",
            "phase": "serving",
            "outcome": "advance",
            "overridden": "false",
            "reason": "go",
            "run": "run-1",
        }
    )
    [statuses] = crew.github.deployment_statuses.values()
    assert {each.log_url for each in statuses} == {"https://github.com/team/shop/actions/runs/7"}
    assert statuses[-1].description == deployment.description


def test_a_rollout_goes_through_all_of_its_stages(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    for share in (50.0, 100.0):
        crew.serve(ENOUGH)
        assert crew.dispatch("advance").code is ExitCode.OK
        assert share_of(crew) == ("v2", share)
        crew.pull()
    crew.serve(ENOUGH)
    assert crew.dispatch("advance").code is ExitCode.OK
    assert (crew.pointer().stable, share_of(crew)) == ("v2", None)
    assert crew.last.phase is Phase.PROMOTED
    assert crew.states == [["in_progress", "success"]] * 3


def test_what_is_not_shown_blocks_and_is_on_record(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(TOO_SHORT)
    settled = crew.dispatch("advance")
    assert (settled.code, share_of(crew)) == (ExitCode.INCONCLUSIVE, ("v2", 20.0))
    assert "commit" not in crew.github.writes
    assert crew.states == [["in_progress", "failure"]]
    assert crew.last_word == snapshot("v2 of p stays at 20 %: the step must last 10 minutes")
    assert crew.deployment.payload["outcome"] == "hold"
    assert (crew.deployment.payload["percent_before"], crew.deployment.payload["percent"]) == (
        "20",
        "50",
    )


@pytest.mark.parametrize("policy", [BY_COMMIT, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_harm_is_taken_back_at_once_however_the_policy_moves(tmp_path: Path, policy: str) -> None:
    crew = make_crew(tmp_path, policy=policy)
    crew.serve(ENOUGH, canary=BAD)
    settled = crew.dispatch("advance")
    assert (settled.code, share_of(crew)) == (ExitCode.FAIL, None)
    assert crew.pointer().stable == "v1"
    assert crew.last.phase is Phase.ROLLED_BACK
    assert "quality fell" in crew.pointer().history[-1].why
    assert crew.states == [["in_progress", "success"]]
    assert crew.deployment.payload["outcome"] == "roll_back"
    assert crew.github.pulls == {}


def test_a_rollback_by_evidence_opens_an_incident_in_the_same_commit(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH, canary=BAD)
    settled = crew.dispatch("advance")
    [path] = [path for path in crew.github.files("main") if path not in crew.files]
    assert path.startswith("reports/incidents/")
    assert settled.beside == {path.rpartition("/")[2]: crew.github.files("main")[path]}
    incident = json.loads(settled.beside[path.rpartition("/")[2]])
    assert (incident["scope"]["prompt"], incident["status"]) == ("p", "mitigated")
    assert incident["evidence"]["report"] == "https://github.com/team/shop/actions/runs/7"
    assert len(incident["evidence"]["calls"]) == 20


@pytest.mark.parametrize("rates", [GOOD, BAD], ids=["not shown", "harm"])
def test_a_person_may_go_against_the_evidence_by_name(tmp_path: Path, rates: Rates) -> None:
    crew = make_crew(tmp_path)
    crew.serve(TOO_SHORT, canary=rates)
    settled = crew.dispatch("advance", override="true", reason="the judge is down")
    assert (settled.code, share_of(crew)) == (ExitCode.OK, ("v2", 50.0))
    assert crew.last.overridden
    move = crew.pointer().history[-1]
    assert move.by == "ann"
    assert "against the evidence (" in move.why
    assert move.why.endswith("the judge is down")
    assert crew.deployment.payload["overridden"] == "true"


def test_an_override_that_is_not_needed_is_none(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    crew.dispatch("advance", override="true", reason="to be sure")
    assert (crew.last.percent, crew.last.overridden) == (50.0, False)


def test_a_hold_is_committed_whatever_the_policy_says(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST)
    settled = crew.dispatch("hold", reason="a holiday", calls="", scores="")
    assert (settled.code, crew.last.phase, crew.last.percent) == (ExitCode.OK, Phase.HELD, 20.0)
    assert share_of(crew) == ("v2", 20.0)
    assert crew.pointer().history[-1].why.endswith("a holiday")
    again = crew.dispatch("hold", calls="", scores="")
    assert (again.code, crew.states) == (ExitCode.OK, [["in_progress", "success"]])
    assert again.said.startswith("nothing to do: v2 of p stays at 20 %")


def test_a_rollback_asks_for_no_evidence_and_no_review(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST)
    settled = crew.dispatch("rollback", reason="wrong language", calls="", scores="")
    assert (settled.code, share_of(crew), settled.report) == (ExitCode.OK, None, None)
    assert crew.last.phase is Phase.ROLLED_BACK
    assert crew.pointer().history[-1].by == "ann"
    assert crew.deployment.payload["reason"] == "wrong language"
    again = crew.dispatch("rollback", calls="")
    assert again.said.startswith("nothing to do: ")


# What is refused


@pytest.mark.parametrize(
    ("rollout", "inputs", "said"),
    [
        ("advance", {"calls": ""}, "the input calls: expected where the call log"),
        ("check", {"calls": "nowhere"}, "nowhere"),
        ("check", {"scores": "logs/nowhere.jsonl"}, "nowhere.jsonl"),
        ("check", {"calls": "/etc"}, "lies neither below the workspace"),
        ("advance", {"version": "v3"}, "version: v2 of `p` is rolled out, and not v3"),
        ("advance", {"prompt": "q"}, "prompt: there is no prompt `q`"),
        ("advance", {"prompt": ""}, "prompt: expected the name of a prompt"),
        ("advance", {"percent": "50"}, "percent: a rollout takes its shares from"),
        ("advance", {"override": "true"}, "reason: say why"),
        ("advance", {"override": "yes"}, "the input override takes true or false"),
        ("promote", {}, "rollout: expected what is to become of it, got `promote`"),
        ("hold", {"reason": "x" * 501}, "reason: expected at most 500 characters"),
    ],
)
def test_a_wrong_input_is_named_before_anything_happens(
    tmp_path: Path, rollout: str, inputs: dict[str, str], said: str
) -> None:
    crew = make_crew(tmp_path)
    crew.serve(TOO_SHORT)
    with pytest.raises(UsageError) as caught:
        crew.dispatch(rollout, **inputs)
    assert said in str(caught.value)
    assert crew.github.writes == []


@pytest.mark.parametrize("rollout", ["check", "advance", "hold", "rollback"])
def test_where_nothing_is_rolled_out_nothing_can_be_asked(tmp_path: Path, rollout: str) -> None:
    crew = make_crew(tmp_path, begins=False)
    (crew.root / "logs").mkdir()
    (crew.root / "logs/calls-1.jsonl").touch()
    with pytest.raises(UsageError, match="rollout"):
        crew.dispatch(rollout, scores="")
    assert crew.github.writes == []


@pytest.mark.parametrize("branch", ["topic", ""])
def test_a_run_on_another_branch_is_refused(tmp_path: Path, branch: str) -> None:
    crew = make_crew(tmp_path)
    crew.event = replace(crew.event, branch=branch)
    with pytest.raises(UsageError, match="a rollout starts from the default branch"):
        crew.dispatch("rollback")
    assert crew.github.writes == []


def test_a_broken_pointer_is_told_with_its_place(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.github.seed("main", crew.files | {LIVE: "stable: [v1]\n"})
    with pytest.raises(ConfigurationError, match=r"prompts/p/live\.yaml"):
        crew.dispatch("rollback")
