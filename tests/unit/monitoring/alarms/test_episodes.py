"""When a stream was low."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.episodes import Episode, drifts, falls
from evalgate.monitoring.alarms.series import Series, series_of
from evalgate.monitoring.alarms.watching import Terms, Watch, watches_of
from tests.unit.monitoring.alarms.production import Graded, at, production

WHOLE = Stream(prompt="answers", criterion="accuracy")
BASELINE = QualityBaseline(
    prompt="answers",
    criterion="accuracy",
    mean=0.9,
    sd=0.05,
    n=1_000,
    is_binary=False,
    until=at(0) - 1,
    frozen=at(0) - 1,
)


def watched(*, window: int = 10, baselines: Sequence[QualityBaseline] = (BASELINE,)) -> Watch:
    terms = Terms(rules=AlarmRules(window=window, false_alarms=0.5, max_drop=0.1))
    watch = watches_of(WHOLE, baselines, terms)[0]
    return replace(watch, drop=0.1)


def scores(*outcomes: float) -> Series:
    made = production(len(outcomes), Graded())
    return series_of(
        WHOLE,
        [replace(each, outcome=value) for each, value in zip(made, outcomes, strict=True)],
    )


def found(series: Series, watch: Watch, *, steady: int = 3) -> list[Episode]:
    return list(falls(watch, series, rules_drop=0.1, steady=steady))


def test_an_episode_begins_with_the_score_that_takes_the_window_to_the_line() -> None:
    # Of ten scores the mean reaches 0.8 with the fifth that is 0.7.
    [episode] = found(scores(*[0.9] * 20, *[0.7] * 8), watched())
    assert (episode.first, episode.last, episode.ended) == (24, None, None)
    assert episode.observed(24, 0.0) == pytest.approx(0.8)
    assert episode.is_low(24, 0.0)
    assert not episode.is_low(24, 0.0, corrected=0.01)
    assert not episode.is_low(23, 0.0)


def test_a_window_that_is_not_full_is_not_looked_at() -> None:
    assert found(scores(*[0.1] * 9), watched()) == []
    assert len(found(scores(*[0.1] * 10), watched())) == 1


def test_scores_of_the_baseline_itself_are_not_looked_at() -> None:
    late = watched(baselines=[replace(BASELINE, until=at(14))])
    assert found(scores(*[0.1] * 24), late) == []
    [episode] = found(scores(*[0.1] * 25), late)
    assert episode.first == 24


def test_it_is_over_when_the_mean_was_back_for_a_while() -> None:
    series = scores(*[0.9] * 20, *[0.7] * 5, *[0.9] * 30)
    [episode] = found(series, watched())
    # From 0.8 the mean is back at 0.85 once two or three of the five have left the window.
    assert episode.last is not None
    assert series.mean(episode.last - 9, episode.last + 1) >= 0.85
    assert series.mean(episode.last - 12, episode.last - 2) >= 0.85 - 0.021
    assert episode.ended == series.times[episode.last]
    [longer] = found(series, watched(), steady=6)
    assert longer.last == episode.last + 3


def test_a_mean_that_only_touches_the_way_back_goes_on_being_low() -> None:
    wave = [0.9] * 20 + [0.7] * 5 + ([0.9] * 7 + [0.7] * 4) * 3
    assert len(found(scores(*wave), watched(), steady=8)) == 1


def test_a_newer_baseline_ends_an_episode() -> None:
    newer = replace(BASELINE, until=at(40), frozen=at(41), mean=0.7)
    [episode] = found(scores(*[0.9] * 20, *[0.6] * 40), watched(baselines=[BASELINE, newer]))
    assert episode.ended == at(40)
    assert episode.last == 40


def test_a_small_fall_that_lasts_takes_the_sum_to_its_limit() -> None:
    watch = watched()
    assert watch.tuning is not None
    low = watch.tuning.mean - (watch.tuning.slack + 1) * watch.tuning.sd
    series = scores(*[0.9] * 5, *[low] * 200)
    [episode] = drifts(watch, series)
    assert episode.is_drift
    # Each score adds one deviation.
    assert episode.first == pytest.approx(5 + watch.tuning.limit, abs=1)
    assert episode.window(episode.first, at(5)) == episode.first - 4
    assert episode.observed(episode.first, at(5)) == pytest.approx(low)


def test_a_drift_is_over_when_the_sum_is_back_at_zero() -> None:
    watch = watched()
    assert watch.tuning is not None
    low = watch.tuning.mean - (watch.tuning.slack + 1) * watch.tuning.sd
    series = scores(*[low] * 100, *[0.9] * 400)
    [episode] = drifts(watch, series)
    back = watch.tuning.limit / watch.tuning.slack
    assert episode.last == pytest.approx(100 + back, abs=2)


def test_a_stream_without_a_tuning_has_no_drifts() -> None:
    assert list(drifts(replace(watched(), tuning=None), scores(*[0.1] * 50))) == []
