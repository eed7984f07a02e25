"""Facts about beginning a rollout by dispatch, on real git and a GitHub in memory."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.cli.action_rollout import desk_of
from evalgate.cli.environment import read_environment
from evalgate.cli.rollout_settled import Settled
from evalgate.cli.rollout_start import start
from evalgate.cli.session import Terms
from evalgate.cli.world import outside
from evalgate.errors import BranchMovedError, ExitCode, UsageError
from evalgate.model.milestone import Phase
from evalgate.prompts.live import read_live
from evalgate.rollout.dispatch import Act, Dispatch
from evalgate.rollout.hand_move import Signature
from evalgate.rollout.overriding import instant
from evalgate.rollout.reverting import rolled_back
from evalgate.simulator.rules import read_rules
from tests.e2e.rollout_shop import BEGAN
from tests.flow.promotions import FILES, LIVE, POLICY
from tests.flow.promotions import RULES as ANSWERS
from tests.flow.rollouts import BY_COMMIT, BY_PULL_REQUEST, Crew, make_crew

pytestmark = pytest.mark.slow


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the step the files that the runner reads; return the one of the job summary."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path / "GITHUB_STEP_SUMMARY"


def begin(
    crew: Crew, version: str = "v2", *, reason: str = "", clock: Callable[[], float] | None = None
) -> Settled:
    task = crew.task(rollout="start", prompt="p", version=version, reason=reason)
    clock = clock or (lambda: crew.now)
    rules = read_rules(FORMATS.read_yaml("rules.yaml", ANSWERS.encode()))
    return start(
        desk_of(task, crew.github, here=crew.root, clock=clock),
        Dispatch(act=Act.START, prompt="p", version=version),
        Signature(at=instant(clock()), by="ann", why=reason, is_named=True),
        world=outside(crew.repository, read_environment({}), (rules,)),
        terms=Terms(again=("promote",)),
    )


def verdict(crew: Crew) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        (crew.scratch / f"run-{crew.runs}/verdict.json").read_text()
    )
    return found


@pytest.mark.usefixtures("step")
def test_a_version_that_passes_gets_the_first_share(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, begins=False)
    settled = begin(crew, reason="kinder")
    assert (settled.code, settled.is_moved) == (ExitCode.OK, True)
    pointer = crew.pointer()
    assert pointer.canary is not None
    assert (pointer.stable, pointer.canary.version, pointer.canary.percent) == ("v1", "v2", 20.0)
    states = [
        (move.rollout.phase, move.rollout.percent) for move in pointer.history if move.rollout
    ]
    assert states == [(Phase.PREFLIGHT, 0.0), (Phase.SERVING, 20.0)]
    assert {move.verdict for move in pointer.history if move.rollout} == {verdict(crew)["run_id"]}
    assert crew.last.hash == crew.prompt.identity("v2")
    assert crew.states == [["in_progress", "success"]]
    payload = crew.deployment.payload
    assert (payload["percent_before"], payload["percent"], payload["reason"]) == (
        *("0", "20"),
        "kinder",
    )
    after = crew.github.files("main")
    assert {path for path in after if after[path] != FILES.get(path)} == {LIVE, POLICY}


@pytest.mark.usefixtures("step")
def test_what_was_judged_is_what_is_committed_but_for_the_instant(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, begins=False)
    ticks = count(0, 600)
    begin(crew, clock=lambda: BEGAN + next(ticks))
    head = str(verdict(crew)["head"])
    text = crew.repository.files(head, [LIVE])[LIVE].decode()
    judged, made = read_live("p", FORMATS.read_yaml(LIVE, text.encode())), crew.pointer()
    assert judged.canary is not None
    assert made.canary is not None
    assert (judged.stable, judged.canary.version, judged.canary.percent) == (
        made.stable,
        made.canary.version,
        made.canary.percent,
    )
    assert judged.history[-1].at < made.history[-1].at, "time passes while the gate runs"
    assert verdict(crew)["base"] == crew.repository.resolve("HEAD")


@pytest.mark.usefixtures("step")
def test_a_version_that_fails_gets_nothing(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, begins=False)
    settled = begin(crew, "v3")
    assert (settled.code, settled.is_moved) == (ExitCode.FAIL, False)
    assert settled.said == "fail: v3 gets no traffic"
    assert crew.live == FILES[LIVE]
    assert crew.states == [["in_progress", "failure"]]
    assert "commit" not in crew.github.writes


def test_the_summary_has_the_verdict_of_the_gate(tmp_path: Path, step: Path) -> None:
    crew = make_crew(tmp_path, begins=False)
    settled = begin(crew, reason="@all")
    assert "<code>pass</code>" in settled.summary
    assert "<code>v2</code>" in settled.summary
    assert "@all" not in settled.summary
    assert "20 %" in settled.summary
    assert step.read_text()


@pytest.mark.usefixtures("step")
def test_by_pull_request_people_merge_the_beginning(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, policy=BY_PULL_REQUEST, begins=False)
    settled = begin(crew)
    [pull] = crew.github.pulls.values()
    assert settled.said.endswith(f"once the pull request 1 is merged ({pull.url})")
    assert pull.head_ref.startswith("evalgate/rollout-p-v2-20-")
    assert crew.live == FILES[LIVE]
    assert "canary: {version: v2, percent: 20," in crew.github.files(pull.head_ref)[LIVE]
    assert crew.states == [["in_progress", "queued"]]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v2", "v2 is the canary of `p`"),
        ("v3", "there is one canary at a time"),
        ("v1", "v1 is the stable version"),
        ("v9", "has no version `v9`"),
    ],
)
def test_what_may_not_begin_costs_nothing(tmp_path: Path, version: str, said: str) -> None:
    crew = make_crew(tmp_path, begins=version in ("v2", "v3"))
    with pytest.raises(UsageError, match=said):
        begin(crew, version)
    assert crew.github.writes == []
    assert not crew.scratch.exists()


@pytest.mark.usefixtures("step")
def test_what_was_taken_back_begins_again_only_on_somebodys_word(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.merge(rolled_back(crew.prompt, signature=crew.signature))
    with pytest.raises(UsageError, match="was rolled out before, and rolled back"):
        begin(crew)
    assert begin(crew, reason="the outage was elsewhere").code is ExitCode.OK


def test_a_run_about_a_past_that_is_over_pays_for_nothing(tmp_path: Path) -> None:
    crew = make_crew(tmp_path, begins=False)
    crew.github.seed("main", crew.files | {LIVE: "stable: v1\nhistory: [{stable: v1}]\n"})
    with pytest.raises(BranchMovedError, match="dispatch the workflow again"):
        begin(crew)
    assert crew.github.writes == []
    assert not crew.scratch.exists()


@pytest.mark.usefixtures("step")
@pytest.mark.parametrize("path", [LIVE, "prompts/p/v2.md", POLICY])
@pytest.mark.parametrize("policy", [BY_COMMIT, BY_PULL_REQUEST], ids=["commit", "pull request"])
def test_a_rival_who_changes_what_was_judged_wins(tmp_path: Path, path: str, policy: str) -> None:
    crew = make_crew(tmp_path, policy=policy, begins=False)

    def push(write: str) -> None:
        if write == "set_deployment_status":
            crew.github.before = lambda _: None
            crew.github.seed("main", crew.files | {path: f"{crew.files[path]}# new\n"})

    crew.github.before = push
    with pytest.raises(BranchMovedError, match="dispatch the workflow again"):
        begin(crew)
    assert "commit" not in crew.github.writes
    assert crew.states == [["in_progress", "failure"]]
