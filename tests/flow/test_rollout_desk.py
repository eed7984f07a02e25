"""Facts about the evidence that a run of the workflow goes by."""

from pathlib import Path
from shutil import rmtree

import pytest

from evalgate.errors import ExitCode, UsageError
from tests.flow.rollouts import ENOUGH, make_crew, share_of

pytestmark = pytest.mark.slow


def test_the_evidence_may_come_from_an_artifact_of_the_default_branch(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    crew.upload("calls", "logs")
    crew.upload("scores", "scores")
    for folder in ("logs", "scores"):
        rmtree(crew.root / folder)
    settled = crew.dispatch("advance", calls="artifact:calls", scores="artifact:scores")
    assert (settled.code, share_of(crew)) == (ExitCode.OK, ("v2", 50.0))


def test_an_artifact_of_another_branch_is_no_evidence(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    crew.upload("calls", "logs", branch="topic")
    with pytest.raises(UsageError, match="no run on `main` has left an artifact `calls`"):
        crew.dispatch("advance", calls="artifact:calls")


def test_a_torn_log_is_read_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    [path] = (crew.root / "logs").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 40])
    settled = crew.dispatch("check")
    assert settled.code is ExitCode.OK
    assert settled.report is not None
    assert sum(settled.report.evidence.left_out.values()) >= 1


def test_a_log_that_says_nothing_of_the_rollout_moves_nothing(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    [path] = (crew.root / "logs").iterdir()
    path.write_bytes(b"")
    assert crew.dispatch("advance").code is ExitCode.INCONCLUSIVE


def test_without_scores_nothing_is_known_of_quality(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    settled = crew.dispatch("advance", scores="")
    assert (settled.code, share_of(crew)) == (ExitCode.INCONCLUSIVE, ("v2", 20.0))


def test_a_log_that_has_ended_long_ago_says_so(tmp_path: Path) -> None:
    crew = make_crew(tmp_path)
    crew.serve(ENOUGH)
    for hours, told in ((0.9, False), (0.2, True)):
        crew.now += 3600 * hours
        settled = crew.dispatch("check")
        assert settled.report is not None
        said = [each for each in settled.report.remarks if "The newest call of the log" in each]
        assert bool(said) == told
