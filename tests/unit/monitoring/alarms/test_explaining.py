"""What explains a fall."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.alarms.explaining import Explained, change_of, explain, mixture
from evalgate.monitoring.alarms.series import narrowed, series_of
from evalgate.monitoring.alarms.watching import Terms, watches_of
from tests.unit.monitoring.alarms.production import (
    EVERY,
    Graded,
    Outcome,
    at,
    baselines_of,
    production,
)

WHOLE = Stream(prompt="answers", criterion="accuracy")
Shape = Callable[[Observation, int, Random], Observation]


def explained(outcome: Outcome, *, by: Stream = WHOLE, shape: Shape | None = None) -> Explained:
    """Explain what fell with answer 1,500, seen with answer 1,600, by the watch of a stream."""
    scores = production(1_600, outcome, shape=shape)
    baselines = baselines_of(scores, until=at(1_000))
    watch = watches_of(by, baselines, Terms(rules=AlarmRules()))[0]
    whole = series_of(WHOLE, scores)
    series = series_of(by, [each for each in scores if by.feature in ("", each.feature)])
    return explain(watch, series, len(series) - 1, whole=whole)


def lower(by: float, **names: str) -> Outcome:
    def outcome(of: Observation, draws: Random) -> float:
        hit = of.ts >= at(1_500) and all(getattr(of, key) == each for key, each in names.items())
        return Graded()(of, draws) - (by if hit else 0.0)

    return outcome


def test_a_fall_of_all_answers_is_of_the_whole_whoever_noticed_it() -> None:
    for by in (WHOLE, narrowed(WHOLE, "feature", "chat")):
        found = explained(lower(0.08), by=by)
        assert found.stream == WHOLE
        assert found.began == pytest.approx(at(1_500), abs=12 * EVERY)


@pytest.mark.parametrize("seed", range(5))
def test_a_fall_that_begins_where_the_baseline_ends_began_there(seed: int) -> None:
    scores = production(1_700, lower(0.08), seed=seed)
    [watch] = watches_of(
        WHOLE, baselines_of(scores, until=at(1_499)), Terms(rules=AlarmRules(slices=()))
    )
    began = change_of(watch, series_of(WHOLE, scores), 1_699)
    assert at(1_500) <= began <= at(1_510)


def test_a_fall_before_what_was_frozen_is_not_taken_for_the_one_after_it() -> None:
    def twice(of: Observation, draws: Random) -> float:
        return lower(0.06)(of, draws) - (0.2 if of.ts >= at(700) else 0.0)

    scores = production(1_700, twice)
    for since in (0, 700):
        baselines = [
            replace(each, until=at(1_300), since=at(since))
            for each in baselines_of(scores[700:1_301], until=at(1_300))
        ]
        watch = watches_of(WHOLE, baselines, Terms(rules=AlarmRules()))[0]
        began = change_of(watch, series_of(WHOLE, scores), 1_699)
        assert began >= at(1_301)
        if since:
            assert began == pytest.approx(at(1_500), abs=12 * EVERY)


@pytest.mark.parametrize(
    ("names", "stream"),
    [
        ({"feature": "search"}, narrowed(WHOLE, "feature", "search")),
        ({"provider": "west"}, narrowed(narrowed(WHOLE, "provider", "west"), "route", "west-1")),
    ],
)
def test_a_fall_of_a_part_is_of_that_part_with_all_its_names(
    names: dict[str, str], stream: Stream
) -> None:
    assert explained(lower(0.2, **names)).stream == stream


def test_a_version_that_is_new_and_has_all_answers_is_named() -> None:
    def shape(of: Observation, number: int, _: Random) -> Observation:
        return replace(of, version="v4", model="m2") if number >= 1_500 else of

    stream = explained(lower(0.1), shape=shape).stream
    assert stream == replace(WHOLE, version="v4", model="m2")


def test_a_version_that_was_there_before_is_not_blamed() -> None:
    assert explained(lower(0.1)).stream.version == ""


def test_a_route_that_takes_over_is_named_though_no_route_fell() -> None:
    def shape(of: Observation, number: int, _: Random) -> Observation:
        return replace(of, route="spare", provider="spare") if number >= 1_500 else of

    stream = explained(lower(0.1), shape=shape).stream
    assert (stream.route, stream.provider) == ("spare", "spare")


def test_the_mix_is_told_with_the_rest() -> None:
    found = explained(lower(0.08))
    assert found.mix is not None
    assert found.mix.within == pytest.approx(-0.08, abs=0.035)
    assert found.mix.shares == pytest.approx(0, abs=0.01)
    scores = production(8, Graded())
    assert mixture(scores[:4], scores[4:]) is None


def test_a_canary_that_had_hardly_any_answers_before_is_held_to_all_of_them() -> None:
    def shape(of: Observation, number: int, draws: Random) -> Observation:
        is_canary = number % 200 == 0 or (number >= 1_500 and draws.random() < 0.3)
        return replace(of, version="v4") if is_canary else of

    assert explained(lower(0.15, version="v4"), shape=shape).stream == replace(WHOLE, version="v4")
