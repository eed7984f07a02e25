"""Facts about the scheduled run that looks after all rollouts, on a GitHub in memory."""

from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ExitCode, UsageError
from evalgate.model.event import Event
from evalgate.model.milestone import Phase
from evalgate.model.rollout import Outcome
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.stepping import held
from tests.e2e.rollout_shop import Rates
from tests.flow.promotions import FILES, LIVE, POLICY
from tests.flow.rollouts import (
    BAD,
    BY_COMMIT,
    BY_PULL_REQUEST,
    ENOUGH,
    GOOD,
    TOO_SHORT,
    Crew,
    make_crew,
)

pytestmark = pytest.mark.slow

TOO_LONG = 2.0
"""Hours: more than the deadline of an impatient policy."""

ITSELF = ("full_after_hours: 0", "full_after_hours: 0, automatic: true")
IMPATIENT = ("full_after_hours: 0", "full_after_hours: 0, deadline_hours: 1")
AUTOMATIC = BY_COMMIT.replace(*ITSELF)


def crew_on_schedule(folder: Path, policy: str, **more: bool) -> Crew:
    crew = make_crew(folder, policy=policy, **more)
    crew.event = Event(name="schedule", branch="main", default_branch="main")
    return crew


def shares(crew: Crew) -> tuple[str | None, float | None]:
    pointer = crew.pointer()
    return pointer.stable, pointer.canary.percent if pointer.canary else None


# One rollout


def test_what_is_shown_is_done_where_the_policy_lets_it(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.serve(ENOUGH)
    [settled] = crew.run("")
    assert (settled.code, settled.is_moved, shares(crew)) == (ExitCode.OK, True, ("v1", 50.0))
    move = crew.pointer().history[-1]
    assert (move.by, crew.last.overridden) == ("evalgate", False)
    assert crew.states == [["in_progress", "success"]]


def test_without_leave_it_is_only_said(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, BY_COMMIT)
    crew.serve(ENOUGH)
    [settled] = crew.run("")
    assert (settled.code, settled.said) == (ExitCode.OK, "v2 of p: advance to 50 %")
    assert crew.github.writes == []


@pytest.mark.parametrize("policy", [BY_COMMIT, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_harm_is_taken_back_with_or_without_leave(tmp_path: Path, policy: str) -> None:
    crew = crew_on_schedule(tmp_path, policy)
    crew.serve(ENOUGH, canary=BAD)
    [settled] = crew.run("")
    assert (settled.code, shares(crew)) == (ExitCode.FAIL, ("v1", None))
    assert crew.pointer().history[-1].by == "evalgate"
    assert [path for path in crew.github.files("main") if "incidents" in path]
    assert settled.beside
    assert crew.deployment.payload["outcome"] == "roll_back"
    crew.pull()
    assert crew.run("") == []


def test_a_wait_is_no_failure_and_leaves_no_record(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.serve(TOO_SHORT)
    [settled] = crew.run("")
    assert settled.report is not None
    assert settled.report.outlook.outcome is Outcome.HOLD
    assert (settled.code, crew.github.writes) == (ExitCode.OK, [])


def test_a_step_past_its_deadline_is_held_once(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC.replace(*IMPATIENT))
    crew.now += TOO_LONG * 3600
    (crew.root / "logs").mkdir()
    (crew.root / "logs/calls-1.jsonl").touch()
    [settled] = crew.run("", scores="")
    assert (settled.code, crew.last.phase) == (ExitCode.INCONCLUSIVE, Phase.HELD)
    assert crew.pointer().history[-1].why == snapshot(
        "holds v2 at 20 %: the step has lasted 1 hours, which is as long as it may; no call of this step is in the log; quality: that the canary does not fail 20 points more often has evidence 1 of 3; errors: that the canary does not fail 5 points more often has evidence 1 of 3"
    )
    crew.pull()
    [again] = crew.run("", scores="")
    assert (again.code, again.is_moved) == (ExitCode.OK, False)


def test_a_step_past_its_deadline_goes_back_where_the_policy_says_so(tmp_path: Path) -> None:
    back = AUTOMATIC.replace(IMPATIENT[0], f"{IMPATIENT[1]}, on_deadline: rollback")
    crew = crew_on_schedule(tmp_path, back)
    crew.now += TOO_LONG * 3600
    (crew.root / "logs").mkdir()
    (crew.root / "logs/calls-1.jsonl").touch()
    [settled] = crew.run("", scores="")
    assert (settled.code, shares(crew)) == (ExitCode.FAIL, ("v1", None))


@pytest.mark.parametrize(
    ("rates", "code", "share"), [(GOOD, ExitCode.OK, 20.0), (BAD, ExitCode.FAIL, None)]
)
def test_what_a_person_holds_goes_on_by_nobody_else_and_back_all_the_same(
    tmp_path: Path, rates: Rates, code: ExitCode, share: float | None
) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.merge(held(crew.prompt, signature=crew.signature))
    crew.serve(ENOUGH, canary=rates)
    [settled] = crew.run("")
    assert (settled.code, shares(crew)) == (code, ("v1", share))


# Where people merge


def test_an_advance_is_proposed_once_and_recorded_once(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, BY_PULL_REQUEST.replace(*ITSELF))
    crew.serve(ENOUGH)
    for _ in range(3):
        [settled] = crew.run("")
        assert settled.code is ExitCode.OK
        assert "once the pull request 1 is merged" in settled.said
        crew.now += 60
    assert (len(crew.github.pulls), crew.states) == (1, [["in_progress", "queued"]])
    assert shares(crew) == ("v1", 20.0)


def test_what_people_have_closed_is_not_proposed_again(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, BY_PULL_REQUEST.replace(*ITSELF))
    crew.serve(ENOUGH)
    crew.run("")
    crew.github.pulls[1] = replace(crew.github.pulls[1], is_open=False)
    [settled] = crew.run("")
    assert settled.code is ExitCode.OK
    assert settled.said.startswith("nothing has moved: the pull request for this was closed")
    assert len(crew.github.pulls) == 1


# All of them


OTHER = {path.replace("/p", "/q"): text for path, text in FILES.items() if path != POLICY}


def test_a_prompt_that_cannot_be_read_keeps_no_other_from_going_back(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, BY_COMMIT)
    crew.put(OTHER | {"prompts/a/live.yaml": "stable: [v1]\n", "prompts/a/v1.md": "x"})
    crew.serve(ENOUGH, canary=BAD)
    broken, settled = crew.run("")
    assert broken.code is ExitCode.USAGE
    assert "prompts/a/live.yaml" in broken.said
    assert (settled.code, settled.place) == (ExitCode.FAIL, "main/p")
    assert shares(crew) == ("v1", None)


def test_evidence_that_is_not_there_is_no_silence(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    for calls in ("", "nowhere", "artifact:calls"):
        [settled] = crew.run("", calls=calls)
        assert settled.code is ExitCode.USAGE
        assert settled.said.startswith("p: ")
    assert crew.github.writes == []


def test_where_nothing_is_rolled_out_no_evidence_is_asked_for(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC, begins=False)
    assert crew.run("", calls="nowhere") == []
    crew.begin()
    crew.merge(rolled_back(crew.prompt, signature=crew.signature))
    assert crew.run("", calls="nowhere") == []


def test_a_rollout_that_ended_while_the_run_waited_is_left_alone(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.serve(ENOUGH)
    crew.github.seed("main", crew.files | {LIVE: crew.files[LIVE].partition("canary")[0]})
    assert crew.run("") == []
    back = rolled_back(crew.prompt, signature=crew.signature)
    crew.github.seed("main", crew.files | {LIVE: pointer_text(back.pointer)})
    assert crew.run("", calls="nowhere") == []
    assert crew.github.writes == []


def test_one_prompt_may_be_named(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.put(OTHER)
    crew.serve(ENOUGH)
    assert crew.run("", prompt="q") == []
    [settled] = crew.run("", prompt="p", version="v2")
    assert settled.place == "main/p"


def test_what_is_named_must_be_there(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, AUTOMATIC)
    crew.serve(ENOUGH)
    with pytest.raises(UsageError, match=r"there is no prompt `support` .*known: p"):
        crew.run("", prompt="support")
    with pytest.raises(UsageError, match=r"policy: there is no evalgate\.yaml"):
        crew.run("", policy="evalgate.yaml")
    [settled] = crew.run("", prompt="p", version="v3")
    assert (settled.code, crew.github.writes) == (ExitCode.USAGE, [])
    assert "v2 of `p` is rolled out, and not v3" in settled.said


def test_each_root_has_its_own_rules(tmp_path: Path) -> None:
    crew = crew_on_schedule(tmp_path, BY_COMMIT)
    paths = "paths: {prompts: b/prompts, evalsets: b/evalsets}\n"
    crew.put({".github/evalgate.b.yml": f"{AUTOMATIC}{paths}", "b/prompts/p/v1.md": "x"})
    crew.serve(ENOUGH)
    [settled] = crew.run("")
    assert (settled.place, settled.is_moved) == ("main/p", False)
