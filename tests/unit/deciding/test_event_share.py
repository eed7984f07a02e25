"""Evidence of harm: exact expectations, scipy as the oracle, and how often it errs."""

import math
import random
from itertools import combinations, product

import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.concurrent import Observation, blocks
from evalgate.deciding.event_share import RATIOS, EventShare

HARMFUL = 20.0

Arms = tuple[list[float], list[float]]
"""How far the canary's units failed, and those of the other arm."""


def block(canary: tuple[int, int], stable: tuple[int, int]) -> Arms:
    """Return the outcomes of so many failures of so many units in either arm."""
    (hits, units), (others, other_units) = canary, stable
    return (
        [1.0] * hits + [0.0] * (units - hits),
        [1.0] * others + [0.0] * (other_units - others),
    )


def evidence(*told: Arms, is_graded: bool = False) -> float:
    share = EventShare(is_graded=is_graded)
    for canary, stable in told:
        share.add(canary, stable)
    return share.evidence


OURS, THEIRS = block((1, 1), (0, 1)), block((0, 1), (1, 1))
BLOCKS = st.tuples(st.integers(1, 12), st.integers(1, 40)).flatmap(
    lambda sizes: st.builds(
        lambda hits, others: block((hits, sizes[0]), (others, sizes[1])),
        st.integers(0, sizes[0]),
        st.integers(0, sizes[1]),
    )
)


# What it is


@pytest.mark.parametrize(
    ("canary", "stable", "expected"),
    [(12, 8, 0.925964), (30, 15, 6.112659), (60, 40, 2.889600)],
)
def test_of_pairs_with_one_failure_it_is_the_share_of_the_canary(
    canary: int, stable: int, expected: float
) -> None:
    assert evidence(*[OURS] * canary, *[THEIRS] * stable) == pytest.approx(expected, abs=1e-6)


def test_nine_of_sixty_failures_are_many_where_a_twentieth_is_the_canarys() -> None:
    ours, theirs = block((1, 1), (0, 19)), block((0, 1), (1, 19))
    assert evidence(*[ours] * 9, *[theirs] * 51) == pytest.approx(27.658871, abs=1e-6)


@given(st.lists(BLOCKS, min_size=1, max_size=4))
def test_the_evidence_is_the_likelihood_ratio_of_scipy(told: list[Arms]) -> None:
    likelihoods = []
    for ratio in RATIOS:
        likelihood = 1.0
        for canary, stable in told:
            size, hits, failed = len(canary) + len(stable), sum(canary), sum(canary) + sum(stable)
            if 0 < failed < size:
                tilted = scipy.stats.nchypergeom_fisher.pmf(hits, size, failed, len(canary), ratio)
                even = scipy.stats.hypergeom.pmf(hits, size, failed, len(canary))
                likelihood *= tilted / even
        likelihoods.append(likelihood)
    assert evidence(*told) == pytest.approx(math.fsum(likelihoods) / 5, rel=1e-6)


@given(st.lists(BLOCKS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_blocks_does_not_matter(told: list[Arms], order: random.Random) -> None:
    shuffled = order.sample(told, len(told))
    assert evidence(*shuffled) == pytest.approx(evidence(*told), rel=1e-9)


@pytest.mark.parametrize(
    "silent", [block((0, 2), (0, 30)), block((2, 2), (30, 30)), block((0, 1), (0, 1))]
)
@pytest.mark.parametrize("is_graded", [False, True])
def test_where_none_fails_or_all_do_nothing_is_said(silent: Arms, *, is_graded: bool) -> None:
    assert evidence(is_graded=is_graded) == 1.0
    assert evidence(silent, is_graded=is_graded) == pytest.approx(1, abs=1e-12)
    told = [block((1, 2), (1, 30)), OURS]
    assert evidence(*told, silent, is_graded=is_graded) == pytest.approx(
        evidence(*told, is_graded=is_graded)
    )


@pytest.mark.parametrize("is_graded", [False, True])
def test_failures_of_the_canary_raise_it_and_those_of_the_other_arm_lower_it(
    *, is_graded: bool
) -> None:
    assert evidence(block((1, 2), (0, 9)), is_graded=is_graded) > 1
    assert evidence(block((0, 2), (1, 9)), is_graded=is_graded) < 1
    one = evidence(block((1, 2), (0, 9)), is_graded=is_graded)
    assert evidence(block((2, 2), (0, 9)), is_graded=is_graded) > one


def test_a_canary_that_is_better_is_no_harm() -> None:
    assert evidence(*[block((0, 2), (1, 4))] * 40) < 0.02


def test_evidence_beyond_all_numbers_does_not_overflow() -> None:
    share = EventShare()
    for _ in range(20):
        share.add([1.0] * 100, [0.0] * 100)
    assert 1e299 < share.evidence < math.inf
    for _ in range(200):
        share.add([0.0] * 100, [1.0] * 100)
    assert 0 < share.evidence < 1e-299


def test_a_block_of_a_whole_day_is_no_trouble() -> None:
    assert evidence(block((60, 100), (40_000, 100_000))) > HARMFUL
    assert evidence(block((40, 100), (40_000, 100_000))) < 1


# What it promises


@given(st.integers(1, 8), st.integers(1, 40), st.data())
def test_given_the_failures_of_a_block_the_expectation_is_exactly_one(
    canary: int, stable: int, data: st.DataObject
) -> None:
    failed = data.draw(st.integers(0, canary + stable))
    ways = [
        (
            math.comb(canary, hits) * math.comb(stable, failed - hits),
            evidence(block((hits, canary), (failed - hits, stable))),
        )
        for hits in range(max(0, failed - stable), min(canary, failed) + 1)
    ]
    mean = math.fsum(way * found for way, found in ways) / math.comb(canary + stable, failed)
    assert mean == pytest.approx(1, abs=1e-9)


def test_over_blocks_with_rates_of_their_own_the_expectation_is_exactly_one() -> None:
    every = []
    for canary, stable, rate in ((2, 3, 0.1), (2, 2, 0.9), (3, 2, 0.4)):
        chances = {
            (hits, others): math.comb(canary, hits)
            * math.comb(stable, others)
            * rate ** (hits + others)
            * (1 - rate) ** (canary + stable - hits - others)
            for hits, others in product(range(canary + 1), range(stable + 1))
        }
        every.append(
            [
                (chance, block((hits, canary), (others, stable)))
                for (hits, others), chance in chances.items()
            ]
        )
    mean = math.fsum(
        math.prod(chance for chance, _ in drawn) * evidence(*(arms for _, arms in drawn))
        for drawn in product(*every)
    )
    assert mean == pytest.approx(1, abs=1e-9)


@given(st.integers(1, 6), st.integers(1, 9), st.floats(0.05, 0.95), st.data())
def test_where_the_canary_fails_less_often_the_expectation_is_below_one(
    canary: int, stable: int, odds: float, data: st.DataObject
) -> None:
    failed = data.draw(st.integers(1, canary + stable - 1))
    chances = scipy.stats.nchypergeom_fisher(canary + stable, failed, canary, odds)
    mean = math.fsum(
        chances.pmf(hits) * evidence(block((hits, canary), (failed - hits, stable)))
        for hits in range(max(0, failed - stable), min(canary, failed) + 1)
    )
    assert mean < 1


@given(st.lists(st.floats(0, 1), min_size=2, max_size=7), st.data())
def test_of_graded_outcomes_that_might_be_anybodys_the_expectation_is_exactly_one(
    outcomes: list[float], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(outcomes) - 1))
    places = range(len(outcomes))
    splits = [
        (
            [outcomes[place] for place in ours],
            [outcomes[place] for place in places if place not in ours],
        )
        for ours in combinations(places, size)
    ]
    mean = math.fsum(evidence(each, is_graded=True) for each in splits) / len(splits)
    assert mean == pytest.approx(1, abs=1e-9)


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
    st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_of_graded_outcomes_it_is_the_mean_over_all_pairs(
    canary: list[float], stable: list[float]
) -> None:
    expected = []
    for ratio in RATIOS:
        # An outcome is the chance of failing; of a pair with one failure it is the canary's with
        # ratio / (1 + ratio) instead of 1/2, and a pair with none or two says nothing.
        pairs = [
            (
                2 * ratio / (1 + ratio) * ours * (1 - theirs)
                + 2 / (1 + ratio) * theirs * (1 - ours)
                + ours * theirs
                + (1 - ours) * (1 - theirs)
            )
            for ours, theirs in product(canary, stable)
        ]
        expected.append(math.fsum(pairs) / len(pairs))
    found = evidence((canary, stable), is_graded=True)
    assert found == pytest.approx(math.fsum(expected) / 5, rel=1e-9)


def test_of_one_pair_graded_outcomes_say_what_events_do() -> None:
    for arms in (OURS, THEIRS):
        assert evidence(arms, is_graded=True) == pytest.approx(evidence(arms))


# How often it errs


def path(rng: random.Random, rates: list[float], *, share: float, rise: float = 0.0) -> float:
    """Return the highest evidence ever seen of units with these chances of failing."""
    harm, best = EventShare(), 1.0
    units = []
    for at, rate in enumerate(rates):
        is_canary = rng.random() < share
        units.append(Observation(float(at), is_canary, rng.random() < rate + rise * is_canary))
    for each in blocks(units):
        if each.is_closed:
            harm.add(each.canary, each.stable)
            best = max(best, harm.evidence)
    return best


def seeded(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - repeatable draws, no secret


def by_day(units: int) -> list[float]:
    return [0.1 + 0.09 * math.sin(at / 40) for at in range(units)]


def by_outage(units: int) -> list[float]:
    """Return rates of a provider that is down for thirty units in every hundred and fifty."""
    return [0.95 if at % 150 < 30 else 0.02 for at in range(units)]


@pytest.mark.parametrize("share", [0.05, 0.5])
@pytest.mark.parametrize("rates", [by_day(800), by_outage(800)], ids=["day", "outage"])
def test_a_version_that_is_no_worse_is_seldom_called_harmful(
    rates: list[float], share: float
) -> None:
    rng = seeded(f"no worse {share} {rates[0]}")
    runs = 200
    alarms = sum(path(rng, rates, share=share) >= HARMFUL for _ in range(runs))
    assert alarms <= runs * (0.05 + 2 * math.sqrt(0.05 * 0.95 / runs))


def test_a_version_that_fails_twice_as_often_is_found() -> None:
    rng = seeded("twice as often")
    found = sum(path(rng, by_day(900), share=0.5, rise=0.1) >= HARMFUL for _ in range(50))
    assert found >= 45
