"""Where the level of a series moved."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.level_shift import FEWEST, Level, change_point, gain_of


def test_a_clean_fall_is_found_where_it_is() -> None:
    assert change_point([0.9] * 40 + [0.7] * 20) == 40


def test_a_noisy_fall_is_found_nearly_where_it_is() -> None:
    draws = Random(2)  # noqa: S311 - draws of a test
    scores = [draws.gauss(0.9 if place < 200 else 0.8, 0.05) for place in range(260)]
    assert change_point(scores) == pytest.approx(200, abs=4)


def test_a_rise_is_no_fall() -> None:
    assert change_point([0.5] * 30 + [0.9] * 30) == 0


@given(st.lists(st.floats(0, 1), max_size=2 * FEWEST - 1))
def test_too_few_scores_have_no_change(scores: list[float]) -> None:
    assert change_point(scores) == 0


@given(st.lists(st.floats(0, 1), min_size=2 * FEWEST, max_size=40))
def test_each_level_has_enough_scores(scores: list[float]) -> None:
    place = change_point(scores)
    assert place == 0 or FEWEST <= place <= len(scores) - FEWEST


def test_a_gain_is_the_log_likelihood_ratio_of_two_means() -> None:
    assert gain_of(Level(50, 0.9), Level(50, 0.8), 0.1) == pytest.approx(0.01 / (2 * 0.01 * 0.04))
    assert gain_of(Level(50, 0.8), Level(50, 0.9), 0.1) == 0.0
    assert gain_of(Level(0, 0.9), Level(50, 0.8), 0.1) == 0.0


def test_what_is_before_the_first_index_shows_the_level_and_is_no_place_of_a_change() -> None:
    scores = [0.9] * 20 + [0.5] * 30
    assert change_point(scores) == 20
    assert change_point(scores, least=20) == 20
    assert change_point(scores, least=30) == 30
    assert change_point(scores, least=48) == 48
