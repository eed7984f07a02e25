"""Which streams are watched, and how the chance of false alarms is shared."""

from dataclasses import replace

import pytest

from evalgate.deciding.moving_window import SCORES, false_alarm_chance
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.watching import (
    DRIFTS,
    FOREVER,
    Terms,
    criteria_of,
    floor_alone,
    is_whole,
    watches_of,
)

WHOLE = Stream(prompt="answers", criterion="accuracy")
BASELINE = QualityBaseline(
    prompt="answers",
    criterion="accuracy",
    mean=0.85,
    sd=0.11,
    n=2_000,
    is_binary=False,
    until=100.0,
    frozen=500.0,
)
CHAT = replace(BASELINE, feature="chat", n=500)
TERMS = Terms(rules=AlarmRules())


def chance(stream: Stream, *baselines: QualityBaseline, terms: Terms = TERMS) -> float:
    [watch] = watches_of(stream, baselines, terms)
    return false_alarm_chance(watch.spread, watch.window, watch.drop, scores=watch.promise.scores)


def test_the_chances_of_all_streams_of_a_prompt_add_up_to_the_promise() -> None:
    search = replace(CHAT, feature="search", n=1_500)
    east = replace(BASELINE, route="east")
    streams = [
        WHOLE,
        replace(WHOLE, version="v3"),
        replace(WHOLE, feature="chat"),
        replace(WHOLE, feature="search"),
        replace(WHOLE, route="east"),
    ]
    total = sum(chance(each, BASELINE, CHAT, search, east) for each in streams)
    assert 0.006 < total <= 0.01


def test_more_criteria_share_the_same_promise() -> None:
    terms = replace(TERMS, criteria=4)
    assert 4 * chance(WHOLE, BASELINE, terms=terms) <= 0.005
    [alone] = watches_of(WHOLE, [BASELINE], TERMS)
    [one_of_four] = watches_of(WHOLE, [BASELINE], terms)
    assert alone.window < one_of_four.window < 1.4 * alone.window
    assert criteria_of("answers", [BASELINE, CHAT, replace(BASELINE, criterion="format")]) == 2


def test_without_slices_the_whole_has_all_of_the_chance() -> None:
    [watch] = watches_of(WHOLE, [BASELINE], Terms(rules=AlarmRules(slices=())))
    assert watch.promise.chance == 0.01


def test_a_slice_is_promised_for_its_share_of_the_scores() -> None:
    [watch] = watches_of(replace(WHOLE, feature="chat"), [BASELINE, CHAT], TERMS)
    assert watch.promise.scores == SCORES / 4
    assert watch.promise.chance == pytest.approx(0.01 / 2 / 3 / 4)
    assert watch.baseline == CHAT
    assert watch.tuning is None


def test_a_version_is_held_to_its_prompt_and_a_feature_to_its_own_past_alone() -> None:
    [version] = watches_of(replace(WHOLE, version="v4"), [BASELINE, CHAT], TERMS)
    assert version.baseline == BASELINE
    assert watches_of(replace(WHOLE, feature="chat"), [BASELINE], TERMS) == ()
    assert watches_of(replace(WHOLE, criterion="format"), [BASELINE], TERMS) == ()


def test_a_baseline_holds_from_its_last_score_until_the_next_one() -> None:
    later = replace(BASELINE, mean=0.8, until=900.0, frozen=1_000.0)
    first, second = watches_of(WHOLE, [later, BASELINE], TERMS)
    assert (first.begin, first.end, first.baseline.mean) == (100.0, 900.0, 0.85)
    assert (second.begin, second.end, second.baseline.mean) == (900.0, FOREVER, 0.8)


def test_of_two_baselines_of_one_time_the_one_that_was_frozen_last_holds() -> None:
    again = replace(BASELINE, mean=0.8, frozen=600.0)
    [watch] = watches_of(WHOLE, [again, BASELINE], TERMS)
    assert watch.baseline == again


def test_a_baseline_that_was_frozen_later_for_an_earlier_time_is_not_cut_off() -> None:
    back = replace(BASELINE, mean=0.8, until=50.0, frozen=600.0)
    [watch] = watches_of(WHOLE, [BASELINE, back], TERMS)
    assert (watch.begin, watch.end, watch.baseline) == (50.0, FOREVER, back)


def test_the_limit_is_the_drop_below_the_baseline() -> None:
    [watch] = watches_of(WHOLE, [BASELINE], TERMS)
    assert watch.limit == watch.line == pytest.approx(0.8)
    assert watch.tuning is not None
    assert watch.tuning.mean == pytest.approx(0.85)


def test_a_floor_above_the_limit_is_the_line() -> None:
    [watch] = watches_of(WHOLE, [BASELINE], replace(TERMS, floor=0.83))
    assert watch.floor is not None
    assert 0.8 < watch.line <= 0.83
    [low] = watches_of(WHOLE, [BASELINE], replace(TERMS, floor=0.5))
    assert low.line == low.limit


def test_a_mean_at_the_floor_does_not_page_by_chance() -> None:
    at_floor = replace(TERMS, floor=0.85)
    [watch] = watches_of(WHOLE, [BASELINE], at_floor)
    drop = BASELINE.mean - watch.line
    assert false_alarm_chance(watch.spread, watch.window, drop) <= 0.0051
    assert watch.line < 0.84


def test_a_floor_alone_holds_without_a_drift() -> None:
    [watch] = watches_of(WHOLE, [floor_alone(WHOLE, 0.8)], replace(TERMS, floor=0.8))
    assert watch.is_of_floor
    assert watch.tuning is None
    assert watch.line < 0.8


def test_drifts_share_a_chance_of_their_own() -> None:
    assert replace(TERMS, criteria=4).chance_of_drift == DRIFTS / 4


def test_a_whole_prompt_is_told_from_its_slices() -> None:
    assert is_whole(WHOLE)
    assert not is_whole(replace(WHOLE, model="m"))
