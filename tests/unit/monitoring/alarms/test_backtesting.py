"""A history, prepared for a rule that is tried out on it."""

from dataclasses import replace
from random import Random

import pytest

from evalgate.monitoring.alarms.backtesting import (
    Drop,
    frozen_then,
    holding,
    span_of,
    with_drop,
)
from tests.unit.monitoring.alarms.production import Graded, Passing, at, production

SCORES = production(2_000, Graded())


def draws() -> Random:
    return Random(4)  # noqa: S311 - draws of a test


def test_a_drop_is_put_where_it_is_meant_and_nowhere_else() -> None:
    drop = Drop(since=at(1_000), by=0.1, criterion="accuracy", names={"feature": "chat"})
    worse = with_drop(SCORES, drop, draws())
    for before, after in zip(SCORES, worse, strict=True):
        meant = before.feature == "chat" and before.ts >= at(1_000)
        assert (after.outcome != before.outcome) is meant
        assert replace(after, outcome=before.outcome) == before
    assert with_drop(SCORES, replace(drop, criterion="tone"), draws()) == tuple(SCORES)


def test_passes_stay_passes_and_failures() -> None:
    passes = production(1_000, Passing(0.9))
    worse = with_drop(passes, Drop(since=at(500), by=0.1), draws())
    assert {each.outcome for each in worse} == {0.0, 1.0}


def test_a_history_is_held_to_its_first_third_unless_told_otherwise() -> None:
    [whole, *_] = frozen_then(SCORES, until=None, max_drop=0.05).baselines
    assert whole.n == pytest.approx(667, abs=2)
    assert whole.frozen == whole.until
    [whole, *_] = frozen_then(SCORES, until=at(999), max_drop=0.05).baselines
    assert whole.n == 1_000
    assert span_of(SCORES) == (at(0), at(1_999))


def test_a_beginning_that_is_too_short_tells_what_it_lacks() -> None:
    none = frozen_then(SCORES[:60], until=None, max_drop=0.05)
    assert none.baselines == []
    assert none.closest is not None
    assert (none.closest.n, none.closest.needed) == (21, 200)


def test_what_was_frozen_afterwards_holds_as_if_it_had_been_at_once() -> None:
    [whole, *_] = frozen_then(SCORES, until=at(999), max_drop=0.05).baselines
    late = replace(whole, frozen=at(5_000))
    assert holding([late], before=at(1_000)) == (replace(late, frozen=at(999)),)
    assert holding([late], before=at(999)) == ()


def test_what_was_frozen_for_an_earlier_time_is_not_cut_off_by_what_it_took_the_place_of() -> None:
    [whole, *_] = frozen_then(SCORES, until=at(999), max_drop=0.05).baselines
    back = replace(whole, until=at(900), frozen=at(1_500))
    assert holding([whole, back], before=at(5_000)) == (replace(back, frozen=at(900)),)
