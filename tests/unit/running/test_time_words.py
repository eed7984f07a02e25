"""Facts about how durations are told."""

import pytest

from evalgate.running.duration import Bottleneck, Duration
from evalgate.running.time_words import cause, passes, roughly, spoken, too_long


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (250, "4 min 10 s"),
        (3_599.7, "1 h"),
        (7_500, "2 h 5 min"),
        (86_400, "24 h"),
        (200_000, "2 d 8 h"),
        (-3, "0 s"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.2, "5 s"),
        (12, "10 s"),
        (598, "10 min"),
        (250, "4 min"),
        (3_700, "1 h 2 min"),
        (8_000, "2 h 15 min"),
        (200_000, "2 d 8 h"),
    ],
)
def test_a_guess_is_rounded_to_what_it_can_tell(seconds: float, words: str) -> None:
    assert roughly(seconds) == words


def test_a_job_is_passed_when_its_minutes_are() -> None:
    hour = Duration(seconds=3_600.0, decided_by=Bottleneck.CONCURRENCY)
    assert not passes(hour, 60)
    assert passes(hour, 59.9)


def test_a_limit_is_told_with_its_model() -> None:
    slow = Duration(seconds=1.0, decided_by=Bottleneck.OUTPUT_TOKENS, model="claude-haiku-5-5")
    assert cause(slow) == "by the limit of output tokens per minute of claude-haiku-5-5"
    assert cause(Duration(seconds=1.0, decided_by=Bottleneck.CONCURRENCY)) == (
        "by the calls in flight"
    )


def test_what_is_too_long_comes_with_what_would_shorten_it() -> None:
    limited = Duration(seconds=9_000.0, decided_by=Bottleneck.REQUESTS, model="m")
    assert too_long(limited, 60) == (
        "about 2 h 30 min, decided by the limit of requests per minute of m; that is longer than "
        "the 60 minutes of the job (`run.job_minutes`): run it with `--engine batches`, ask for "
        "higher limits, or plan fewer trials"
    )
    waiting = Duration(seconds=9_000.0, decided_by=Bottleneck.CONCURRENCY)
    assert "raise `run.concurrency`" in too_long(waiting, 60)
    assert "--shard" in too_long(waiting, 60)
    assert "--shard" not in too_long(limited, 60)
