"""Facts about the model of a change that does no harm."""

import pytest

from evalgate.deciding.harmless import HarmlessEdit, edit_after

EDIT = HarmlessEdit()


def test_one_trial_on_each_side_differs_in_a_tenth_of_the_cases() -> None:
    told = EDIT.outright(1, 1, gains_after=1)
    # 2 · .09 · .5 of the cases that stay, 2 · .09 of those that are drawn anew.
    assert told.variance == pytest.approx(0.9 * 0.09 + 0.1 * 0.18)
    assert told.mean == pytest.approx(0)
    assert told.covariance == pytest.approx(-told.variance)
    assert 2 * EDIT.within + EDIT.between == pytest.approx(told.variance)


def test_one_trial_of_two_is_enough_for_a_loss_or_a_win() -> None:
    told = EDIT.outright(2, 2, gains_after=2)
    # Differences are one half or one; both sums over them give the mean of their squares.
    squares = -(told.variance + 3 * told.covariance) / 2
    assert squares == pytest.approx(EDIT.within + EDIT.between)


def test_a_loss_that_two_further_trials_must_confirm_is_rarer() -> None:
    assert EDIT.outright(10, 3, gains_after=1).mean < 0


def test_the_noise_is_that_of_mixed_and_of_steady_cases() -> None:
    assert EDIT.within_steady(1) == pytest.approx(EDIT.within)
    assert 0 < EDIT.within_steady(10) < EDIT.within_steady(3) < EDIT.within
    assert EDIT.mixed(1) == pytest.approx(0)
    assert EDIT.mixed(2) == pytest.approx(2 * EDIT.within)
    assert EDIT.mixed(10) < 0.3


def test_two_outcomes_that_differ_have_a_variance_of_a_half() -> None:
    assert EDIT.noise_squares(2) == pytest.approx(EDIT.mixed(2) / 4)


def test_a_record_tells_rate_and_correlation() -> None:
    steady = [(1.0, 1.0)] * 90 + [(0.0, 0.0)] * 10
    told = edit_after(steady)
    assert told.rate == pytest.approx(0.9, abs=0.003)
    assert told.correlation == 0.99
    loose = edit_after([(1.0, 0.0)] * 100)
    assert (round(loose.rate, 2), loose.correlation) == (0.5, 0.01)


def test_a_perfect_record_leaves_room_for_doubt() -> None:
    told = edit_after([(1.0, 1.0, 1.0)] * 1000)
    assert 0 < told.rate < 1
    assert 0 < told.correlation < 1


def test_without_outcomes_the_prompt_is_an_ordinary_one() -> None:
    assert edit_after([]) == HarmlessEdit()
    assert edit_after([(1.0,), (0.0,)]).correlation == HarmlessEdit().correlation
