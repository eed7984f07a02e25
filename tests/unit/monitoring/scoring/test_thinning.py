"""Facts about which samples are judged under a budget, and that it bends no mean."""

import random
from math import fsum, inf, sqrt
from statistics import NormalDist, mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.sample import Stratum
from evalgate.model.scored import Block, Pass
from evalgate.model.serving import Mark, SamplingRules
from evalgate.model.spooled import Glance, SpoolPlace
from evalgate.monitoring.scoring.thinning import (
    DAY,
    bound,
    chance,
    in_order,
    is_due,
    purse,
    usual_usd,
)
from evalgate.runtime.smelling.sampling import drawn, sampled


def glance(name: str, *, probability: float = 1.0, stratum: Stratum = Stratum.UNIFORM) -> Glance:
    return Glance(
        place=SpoolPlace(file="f", start=0, end=1),
        ts=0.0,
        request_id=name,
        prompt="p",
        version="v1",
        probability=probability,
        stratum=stratum,
    )


def block(ts: float, usd: float) -> Block:
    return Block(ts=ts, file="f", start=0, end=1, below=1.0, samples=1, due=1, usd=usd)


chances = st.lists(st.floats(0.001, 1.0), min_size=1, max_size=50)


@given(chances, st.floats(0.0, 60.0))
def test_on_average_just_as_many_are_due_as_can_be_afforded(
    probabilities: list[float], affordable: float
) -> None:
    below = bound(probabilities, affordable)
    expected = fsum(min(1.0, below / each) for each in probabilities)
    assert expected == pytest.approx(min(affordable, len(probabilities)))


@given(chances, st.floats(0.0, 60.0))
def test_the_bound_does_not_depend_on_the_order(
    probabilities: list[float], affordable: float
) -> None:
    assert bound(probabilities, affordable) == bound(probabilities[::-1], affordable)


def test_what_was_chosen_for_a_mark_alone_gives_way_to_the_plain_share() -> None:
    rules = SamplingRules(rate=0.01, raised={Mark.SMELL: 1.0})
    names = [f"r{number}" for number in range(20_000)]
    found = {name: sampled(name, rules, marks=[Mark.SMELL]) for name in names}
    glances = [
        glance(name, probability=each.probability, stratum=each.stratum)
        for name, each in found.items()
        if each is not None
    ]
    below = bound((each.probability for each in glances), 250)
    due = [each for each in glances if is_due(each, below)]
    plain = [each for each in glances if each.stratum is Stratum.UNIFORM]
    assert set(plain) <= set(due)
    assert 200 < len(due) < 300


def test_without_a_budget_all_are_due_with_the_chance_that_they_had() -> None:
    assert bound([0.1, 0.2], inf) == bound([0.1, 0.2], 2) == 1.0
    assert chance(0.1, 1.0) == 0.1
    assert is_due(glance("any"), 1.0)


def test_without_money_none_is_due() -> None:
    assert bound([0.1, 1.0], 0) == 0.0
    assert not is_due(glance("any"), 0.0)


def test_samples_are_judged_in_the_order_of_their_draws() -> None:
    names = [each.request_id for each in in_order(glance(f"r{number}") for number in range(50))]
    assert names == sorted(names, key=drawn)


def test_the_money_of_a_day_comes_in_evenly() -> None:
    spent = [block(0.0, 5.0)]
    assert purse(spent, per_day=5.0, now=0.0) == 0.0
    assert purse(spent, per_day=5.0, now=DAY / 4) == pytest.approx(1.25)
    assert purse(spent, per_day=5.0, now=3 * DAY) == 5.0


def test_what_is_not_spent_is_kept_up_to_one_day() -> None:
    blocks = [block(0.0, 0.0), block(10 * DAY, 4.0)]
    assert purse(blocks, per_day=5.0, now=10 * DAY) == pytest.approx(1.0)


def test_a_new_worker_begins_with_the_money_of_a_day() -> None:
    assert purse([], per_day=5.0, now=1e9) == 5.0
    assert purse([], per_day=None, now=1e9) == inf


def test_a_clock_that_was_set_back_makes_no_money() -> None:
    assert purse([block(DAY, 5.0)], per_day=5.0, now=0.0) == 0.0
    assert purse([block(DAY, 5.0), block(0.0, 0.0)], per_day=5.0, now=DAY) == 0.0


def test_what_a_sample_costs_is_told_by_the_latest_passes() -> None:
    old = [Pass(ts=0.0, samples=10, usd=10.0)]
    new = [Pass(ts=1.0, samples=2, usd=0.02)] * 20
    assert usual_usd([*old, *new], supposed=7.0) == pytest.approx(0.01)
    assert usual_usd([], supposed=7.0) == 7.0
    assert usual_usd([], supposed=None) is None


# Whether a mean stays where it is


def truth_and_estimate(seed: int, *, first_come: bool) -> tuple[float, float]:
    """Return the mean quality of a day, and what the judged samples say of it.

    Traffic is bad in the evening and where it smells; the budget pays for a third of the samples.
    """
    draw = random.Random(seed)  # noqa: S311 - chance, not a secret
    rules = SamplingRules(rate=0.2, raised={Mark.SMELL: 0.8})
    blocks: list[Block] = []
    weighted, weights, qualities = 0.0, 0.0, []
    for hour in range(24):
        found: list[tuple[Glance, float]] = []
        for number in range(40 if hour < 12 else 120):
            smells = draw.random() < 0.1
            quality = draw.random() * (0.5 if smells or hour > 18 else 1.0)
            qualities.append(quality)
            name = f"{seed}-{hour}-{number}"
            chosen = sampled(name, rules, marks=[Mark.SMELL] if smells else [])
            if chosen:
                found.append((glance(name, probability=chosen.probability), quality))
        now = 3600.0 * hour
        money = purse(blocks, per_day=150.0, now=now)
        below = 1.0 if first_come else bound((each.probability for each, _ in found), money)
        due = [(each, quality) for each, quality in found if is_due(each, below)]
        due = due[: int(money)] if first_come else due
        blocks.append(block(now, len(due)))
        for each, quality in due:
            weight = 1 / chance(each.probability, below)
            weighted, weights = weighted + weight * quality, weights + weight
    return mean(qualities), weighted / weights


def z_of(*, first_come: bool) -> float:
    pairs = [truth_and_estimate(seed, first_come=first_come) for seed in range(40)]
    errors = [estimate - true for true, estimate in pairs]
    return mean(errors) / (stdev(errors) / sqrt(len(errors)))


def test_a_budget_that_pays_for_a_share_leaves_the_mean_where_it_is() -> None:
    assert abs(z_of(first_come=False)) < NormalDist().inv_cdf(0.9995)


def test_to_judge_who_comes_first_would_bend_it() -> None:
    assert abs(z_of(first_come=True)) > 5
