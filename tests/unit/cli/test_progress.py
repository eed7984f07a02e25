"""Facts about showing how a run gets on."""

import pytest

from evalgate.cli.progress import TrialProgress
from evalgate.model.trial import Arm, Trial, TrialStatus


def test_piped_progress_is_plain_lines_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trial = Trial(
        prompt="p",
        version="v1",
        version_hash="",
        evalset="e",
        arm=Arm.CANDIDATE,
        case="c",
        trial=0,
        status=TrialStatus.ERRORED,
    )
    with TrialProgress(2, every=0.0) as progress:
        progress.count(trial)
        progress.count(trial)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "running 2 trials",
        "1 of 2 trials, 1 errored",
        "2 of 2 trials, 2 errored",
    ]
