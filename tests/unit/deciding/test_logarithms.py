"""Numbers kept as logarithms, with scipy and exact integers as the oracles."""

import math

import pytest
import scipy.special  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.logarithms import MOST_LOG, log_beta, log_of_sum, log_ways, number_of


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=20))
def test_a_sum_of_numbers_is_that_of_their_logarithms(numbers: list[float]) -> None:
    found = log_of_sum([math.log(each) for each in numbers])
    assert found == pytest.approx(math.log(math.fsum(numbers)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("far", [5000.0, -5000.0])
def test_numbers_beyond_all_floats_can_be_added(far: float) -> None:
    assert log_of_sum([far, far, far - 9000]) == pytest.approx(far + math.log(2))


@given(st.floats(-600, 600))
def test_a_number_comes_back_from_its_logarithm(log: float) -> None:
    assert math.log(number_of(log)) == pytest.approx(log, abs=1e-12)


@pytest.mark.parametrize("log", [1e9, math.inf])
def test_what_is_too_large_for_a_number_is_cut_off_on_both_sides(log: float) -> None:
    assert number_of(log) == math.exp(MOST_LOG) < math.inf
    assert number_of(-log) == math.exp(-MOST_LOG) > 0


@given(st.integers(0, 60), st.data())
def test_ways_to_choose_are_binomials(of: int, data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, of))
    assert log_ways(of, chosen) == pytest.approx(math.log(math.comb(of, chosen)), abs=1e-10)


@given(st.floats(0.01, 1e5), st.floats(0.01, 1e5))
def test_the_beta_function_is_that_of_scipy(first: float, last: float) -> None:
    expected = float(scipy.special.betaln(first, last))
    assert log_beta(first, last) == pytest.approx(expected, rel=1e-9, abs=1e-6)
