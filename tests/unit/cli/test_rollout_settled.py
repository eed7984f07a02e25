"""Facts about what a run of the workflow says of the rollouts that it leaves."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.cli.rollout_settled import Settled, conclude
from evalgate.cli.workflow import Workflow
from evalgate.errors import ExitCode
from evalgate.model.rollout import Outcome, RolloutReport
from evalgate.reporting.comment import SUMMARY_BYTES
from tests.unit.reporting.rollouts import ready

REPORT = ready()
WORKFLOW = Workflow(repository="team/shop", run=7)


class Step:
    """What the runner has read of a step."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    @property
    def summary(self) -> str:
        return (self._folder / "GITHUB_STEP_SUMMARY").read_text()

    @property
    def outputs(self) -> dict[str, str]:
        text = (self._folder / "GITHUB_OUTPUT").read_text()
        found = re.findall(r"^([a-z-]+)<<(\S+)\n(.*?)\n\2$", text, re.M | re.S)
        return {name: value for name, _, value in found}

    def annotations(self) -> list[str]:
        said = self._capsys.readouterr().out.splitlines()
        return [line for line in said if line.startswith("::")]


@pytest.fixture
def step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Step:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        monkeypatch.setenv(name, str(tmp_path / name))
    return Step(tmp_path, capsys)


def report(outcome: Outcome) -> RolloutReport:
    return replace(REPORT, outlook=replace(REPORT.outlook, outcome=outcome))


def left(
    code: ExitCode, outcome: Outcome | None = None, *, said: str = "done", place: str = ""
) -> Settled:
    told = None if outcome is None else report(outcome)
    return Settled(code=code, said=said, report=told, place=place)


@pytest.mark.parametrize(
    ("outcome", "code", "verdict"),
    [
        (Outcome.ADVANCE, ExitCode.OK, "pass"),
        (Outcome.HOLD, ExitCode.INCONCLUSIVE, "inconclusive"),
        (Outcome.ROLL_BACK, ExitCode.FAIL, "fail"),
    ],
)
def test_outputs_tell_outcome_verdict_and_report(
    tmp_path: Path, step: Step, outcome: Outcome, code: ExitCode, verdict: str
) -> None:
    folder = tmp_path / "run"
    assert conclude([left(code, outcome)], folder=folder, workflow=WORKFLOW) is code
    assert step.outputs == {
        "verdict": verdict,
        "outcome": outcome.value,
        "report-path": str(folder / "report.html"),
    }
    assert {path.name for path in folder.iterdir()} == {
        "report.html",
        "summary.md",
        "rollout.json",
    }


def test_what_was_done_is_said_in_summary_report_and_annotation(tmp_path: Path, step: Step) -> None:
    said = "v4 is rolled back\n::error::x"
    settled = replace(left(ExitCode.FAIL, Outcome.ROLL_BACK, said=said), is_moved=True)
    conclude([settled], folder=tmp_path / "run", workflow=WORKFLOW)
    assert "### Rollout: v4 is rolled back" in step.summary
    assert "**Done:** v4 is rolled back" in step.summary
    assert "v4 is rolled back" in (tmp_path / "run/report.html").read_text()
    [annotation] = step.annotations()
    assert annotation.startswith("::error title=evalgate rollout::v4 is rolled back")


def test_what_to_do_next_is_a_command_for_the_workflow(tmp_path: Path, step: Step) -> None:
    conclude([left(ExitCode.OK, Outcome.ADVANCE)], folder=tmp_path / "run", workflow=WORKFLOW)
    prompt = REPORT.rollout.prompt
    command = f"gh workflow run evalgate-rollout.yml -f rollout=advance -f prompt={prompt}"
    assert command in step.summary


@pytest.mark.parametrize(
    "settled",
    [
        replace(left(ExitCode.OK, Outcome.ADVANCE), is_moved=True),
        left(ExitCode.INCONCLUSIVE, Outcome.HOLD),
    ],
    ids=["moved", "hold"],
)
def test_what_is_done_or_cannot_be_done_has_no_command(
    tmp_path: Path, step: Step, settled: Settled
) -> None:
    conclude([settled], folder=tmp_path / "run", workflow=WORKFLOW)
    assert "gh workflow run" not in step.summary
    assert "evalgate rollout" not in step.summary.partition("History")[0]


def test_of_several_the_gravest_comes_first_and_counts(tmp_path: Path, step: Step) -> None:
    folder = tmp_path / "run"
    settled = [
        left(ExitCode.OK, Outcome.ADVANCE, said="one", place="main/a"),
        left(ExitCode.INCONCLUSIVE, Outcome.HOLD, said="two", place="main/b"),
        left(ExitCode.USAGE, said="three", place="main/c"),
        left(ExitCode.FAIL, Outcome.ROLL_BACK, said="four", place="main/d"),
        left(ExitCode.NOT_EVALUATED, said="five", place="main/e"),
    ]
    assert conclude(settled, folder=folder, workflow=WORKFLOW) is ExitCode.FAIL
    assert re.findall(r"^### Rollout: (\w+)$", step.summary, re.M) == [
        *("four", "five", "three", "two", "one")
    ]
    assert step.outputs["report-path"] == str(folder / "main/d/report.html")
    assert sorted(path.parent.name for path in folder.rglob("report.html")) == ["a", "b", "d"]
    levels = [line.split()[0] for line in step.annotations()]
    assert levels == ["::error", "::error", "::error", "::warning", "::notice"]


def test_where_nothing_is_under_way_the_run_is_green_and_says_so(
    tmp_path: Path, step: Step
) -> None:
    assert conclude([], folder=tmp_path / "run", workflow=WORKFLOW) is ExitCode.OK
    assert step.outputs == {"verdict": "not_applicable"}
    assert "No rollout is under way." in step.summary


@pytest.mark.usefixtures("step")
def test_an_incident_lies_beside_the_report(tmp_path: Path) -> None:
    settled = replace(left(ExitCode.FAIL), beside={"incident.json": "{}"})
    conclude([settled], folder=tmp_path / "run", workflow=WORKFLOW)
    assert (tmp_path / "run/incident.json").read_text() == "{}"


def test_a_summary_that_grows_too_long_keeps_a_sentence_of_each(tmp_path: Path, step: Step) -> None:
    long = [replace(left(ExitCode.OK, said=f"number {n}"), summary="x" * 300_000) for n in range(5)]
    conclude(long, folder=tmp_path / "run", workflow=WORKFLOW)
    assert len(step.summary.encode()) <= SUMMARY_BYTES + 1000
    assert all(f"### Rollout: number {n}" in step.summary for n in range(5))
