"""Facts about showing how a run gets on."""

import re
import time

import pytest

from evalgate.cli.progress import TrialProgress
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus

FAILED = Trial(
    prompt="p",
    version="v1",
    version_hash="",
    evalset="e",
    arm=Arm.CANDIDATE,
    case="c",
    trial=0,
    status=TrialStatus.ERRORED,
    error=TrialError(kind="timeout", message=""),
    calls=4,
)


def test_a_piped_run_ends_with_one_line_of_totals(capsys: pytest.CaptureFixture[str]) -> None:
    with TrialProgress(2) as progress:
        progress.count(FAILED)
        progress.count(FAILED)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "2 trials in 0 s: 2 errored (2 timeout); 8 calls; $0\n"


def test_piped_lines_come_by_the_clock_even_when_no_trial_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with TrialProgress(2, first=0.01, every=0.02) as progress:
        progress.count(FAILED)
        time.sleep(0.15)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) >= 3
    assert all(line.startswith("1 of 2 trials in 0 s") for line in lines)


def test_a_run_that_breaks_off_says_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    progress = TrialProgress(9)
    progress.count(FAILED)
    with pytest.raises(KeyboardInterrupt), progress:
        raise KeyboardInterrupt
    assert capsys.readouterr().err.startswith("1 of 9 trials in 0 s: 1 errored")


def test_a_terminal_gets_a_bar_that_goes_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with TrialProgress(2) as progress:
        progress.count(FAILED)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert "━ 1/2 " in shown
    assert "1 errored (1 timeout)" in shown
    assert shown.splitlines()[-1] == "1 of 2 trials in 0 s: 1 errored (1 timeout); 4 calls; $0"
