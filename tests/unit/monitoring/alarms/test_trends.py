"""The figures of streams over time."""

from dataclasses import replace

import pytest

from evalgate.model.alarm_report import Missing, Trend
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms.series import series_of
from evalgate.monitoring.alarms.trends import (
    Shown,
    lacking,
    per_hour,
    trend_of,
    unfrozen,
    weakly_known,
)
from evalgate.monitoring.alarms.watching import Terms, Watch, watches_of
from tests.unit.monitoring.alarms.production import (
    DAY,
    EVERY,
    Graded,
    Passing,
    at,
    baselines_of,
    production,
)

WHOLE = Stream(prompt="answers", criterion="accuracy")
SCORES = production(3_000, Graded())


def watched(scores: list[Observation] = SCORES, *, until: int = 2_000) -> Watch:
    baselines = baselines_of(scores, until=at(until))
    return watches_of(WHOLE, baselines, Terms(rules=AlarmRules()))[0]


def trend(scores: list[Observation], shown: Shown) -> Trend:
    return trend_of(series_of(WHOLE, scores), shown, at=at(3_000), since=scores[0].ts)


def test_a_watched_stream_shows_its_window_and_its_line() -> None:
    watch = watched()
    found = trend(SCORES, Shown(watch=watch, unscored=7))
    last = [each.outcome or 0.0 for each in SCORES[-watch.window :]]
    assert found.mean == pytest.approx(sum(last) / len(last))
    assert found.low is not None
    assert found.high is not None
    assert found.mean is not None
    assert found.low < found.mean < found.high
    assert (found.n, found.unscored, found.in_window) == (3_000, 7, watch.window)
    assert (found.baseline, found.limit) == (watch.baseline.mean, watch.limit)
    assert found.last == at(2_999)


def test_a_stream_that_nothing_is_frozen_of_shows_figures_without_a_line() -> None:
    found = trend(SCORES[:40], Shown(watch=None))
    assert (found.window, found.baseline, found.limit, found.in_window) == (0, None, None, 40)
    nothing = trend_of(series_of(WHOLE, []), Shown(watch=None), at=at(9), since=at(0))
    assert (nothing.mean, nothing.low, nothing.last, nothing.points) == (None, None, None, ())
    assert nothing.weighted is None


def test_all_scores_weigh_one_over_their_chance() -> None:
    uniform = [replace(each, outcome=1.0, probability=0.1) for each in SCORES[:10]]
    raised = [
        replace(each, outcome=0.0, probability=1.0, stratum=Stratum.RAISED)
        for each in SCORES[10:20]
    ]
    found = trend(uniform, Shown(watch=None, raised=raised))
    assert found.weighted == pytest.approx(100 / 110)
    assert found.mean == 1.0


def test_points_are_hours_of_a_day_and_days_of_a_long_time() -> None:
    points = trend(SCORES[:600], Shown(watch=None)).points
    assert sum(each.n for each in points) == 600
    assert {each.end - each.start for each in points} == {
        3_600.0 if 3_000 * EVERY <= 2 * DAY else 21_600.0
    }
    assert all(each.start % 3_600 == 0 and each.low <= each.mean <= each.high for each in points)
    long = trend_of(
        series_of(WHOLE, SCORES), Shown(watch=None), at=at(3_000), since=at(0) - 30 * DAY
    )
    assert {each.end - each.start for each in long.points} == {DAY}


def test_a_point_of_passes_has_limits_even_where_all_passed() -> None:
    passed = [replace(each, outcome=1.0) for each in production(50, Passing(1.0))]
    [point, *_] = trend(passed, Shown(watch=None)).points
    assert point.low < 1.0 == point.high


def test_the_pace_is_that_of_late() -> None:
    series = series_of(WHOLE, SCORES)
    assert per_hour(series, at=at(3_000)) == pytest.approx(60, rel=0.01)
    assert per_hour(series, at=at(3_000) + 30 * DAY) == 0.0
    assert per_hour(series_of(WHOLE, []), at=at(0)) == 0.0


def test_what_is_missing_is_told_with_the_time_that_it_takes() -> None:
    watch = watched()
    series = series_of(WHOLE, SCORES[:2_011])
    found = lacking(series, watch, at=at(2_011))
    assert found is not None
    assert found.why is Missing.WINDOW
    assert found.lacking == watch.window - 10
    assert found.until == pytest.approx(at(2_011 + found.lacking), abs=3 * EVERY)
    assert "at this traffic in about" in found.message
    assert lacking(series_of(WHOLE, SCORES), watch, at=at(3_000)) is None


def test_a_stream_with_enough_scores_only_lacks_the_command() -> None:
    found = unfrozen(series_of(WHOLE, SCORES), fewest=200, at=at(3_000))
    assert (found.why, found.lacking, found.until) == (Missing.BASELINE, 0, None)
    assert found.message.endswith("`evalgate monitor freeze --prompt answers`")


def test_a_baseline_that_cannot_tell_the_drop_is_named() -> None:
    assert weakly_known(watched(), 0.05) is None
    vague = production(700, Passing(0.9))
    told = weakly_known(watched(vague, until=650), 0.02)
    assert told is None or "not of 2" in told
    short = watches_of(
        WHOLE, baselines_of(SCORES, until=at(2_000)), Terms(rules=AlarmRules(window=20))
    )[0]
    assert "not of 5" in (weakly_known(short, 0.05) or "")
