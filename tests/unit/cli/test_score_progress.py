"""Facts about what is shown while answers are judged."""

import pytest

from evalgate.cli.score_progress import ScoreProgress


def test_what_is_over_soon_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with ScoreProgress() as progress:
        progress(1, 2)
        progress(2, 2)
    assert capsys.readouterr() == ("", "")


def test_what_takes_longer_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with ScoreProgress(first=0.0) as progress:
        for done in range(1, 1001):
            progress(done, 1000)
    assert capsys.readouterr().err == "evalgate: 1 of 1,000 samples judged\n"
