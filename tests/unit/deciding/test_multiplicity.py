"""Adjusted p-values: published counts of rejections, statsmodels as the oracle, and the laws.

Ids say where a value is from: `published` was read in a public source, `recomputed` is a published
value whose source was not read but which was computed a second time, `library` was computed with
statsmodels.
"""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from evalgate.deciding.multiplicity import benjamini_hochberg, holm

SISA = (0.00001, 0.00099, 0.003, 0.0145, 0.016, 0.06, 0.13)
FIFTEEN = (
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def rejected(adjusted: tuple[float, ...]) -> int:
    return sum(p_value <= 0.05 for p_value in adjusted)


@pytest.mark.parametrize(
    ("p_values", "by_holm", "by_hochberg"),
    [
        pytest.param(SISA, 3, 5, id="published: SISA"),
        pytest.param(FIFTEEN, 3, 4, id="recomputed: Benjamini and Hochberg 1995"),
    ],
)
def test_as_many_are_rejected_as_published(
    p_values: tuple[float, ...], by_holm: int, by_hochberg: int
) -> None:
    assert rejected(holm(p_values)) == by_holm
    assert rejected(benjamini_hochberg(p_values)) == by_hochberg


def test_bonferroni_rejects_three_of_the_fifteen() -> None:
    # Recomputed: Benjamini and Hochberg 1995.
    assert sum(p_value * len(FIFTEEN) <= 0.05 for p_value in FIFTEEN) == 3


def test_adjusted_p_values_stand_in_the_given_order() -> None:
    # Library: statsmodels.
    p_values = (0.01, 0.04, 0.03, 0.005)
    assert holm(p_values) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert benjamini_hochberg(p_values) == pytest.approx((0.02, 0.04, 0.04, 0.02))


@settings(max_examples=8)  # each call of this oracle collects garbage
@given(P_VALUES)
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(tuple(expected), abs=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_holm_rejects_where_bonferroni_rejects_every_set_of_questions(
    p_values: list[float],
) -> None:
    places = range(len(p_values))
    sets = [chosen for size in places for chosen in combinations(places, size + 1)]
    least = {chosen: len(chosen) * min(p_values[place] for place in chosen) for chosen in sets}
    expected = [
        min(1, max(least[chosen] for chosen in sets if place in chosen)) for place in places
    ]
    assert holm(p_values) == pytest.approx(tuple(expected))


@given(P_VALUES)
def test_benjamini_and_hochberg_agree_with_statsmodels(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="fdr_bh")[1]
    assert benjamini_hochberg(p_values) == pytest.approx(tuple(expected), abs=1e-12)


@given(P_VALUES)
def test_holm_is_the_stricter_and_neither_lowers_a_p_value(p_values: list[float]) -> None:
    every = zip(p_values, benjamini_hochberg(p_values), holm(p_values), strict=True)
    assert all(raw <= shared <= strict <= 1 for raw, shared, strict in every)


@given(st.floats(0, 1))
def test_a_single_question_needs_no_adjustment(p_value: float) -> None:
    assert holm((p_value,)) == benjamini_hochberg((p_value,)) == (p_value,)


def test_without_questions_there_is_nothing_to_adjust() -> None:
    assert holm(()) == benjamini_hochberg(()) == ()
