"""What both arms did by one criterion, and what it weighs."""

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.concurrent import Observation, blocks
from evalgate.deciding.confidence_sequence import half_width, rate_limits
from evalgate.deciding.event_share import EventShare
from evalgate.deciding.no_harm import NoHarm
from evalgate.model.rollout import Criterion, CriterionEvidence
from evalgate.rollout.ceiling import Ceiling
from evalgate.rollout.weighing import MOST_SNAPSHOTS, Terms, Weighing, highest, weighed
from tests.unit.rollout.traffic import START, observed

TERMS = Terms(max_rise=0.05, hours=2.0)


def weigh(
    *steps: Sequence[Observation], terms: Terms = TERMS, ceiling: Ceiling | None = None
) -> Weighing:
    return weighed(Criterion.ERRORS, steps, terms=terms, ceiling=ceiling)


def evidence(*steps: Sequence[Observation], terms: Terms = TERMS) -> CriterionEvidence:
    return weigh(*steps, terms=terms).evidence


def e_values(*told: str) -> tuple[float, float]:
    """Return the harm and the proof of closed blocks that are told as letters."""
    harm, proof = EventShare(), NoHarm(TERMS.max_rise)
    for block in told:
        canary = [float(arm.isupper()) for arm in block if arm in "cC"]
        stable = [float(arm.isupper()) for arm in block if arm in "sS"]
        harm.add(canary, stable)
        proof.add(canary, stable)
    return harm.evidence, proof.evidence


# Rates and evidence


def test_both_arms_are_counted_and_their_blocks_compared() -> None:
    found = evidence(observed("sSscC" + "ccsS" + "cssS"))
    assert (found.stable.units, found.stable.failed) == (8, 3)
    assert (found.canary.units, found.canary.failed) == (5, 1)
    assert (found.stable.low, found.stable.high) == rate_limits(3, 8)
    assert (found.harm, found.proof) == pytest.approx(
        (max(1.0, e_values("sSscC")[0], e_values("sSscC", "ccsS")[0]), e_values("sSscC", "ccsS")[1])
    )
    assert found.criterion is Criterion.ERRORS
    assert found.max_rise == 0.05


def test_an_open_block_is_counted_and_compares_nothing() -> None:
    found = evidence(observed("sSSSSc"))
    assert (found.stable.units, found.canary.units) == (5, 1)
    assert (found.harm, found.proof, found.course, found.pace) == (1.0, 1.0, (), None)


def test_without_units_nothing_is_known() -> None:
    for steps in range(3):
        found = evidence(*[[]] * steps)
        assert found.is_silent
        assert (found.stable.low, found.stable.high) == (0.0, 1.0)
        assert (found.harm, found.proof, found.course) == (1.0, 1.0, ())


def test_no_block_reaches_over_the_end_of_a_step() -> None:
    found = evidence(observed("sSSc"), observed("ccs", at=100))
    assert (found.stable.units, found.canary.units) == (4, 3)
    assert found.course == ()


def test_evidence_grows_over_the_steps() -> None:
    both = evidence(observed("ssCC"), observed("sscC", at=100))
    assert (both.harm, both.proof) == pytest.approx(e_values("ssCC", "sscC"))


def test_the_proof_is_told_as_it_stands_and_the_harm_at_its_highest() -> None:
    found = weigh(observed("ssCC" + "SScc" * 9))
    harm, proof = e_values("ssCC", *["SScc"] * 9)
    assert found.evidence.proof == pytest.approx(proof)
    assert found.evidence.harm == pytest.approx(e_values("ssCC")[0])
    assert found.harm[-1][1] == pytest.approx(harm) != found.evidence.harm


def test_the_path_of_the_harm_has_the_end_of_every_block() -> None:
    found = weigh(observed("ssCC" + "ssscc" + "ss"), observed("scsc", at=50))
    assert [at - START for at, _ in found.harm] == [3, 8, 53]


def graded(*blocks: tuple[list[float], list[float]]) -> list[Observation]:
    """Return blocks of the canary's outcomes and the other arm's."""
    told = [
        (is_canary, value)
        for canary, stable in blocks
        for is_canary, values in ((False, stable), (True, canary))
        for value in values
    ]
    return [Observation(START + at, *each) for at, each in enumerate(told)]


def test_graded_outcomes_are_weighed_by_how_far_they_fall_short() -> None:
    found = evidence(graded(([0.2, 0.3], [0.1, 0.0]), ([1.0, 0.0], [0.0, 0.0])))
    harm = EventShare(is_graded=True)
    harm.add([0.2, 0.3], [0.1, 0.0])
    harm.add([1.0, 0.0], [0.0, 0.0])
    assert found.harm == pytest.approx(harm.evidence)
    assert found.canary.failed == pytest.approx(1.5)


def test_outcomes_of_none_and_one_are_events() -> None:
    found = evidence(graded(([1.0, 0.0], [0.0, 0.0, 0.0, 0.0])))
    harm = EventShare()
    harm.add([1.0, 0.0], [0.0] * 4)
    assert found.harm == pytest.approx(harm.evidence)


# Limits that are learnt


def test_what_is_above_a_limit_has_failed() -> None:
    values = graded(([100.0, 101.0], [100.0, 99.0]))
    found = weigh(values, ceiling=Ceiling(100.0)).evidence
    assert (found.canary.failed, found.stable.failed, found.limit) == (1, 0, 100.0)
    assert found.harm == pytest.approx(e_values("sscC")[0])


def test_until_a_limit_is_learnt_units_are_set_aside() -> None:
    first = ([7000.0, 7000.0], [100.0] * 20)
    found = weigh(graded(first, ([7000.0, 100.0], [100.0] * 3)), ceiling=Ceiling()).evidence
    assert found.set_aside == 22
    assert (found.canary.units, found.stable.units) == (2, 3)
    assert (found.canary.failed, found.stable.failed) == (1, 0)
    assert found.harm == pytest.approx(e_values("ssscC")[0])
    assert found.limit == 150.0


def test_units_that_were_set_aside_are_something_to_say() -> None:
    found = weigh(graded(([9.0], [9.0])), ceiling=Ceiling()).evidence
    assert found.set_aside == 2
    assert not found.is_silent
    assert found.limit is None


def test_a_block_never_bends_the_limit_that_it_is_judged_by() -> None:
    calm = ([100.0, 100.0], [100.0] * 20)
    slow = ([100.0, 100.0], [9000.0] * 200)
    found = weigh(graded(calm, slow, calm), ceiling=Ceiling()).evidence
    # All units of the slow block fail, although the limit that it leaves behind is far higher.
    assert found.stable.failed == 200
    assert found.limit == 1.5 * 9000


def test_an_open_block_teaches_the_limit_too() -> None:
    alone = graded(([], [100.0] * 20))
    assert weigh(alone, ceiling=Ceiling()).evidence.limit == 150.0


def test_a_limit_is_kept_from_step_to_step() -> None:
    found = weigh(
        graded(([5.0, 5.0], [5.0] * 20)), graded(([5.0, 5.0], [5.0] * 2)), ceiling=Ceiling()
    ).evidence
    assert (found.canary.units, found.set_aside) == (2, 22)


# What a person has answered for


def test_harm_is_shown_by_what_came_after_the_answer() -> None:
    early, late = observed("ssCC" * 5), observed("ssCc" + "sscc", at=100)
    found = weigh(early, late, terms=Terms(max_rise=0.05, answered=START + 50))
    assert found.evidence.harm == pytest.approx(e_values("ssCc")[0])
    assert [at - START for at, _ in found.harm] == [103, 107]
    # The proof has to overcome all that was seen.
    assert found.evidence.proof == pytest.approx(e_values(*["ssCC"] * 5, "ssCc", "sscc")[1])


def test_an_answer_to_all_that_was_seen_leaves_no_harm() -> None:
    found = weigh(observed("ssCC" * 5), terms=Terms(max_rise=0.05, answered=START + 19))
    assert found.evidence.harm == 1.0
    assert found.harm == ()
    assert found.evidence.course[-1].harm == pytest.approx(e_values(*["ssCC"] * 5)[0])


def test_no_block_reaches_over_the_answer() -> None:
    # What failed before it would count against the version again.
    found = weigh(observed("sCC" + "ss" + "sscc"), terms=Terms(max_rise=0.05, answered=START + 3))
    assert [at - START for at, _ in found.harm] == [8]
    assert found.evidence.harm == 1.0
    assert found.evidence.canary.units == 4


# How it went, and how it goes on


def test_the_course_tells_every_block() -> None:
    found = evidence(observed("sSscC" + "ccss"))
    first, second = found.course
    assert (first.at - START, first.units) == (4, 2)
    assert (second.at - START, second.units) == (8, 4)
    assert (first.harm, first.proof) == pytest.approx(e_values("sSscC"))
    assert (second.harm, second.proof) == pytest.approx(e_values("sSscC", "ccss"))
    assert first.rise == pytest.approx(1 / 2 - 1 / 3)
    assert second.rise == pytest.approx(1 / 4 - 1 / 5)


def test_the_course_compares_arms_within_each_step() -> None:
    # An outage of a step with an even split is no rise of the canary.
    found = evidence(observed("sssssssscc"), observed("SSCC" * 4, at=100))
    assert found.course[-1].rise == pytest.approx(0)


def test_the_limits_of_the_rise_stand_a_half_width_away() -> None:
    last = evidence(observed("ssscscSC" * 40)).course[-1]
    # 40 × 5 units against 40 × 3, and of both arms 40 fail.
    old, new = 41 / 202, 41 / 122
    variance = 5 / 8 * new * (1 - new) + 3 / 8 * old * (1 - old)
    width = half_width(200 * 120 / 320, variance)
    assert last.rise == pytest.approx(1 / 3 - 1 / 5)
    assert (last.low, last.high) == pytest.approx((last.rise - width, last.rise + width))


def test_the_limits_of_the_rise_stay_within_what_can_be() -> None:
    (first,) = evidence(observed("ssCC")).course
    assert (first.rise, first.high) == (1.0, 1.0)
    (first,) = evidence(observed("SScc")).course
    assert (first.low, first.rise) == (-1.0, -1.0)


@pytest.mark.parametrize("count", [1, 119, 120, 121, 240, 241, 1000])
def test_a_long_course_is_thinned_and_keeps_its_end(count: int) -> None:
    assert MOST_SNAPSHOTS == 120
    course = evidence(observed("sscc" * count)).course
    assert len(course) == min(count, math.ceil(count / math.ceil(count / 120)))
    assert course[-1].at == START + 4 * count - 1
    gaps = {round(later.at - before.at) for before, later in pairwise(course)}
    assert len(gaps) <= 1


def test_the_pace_is_that_of_the_present_step() -> None:
    early, late = observed("sscc" * 500), observed("ssssscc" * 30, at=9000)
    proof = NoHarm(0.05)
    for block in [*blocks(early), *blocks(late)]:
        proof.add(block.canary, block.stable)
    found = evidence(early, late, terms=Terms(max_rise=0.05, hours=4.0))
    assert found.pace == pytest.approx(30 / 4 * proof.growth(2, 5))


def test_a_pace_foretells_how_the_proof_grows() -> None:
    rng = random.Random("pace")  # noqa: S311 - repeatable draws, no secret
    units = [
        Observation(START + at, rng.random() < 0.3, float(rng.random() < 0.05))
        for at in range(6000)
    ]
    half = evidence(units[:3000], terms=Terms(max_rise=0.05, hours=3000 / 3600))
    whole = evidence(units, terms=Terms(max_rise=0.05, hours=6000 / 3600))
    grown = math.log(whole.proof) - math.log(half.proof)
    assert (half.pace or 0.0) * 3000 / 3600 == pytest.approx(grown, rel=0.3)


@pytest.mark.parametrize("hours", [0.0, -1.0])
def test_a_step_of_no_time_has_no_pace(hours: float) -> None:
    assert evidence(observed("sscc"), terms=Terms(max_rise=0.05, hours=hours)).pace is None


def test_a_present_step_without_a_comparison_has_no_pace() -> None:
    assert evidence(observed("sscc"), observed("sss", at=100)).pace is None
    assert evidence(observed("sscc"), []).pace is None


# Over all criteria


def test_the_harm_is_the_weighted_mean_at_its_highest() -> None:
    paths = [[(1.0, 2.0), (5.0, 40.0), (9.0, 0.1)], [(2.0, 8.0), (6.0, 0.5)]]
    # At 5 the first has 40 while the second still has 8.
    assert highest(paths, [0.75, 0.25]) == pytest.approx(0.75 * 40 + 0.25 * 8)


def test_each_criterion_counts_by_its_own_weight() -> None:
    paths = [[(1.0, 100.0)], [], []]
    assert highest(paths, [0.75, 0.125, 0.125]) == pytest.approx(75.25)
    assert highest(paths[::-1], [0.75, 0.125, 0.125]) == pytest.approx(0.875 + 12.5)


def test_a_criterion_without_evidence_counts_as_one() -> None:
    assert highest([[(1.0, 0.0)], []], [0.5, 0.5]) == 1.0
    assert highest([[(1.0, 3.0)], []], [0.5, 0.5]) == 2.0


def test_where_nothing_was_compared_the_harm_is_one() -> None:
    assert highest([[], []], [0.5, 0.5]) == highest([], []) == 1.0


def test_what_was_highest_apart_is_not_added_up() -> None:
    paths = [[(1.0, 30.0), (2.0, 0.0)], [(3.0, 30.0)]]
    assert highest(paths, [0.5, 0.5]) == pytest.approx(15.5)


PATHS = st.lists(
    st.lists(st.tuples(st.integers(0, 50).map(float), st.floats(0, 100)), max_size=8).map(sorted),
    min_size=2,
    max_size=4,
)


@given(PATHS)
def test_it_is_what_a_watcher_of_every_instant_would_have_seen(
    paths: list[list[tuple[float, float]]],
) -> None:
    paths = [[*dict(path).items()] for path in paths]
    weights = [1 / len(paths)] * len(paths)
    found = highest(paths, weights)
    for instant in range(51):
        now = [
            next((value for at, value in reversed(path) if at <= instant), 1.0) for path in paths
        ]
        assert found >= sum(now) / len(now) - 1e-9
    most = sum(max([1.0, *dict(path).values()]) for path in paths) / len(paths)
    assert found <= max(1.0, most) + 1e-9


UNITS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


@given(UNITS, UNITS)
def test_what_is_told_adds_up(
    first: list[tuple[bool, bool]], second: list[tuple[bool, bool]]
) -> None:
    steps = [
        [Observation(START + at, arm, float(value)) for at, (arm, value) in enumerate(units)]
        for units in (first, second)
    ]
    found = evidence(*steps)
    told = [*first, *second]
    assert found.stable.units + found.canary.units == len(told)
    assert found.stable.failed + found.canary.failed == sum(value for _, value in told)
    assert found.harm >= 1.0
    assert found.proof > 0
    for arm in (found.stable, found.canary):
        assert 0 <= arm.low <= (arm.rate or 0.0) <= arm.high <= 1
