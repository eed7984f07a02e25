"""Facts about the figures of a judge."""

import pytest

from evalgate.deciding.judge_measures import (
    Agreement,
    agreement_of,
    confusion,
    measures,
)

SAID = [
    *[(True, True)] * 45,
    *[(True, False)] * 15,
    *[(False, True)] * 25,
    *[(False, False)] * 15,
]


def test_each_answer_is_counted_once_by_what_people_and_the_judge_said() -> None:
    counts = confusion(SAID)
    found = (counts.true_pass, counts.false_fail, counts.false_pass, counts.true_fail)
    assert found == (45, 15, 25, 15)
    assert counts.labels == 100


def test_sensitivity_is_about_answers_that_people_pass() -> None:
    found = measures(confusion(SAID))
    values = {name: None if each is None else each.value for name, each in found.items()}
    assert values == pytest.approx(
        {"sensitivity": 0.75, "specificity": 0.375, "kappa": 0.1304, "youden": 0.125}, abs=1e-4
    )


def test_every_figure_lies_in_its_interval() -> None:
    for each in measures(confusion(SAID)).values():
        assert each is not None
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.value < each.high


def test_a_figure_may_be_known_without_an_interval() -> None:
    kappa = measures(confusion([(True, True)] * 5 + [(False, False)] * 5))["kappa"]
    assert kappa is not None
    assert (kappa.value, kappa.low, kappa.high) == (1.0, None, None)


def test_without_answers_of_a_kind_its_figures_are_not_known() -> None:
    found = measures(confusion([(True, True)] * 5))
    assert found["specificity"] is None
    assert found["youden"] is None
    assert agreement_of(confusion([(True, True)] * 5)) == Agreement(labels=5)


def test_the_limit_of_youdens_index_is_lower_with_less_room_for_error() -> None:
    counts = confusion(SAID)
    strict, lax = agreement_of(counts, 0.01), agreement_of(counts, 0.2)
    assert strict.low < lax.low < 0.125
    assert strict.youden == lax.youden == pytest.approx(0.125)
