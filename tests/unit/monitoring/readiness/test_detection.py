"""Facts about how long a fall goes unseen."""

from dataclasses import replace

import pytest

from evalgate.model.monitoring import AlarmRules
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.readiness.detection import detection_of


def test_the_window_must_fill_with_scores() -> None:
    found = detection_of(AlarmRules(), per_hour=12.5)
    assert found is not None
    assert found.drop == pytest.approx(5.0)
    assert (found.scores, found.hours) == (100, 8.0)
    wide = detection_of(AlarmRules(window=600), per_hour=12.5)
    assert wide is not None
    assert wide.hours == 48.0


def test_where_nothing_is_scored_nothing_is_ever_seen() -> None:
    assert detection_of(AlarmRules(), per_hour=0.0) is None


def test_the_widest_window_of_what_is_frozen_counts() -> None:
    graded = QualityBaseline(
        prompt="p", criterion="accuracy", mean=0.85, sd=0.11, n=2000, is_binary=False, frozen=1.0
    )
    passed = replace(graded, criterion="format", mean=0.9, sd=0.3, is_binary=True)
    narrow = detection_of(AlarmRules(), [graded], per_hour=10.0)
    both = detection_of(AlarmRules(), [graded, passed], per_hour=10.0)
    assert narrow is not None
    assert both is not None
    assert 50 < narrow.scores < 300
    assert 400 < both.scores < 2000
    assert both.hours == both.scores / 10
