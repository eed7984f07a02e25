"""The rules, played over made-up scores."""

from dataclasses import replace
from random import Random
from statistics import fmean

import pytest

from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation, Stream
from evalgate.monitoring.alarms.simulating import FALLS, lowered, simulate
from evalgate.monitoring.alarms.watching import Terms, Watch, watches_of
from tests.unit.monitoring.alarms.production import Graded, at, baselines_of, production

WHOLE = Stream(prompt="answers", criterion="accuracy")
SCORES = production(2_000, Graded())
OUTCOMES = [each.outcome or 0.0 for each in SCORES]


def draws() -> Random:
    return Random(4)  # noqa: S311 - draws of a test


def watched(scores: list[Observation] = SCORES) -> Watch:
    baselines = baselines_of(scores, until=at(2_000))
    return watches_of(WHOLE, baselines, Terms(rules=AlarmRules()))[0]


def test_a_rule_that_keeps_its_promise_is_found_to_do_so() -> None:
    found = simulate(watched(), OUTCOMES, draws(), runs=150)
    assert found.runs == 150
    assert found.false_pages <= 4
    assert found.false_tickets <= 28


def test_a_rule_that_breaks_it_is_found_out() -> None:
    hasty = replace(watched(), window=20)
    assert simulate(hasty, OUTCOMES, draws(), runs=20).false_pages > 10


def test_larger_falls_are_noticed_sooner() -> None:
    found = simulate(watched(), OUTCOMES, draws(), runs=80)
    assert [each.fall for each in found.pages] == list(FALLS)
    medians = [each.median or 99_999 for each in found.pages]
    assert medians == sorted(medians, reverse=True)
    window = watched().window
    assert medians[2] == pytest.approx(window / 2, abs=6)
    assert found.pages[2].missed == 0.0
    assert found.tickets[0].median is not None
    assert found.tickets[0].median < medians[0]


def test_the_same_draws_give_the_same_result_and_each_run_is_told() -> None:
    told: list[None] = []
    first = simulate(watched(), OUTCOMES, draws(), runs=20, tell=lambda: told.append(None))
    assert first == simulate(watched(), OUTCOMES, draws(), runs=20)
    assert len(told) == 21


@pytest.mark.parametrize("scores", [OUTCOMES, [1.0] * 180 + [0.0] * 20, [0.02] * 50 + [0.9] * 50])
def test_scores_are_lowered_by_just_the_fall(scores: list[float]) -> None:
    low = lowered(scores, 0.05, draws())
    assert fmean(low) == pytest.approx(fmean(scores) - 0.05, abs=1e-3)
    assert all(0 <= after <= before for before, after in zip(scores, low, strict=True))


def test_what_cannot_fall_so_far_falls_to_nothing() -> None:
    assert set(lowered([0.01] * 10, 0.05, draws())) == {0.0}
    assert set(lowered([0.0, 1.0], 0.9, draws())) == {0.0}
    assert lowered([], 0.1, draws()) == []
