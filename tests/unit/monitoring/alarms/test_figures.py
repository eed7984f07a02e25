"""The limits of a mean, and what an alarm is called."""

from dataclasses import replace

import pytest

from evalgate.deciding.intervals import clopper_pearson
from evalgate.model.alarm import Signal
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.figures import fingerprint_of, limits

STREAM = Stream(prompt="answers", criterion="accuracy")


def test_grades_have_normal_limits_within_0_and_1() -> None:
    low, high = limits(0.8, 100, sd=0.1, is_binary=False)
    assert (low, high) == pytest.approx((0.8 - 0.0196, 0.8 + 0.0196), abs=1e-4)
    assert limits(0.99, 4, sd=0.3, is_binary=False)[1] == 1.0


def test_passes_have_exact_limits() -> None:
    assert limits(0.9, 200, sd=0.3, is_binary=True) == clopper_pearson(180, 200)


def test_scores_that_say_less_have_wider_limits() -> None:
    plain, alike = (limits(0.8, 100, sd=0.1, is_binary=False, worth=each) for each in (1.0, 0.25))
    assert alike[1] - alike[0] == pytest.approx(2 * (plain[1] - plain[0]))


def test_a_fingerprint_is_the_same_everywhere_and_for_all_signs_of_one_cause() -> None:
    assert fingerprint_of(Signal.FALL, STREAM) == "a5299247fc6a"
    assert fingerprint_of(Signal.DRIFT, STREAM) == fingerprint_of(Signal.FALL, STREAM)
    assert fingerprint_of(Signal.FLOOR, STREAM) == fingerprint_of(Signal.FALL, STREAM)


def test_another_cause_has_another_fingerprint() -> None:
    others = [
        fingerprint_of(Signal.BURN, STREAM),
        fingerprint_of(Signal.FALL, replace(STREAM, prompt="letters")),
        fingerprint_of(Signal.FALL, replace(STREAM, criterion="format")),
        fingerprint_of(Signal.FALL, replace(STREAM, feature="chat")),
        fingerprint_of(Signal.FALL, replace(STREAM, route="chat")),
        fingerprint_of(Signal.FALL, STREAM),
    ]
    assert len(set(others)) == len(others)
