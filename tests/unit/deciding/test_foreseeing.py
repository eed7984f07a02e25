"""Facts about how a comparison can be expected to go."""

from dataclasses import replace

import pytest

from evalgate.deciding.bounds import Difference, Sample, rare_loss_bound, sample
from evalgate.deciding.foreseeing import Expected, course, most_losses
from evalgate.deciding.harmless import Outright

STILL = Outright(mean=0.0, variance=0.0, covariance=0.0)


def look(*, units: int = 400, spread: float = 0.1, fresh: float = 0.0, rounds: int = 1) -> Expected:
    squares = units * spread
    of = Sample(
        units=units,
        effective=units,
        size=units,
        size_squares=units,
        total=0.0,
        squares=squares,
        cross=0.0,
        lost=0.0,
        won=0.0,
    )
    return Expected(
        sample=of,
        level=0.05 if rounds == 1 else 0.03,
        kept=squares * (1 - fresh),
        fresh=squares * fresh,
        rounds=rounds,
        outright=STILL,
    )


def test_the_chance_is_that_of_the_textbook() -> None:
    # Φ(m / SE − z) with m = .05, SE = √(.1 / 400), z = 1.645, less the half case at −1.
    assert course([look()], 0.05).passes == pytest.approx(0.92, abs=0.02)


def test_an_unchanged_set_without_any_noise_passes() -> None:
    assert course([look(spread=0.0)], 0.05).passes == 1


def test_no_set_that_is_too_small_passes() -> None:
    assert course([look(units=50, spread=0.0)], 0.05).passes == 0


def test_the_guard_alone_may_stand_in_the_way() -> None:
    often = Outright(mean=0.0, variance=0.1, covariance=0.0)
    assert course([replace(look(), outright=often)], 0.05).passes < course([look()], 0.05).passes
    harmed = Outright(mean=0.1, variance=0.1, covariance=0.0)
    assert course([replace(look(), outright=harmed)], 0.05).passes < 0.01


def test_further_looks_are_met_by_what_is_open_and_pass_more() -> None:
    looks = [look(fresh=0.6 / rounds, rounds=rounds) for rounds in (1, 2, 3)]
    told = course(looks, 0.05)
    assert told.reached[0] == 1
    assert 0 < told.reached[2] <= told.reached[1] < 0.5
    assert told.passes > course(looks[:1], 0.05).passes


def test_looks_past_the_tenth_are_those_of_the_last() -> None:
    looks = [look(fresh=0.6 / rounds, rounds=rounds) for rounds in range(1, 31)]
    reached = course(looks, 0.04).reached
    assert len(reached) == 30
    assert list(reached) == sorted(reached, reverse=True)
    assert reached[10] == reached[-1] > 0


@pytest.mark.parametrize("units", [59, 200, 1000])
def test_the_guard_holds_up_to_the_most_losses(units: int) -> None:
    most = most_losses(units, 0.05, 0.05)
    lost = [Difference(value=-1.0 if index < int(most) else 0.0) for index in range(units)]
    assert rare_loss_bound(sample(lost), 0.05) < 0.05
    lost[int(most)] = Difference(value=-1.0)
    assert rare_loss_bound(sample(lost), 0.05) >= 0.05


def test_a_set_that_is_too_small_allows_no_loss_at_all() -> None:
    assert most_losses(58, 0.05, 0.05) == -1


def test_a_look_that_fails_is_the_last_one() -> None:
    hopeless = course([look(), look(rounds=2)], 0.005)
    assert hopeless.passes == 0
    # Half of alpha or so: the half cases keep the upper bound on the safe side.
    assert 0.94 < hopeless.reached[1] < 0.99


def test_about_exactly_these_cases_the_guard_looks_at_the_total() -> None:
    suite = replace(look(units=59, spread=0.01), outright=None)
    assert course([suite], 0.05).passes == pytest.approx(0.5, abs=0.05)
