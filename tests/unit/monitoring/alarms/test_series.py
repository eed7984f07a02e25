"""Observations as series."""

from dataclasses import replace

import pytest

from evalgate.model.observation import Stream
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms.series import gather, names_of, narrowed, series_of, value_of
from tests.unit.monitoring.alarms.production import EVERY, Graded, at, production

SCORES = production(40, Graded())
WHOLE = Stream(prompt="answers", criterion="accuracy")


def test_scores_are_in_the_order_of_their_answers_whenever_they_came() -> None:
    assert series_of(WHOLE, reversed(SCORES)) == series_of(WHOLE, SCORES)


def test_only_uniform_scores_with_an_outcome_make_a_series() -> None:
    raised = replace(SCORES[0], stratum=Stratum.RAISED)
    cached = replace(SCORES[1], stratum=Stratum.CACHED)
    unscored = replace(SCORES[2], outcome=None, cause="refused")
    [found] = gather([raised, cached, unscored, *SCORES[3:]], at=at(40))
    assert len(found.whole) == 37
    assert found.raised == [raised]
    assert found.unscored == [unscored]


def test_what_is_later_than_the_look_is_not_there() -> None:
    [found] = gather(SCORES, at=at(9))
    assert len(found.whole) == 10


def test_each_prompt_and_criterion_has_its_own_series() -> None:
    other = replace(SCORES[0], prompt="letters")
    third = replace(SCORES[0], criterion="format")
    assert [each.whole.stream for each in gather([*SCORES, other, third], at=at(40))] == [
        WHOLE,
        replace(WHOLE, criterion="format"),
        replace(WHOLE, prompt="letters"),
    ]


def test_the_slices_of_a_dimension_are_all_scores_that_know_it() -> None:
    unknown = replace(SCORES[0], feature="")
    [found] = gather([unknown, *SCORES[1:]], at=at(40))
    parts = {stream: len(each) for stream, each in found.slices.items() if stream.feature}
    assert set(parts) == {narrowed(WHOLE, "feature", each) for each in ("chat", "search")}
    assert sum(parts.values()) == 39


def test_means_and_places_of_a_series() -> None:
    series = series_of(WHOLE, SCORES)
    assert series.mean(10, 20) == pytest.approx(sum(series.outcomes[10:20]) / 10)
    assert series.after(at(9)) == 10
    assert series.after(at(9) - EVERY / 2) == 9


def test_a_stream_says_what_it_is_narrowed_to() -> None:
    assert names_of(WHOLE) == {}
    assert names_of(replace(WHOLE, route="east-1", version="v3")) == {
        "version": "v3",
        "route": "east-1",
    }
    assert value_of(SCORES[0], "model") == "claude-sonnet-5-5"
