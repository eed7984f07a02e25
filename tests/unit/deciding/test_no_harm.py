"""Evidence that no harm is done: exact expectations at the limit, and how fast it grows."""

import math
import random
import statistics
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalgate.deciding.concurrent import Observation, blocks
from evalgate.deciding.no_harm import NoHarm

LIMIT = 0.05
PROVEN = 40.0

Arms = tuple[list[float], list[float]]
"""By how much the canary's units failed, and those of the other arm."""


def evidence(*told: Arms, max_rise: float = LIMIT) -> float:
    proof = NoHarm(max_rise)
    for canary, stable in told:
        proof.add(canary, stable)
    return proof.evidence


OUTCOMES = st.lists(st.sampled_from([0.0, 1.0, 0.25]), min_size=1, max_size=6)
LIMITS = st.floats(0.001, 0.9)


def bet(told: list[Arms], max_rise: float) -> float:
    """Return the capital in exact numbers, written down as a gambler would."""
    limit = Fraction(max_rise)
    capital, seen = Fraction(1), [Fraction(0), Fraction(1)]
    for ours, theirs in told:
        canary, stable = [*map(Fraction, ours)], [*map(Fraction, theirs)]
        spread = statistics.pvariance(seen) * (Fraction(1, len(canary)) + Fraction(1, len(stable)))
        stake = min(limit / (spread + limit**2), Fraction(9, 10) / (1 - limit))
        capital *= 1 + stake * (limit - statistics.mean(canary) + statistics.mean(stable))
        seen += [*canary, *stable]
    return float(capital)


# What it is


@given(st.lists(st.tuples(OUTCOMES, OUTCOMES), max_size=5), LIMITS)
def test_the_capital_is_that_of_a_gambler_who_bets_before_he_sees(
    told: list[Arms], max_rise: float
) -> None:
    expected = bet(told, max_rise)
    assert evidence(*told, max_rise=max_rise) == pytest.approx(expected, rel=1e-9)


def test_without_units_nothing_is_proven() -> None:
    assert evidence() == 1.0


def test_two_arms_that_never_fail_prove_it_after_some_hundred_units() -> None:
    calm = ([0.0] * 2, [0.0] * 2)
    needed = next(count for count in range(1000) if evidence(*[calm] * count) >= PROVEN)
    assert 2 * needed == 164


def test_an_advantage_proves_it_sooner_and_a_rise_lowers_it() -> None:
    before = [([0.0, 1.0], [0.0, 1.0])] * 20
    alike = evidence(*before, ([0.0, 1.0], [0.0, 1.0]))
    assert evidence(*before, ([0.0, 0.0], [0.0, 1.0])) > alike > evidence(*before)
    assert evidence(*before, ([1.0, 1.0], [0.0, 1.0])) < evidence(*before)


@pytest.mark.parametrize("max_rise", [0.01, 0.05, 0.5, 0.99])
def test_the_worst_block_costs_nine_tenths_of_the_capital(max_rise: float) -> None:
    calm = [([0.0] * 50, [0.0] * 50)] * 40
    before = evidence(*calm, max_rise=max_rise)
    after = evidence(*calm, ([1.0] * 50, [0.0] * 50), max_rise=max_rise)
    assert before / 10 <= after * 1.000001
    assert after < before


@pytest.mark.parametrize("worst", [([1.0], [0.0]), ([0.0], [1.0])])
def test_a_hundred_thousand_blocks_do_not_overflow(worst: Arms) -> None:
    found = evidence(*[worst] * 20_000, max_rise=0.5)
    assert 0 < found < math.inf
    assert abs(math.log(found)) > 600


# What it promises


def drawn(size: int, chances: dict[float, float]) -> list[tuple[float, list[float]]]:
    """Return every way in which so many units can end, with its chance."""
    return [
        (math.prod(chances[each] for each in outcomes), [*outcomes])
        for outcomes in product(chances, repeat=size)
    ]


def expectation(
    canary: dict[float, float], stable: dict[float, float], *, max_rise: float, sizes: list[Arms]
) -> float:
    steps = [
        [
            (chance * other, (ours, theirs))
            for chance, ours in drawn(len(new), canary)
            for other, theirs in drawn(len(old), stable)
        ]
        for new, old in sizes
    ]
    return math.fsum(
        math.prod(chance for chance, _ in path)
        * evidence(*(arms for _, arms in path), max_rise=max_rise)
        for path in product(*steps)
    )


def events(rate: float) -> dict[float, float]:
    return {1.0: rate, 0.0: 1 - rate}


SIZES: list[Arms] = [([0.0], [0.0] * 3), ([0.0] * 2, [0.0] * 2)]


@settings(max_examples=15)
@given(st.floats(0.0, 0.5), st.sampled_from([0.01, 0.05, 0.3, 0.5]))
def test_at_the_limit_the_expectation_is_exactly_one(rate: float, max_rise: float) -> None:
    found = expectation(events(rate + max_rise), events(rate), max_rise=max_rise, sizes=SIZES)
    assert found == pytest.approx(1, abs=1e-9)


@settings(max_examples=15)
@given(st.floats(0.0, 0.5), st.floats(0.01, 0.4))
def test_beyond_the_limit_the_expectation_is_below_one(rate: float, beyond: float) -> None:
    found = expectation(events(rate + 0.05 + beyond), events(rate), max_rise=0.05, sizes=SIZES)
    assert found < 1


def test_of_graded_outcomes_at_the_limit_the_expectation_is_exactly_one() -> None:
    stable = {0.0: 0.5, 0.4: 0.3, 1.0: 0.2}
    canary = {0.0: 0.6, 0.5: 0.1, 1.0: 0.3}
    rise = (0.05 + 0.3) - (0.12 + 0.2)
    sizes: list[Arms] = [([0.0], [0.0] * 2), ([0.0] * 2, [0.0])]
    found = expectation(canary, stable, max_rise=rise, sizes=sizes)
    assert found == pytest.approx(1, abs=1e-9)


def seeded(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - repeatable draws, no secret


def path(rng: random.Random, units: int, *, share: float, rise: float) -> float:
    """Return the highest evidence ever seen, of rates that swing with the time of day."""
    proof, best = NoHarm(LIMIT), 1.0
    seen = []
    for at in range(units):
        is_canary = rng.random() < share
        rate = 0.1 + 0.09 * math.sin(at / 40) + rise * is_canary
        seen.append(Observation(float(at), is_canary, float(rng.random() < rate)))
    for each in blocks(seen):
        if each.is_closed:
            proof.add(each.canary, each.stable)
            best = max(best, proof.evidence)
    return best


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_a_rise_of_the_limit_is_seldom_called_harmless(share: float) -> None:
    rng, runs = seeded(f"at the limit {share}"), 200
    proven = sum(path(rng, 800, share=share, rise=LIMIT) >= 20 for _ in range(runs))
    assert proven <= runs * (0.05 + 2 * math.sqrt(0.05 * 0.95 / runs))


def test_a_version_that_is_as_good_is_proven_so() -> None:
    rng = seeded("as good")
    proven = sum(path(rng, 2500, share=0.5, rise=0.0) >= PROVEN for _ in range(40))
    assert proven >= 30


# How fast it grows


def grown(proof: NoHarm, before: Arms, block: Arms) -> float:
    """Return by how much a block makes the logarithm grow, after what was seen before."""
    after = NoHarm(LIMIT)
    after.add(*before)
    after.add(*block)
    return math.log(after.evidence) - math.log(proof.evidence)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("sizes", [(2, 38), (2, 2), (3, 9), (38, 2)])
def test_it_grows_as_fast_as_is_foretold_while_both_arms_are_alike(
    rate: float, sizes: tuple[int, int]
) -> None:
    failed = round(rate * 10_000)
    before = [1.0] * failed + [0.0] * (10_000 - failed)
    proof = NoHarm(LIMIT)
    proof.add(before, before)
    growth = 0.0
    for hits, others in product(*(range(size + 1) for size in sizes)):
        block = (
            [1.0] * hits + [0.0] * (sizes[0] - hits),
            [1.0] * others + [0.0] * (sizes[1] - others),
        )
        ways = math.comb(sizes[0], hits) * math.comb(sizes[1], others)
        chance = ways * rate ** (hits + others) * (1 - rate) ** (sum(sizes) - hits - others)
        growth += chance * grown(proof, (before, before), block)
    assert proof.growth(*sizes) == pytest.approx(growth, rel=0.15)


def test_of_graded_outcomes_too_it_grows_as_fast_as_is_foretold() -> None:
    before = ([0.1, 0.2, 0.3] * 3000, [0.1, 0.2, 0.3] * 3000)
    proof = NoHarm(LIMIT)
    proof.add(*before)
    ways = [*product([0.1, 0.2, 0.3], repeat=4)]
    growth = math.fsum(grown(proof, before, ([*way[:2]], [*way[2:]])) for way in ways) / len(ways)
    assert proof.growth(2, 2) == pytest.approx(growth, rel=0.05)


def test_a_limit_far_from_what_varies_does_not_let_it_grow_beyond_its_stake() -> None:
    proof = NoHarm(LIMIT)
    proof.add([0.0] * 5000, [0.0] * 5000)
    assert proof.growth(2, 38) == pytest.approx(math.log(1 + 0.9 / 0.95 * 0.05), rel=0.02)


@pytest.mark.parametrize("sizes", [(2, 100_000), (100_000, 2), (5000, 5000)])
def test_the_growth_of_large_blocks_can_be_told(sizes: tuple[int, int]) -> None:
    assert 0 < NoHarm(LIMIT).growth(*sizes) < 1


def test_more_units_and_a_wider_limit_let_it_grow_faster() -> None:
    seen = NoHarm(LIMIT), NoHarm(0.1)
    for proof in seen:
        proof.add([0.0] * 90 + [1.0] * 10, [0.0] * 90 + [1.0] * 10)
    assert seen[0].growth(4, 40) > seen[0].growth(2, 40) > seen[0].growth(2, 2) > 0
    assert seen[1].growth(2, 40) > seen[0].growth(2, 40)
