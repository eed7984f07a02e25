"""All that both arms of a rollout have shown until an instant."""

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.deciding.split_ratio import split_p_value
from evalgate.model.exposure import Exposure, Score
from evalgate.model.policy import RolloutRules
from evalgate.model.rollout import Criterion, Evidence, Rollout, SplitCheck
from evalgate.rollout.evidence import WEIGHTS, evidence_of
from tests.machine import slowness
from tests.unit.rollout.traffic import HOUR, START, Day, call, rollout, score, served, step

RULES = RolloutRules()
HALF = rollout(step(50, pointer="half"))
THREE = rollout(
    step(5, until=600, pointer="five"),
    step(25, since=600, until=1200, pointer="quarter"),
    step(50, since=1200, pointer="half"),
)


def known(  # noqa: PLR0913 - what is known, and by which rules
    calls: Iterable[Exposure] = (),
    scores: Iterable[Score] = (),
    *,
    by: Rollout = HALF,
    rules: RolloutRules = RULES,
    max_drop: float = 0.04,
    now: float = 2 * HOUR,
) -> Evidence:
    return evidence_of(by, calls, scores, rules=rules, max_drop=max_drop, now=START + now)


def both(count: int, *, at: float = 0.0, pointer: str = "half") -> list[Exposure]:
    """Return calls of so many units of either arm in turn, one a second."""
    return [
        call(
            at + number,
            f"{'c' if number % 2 else 's'}{number}",
            canary=bool(number % 2),
            pointer=pointer,
        )
        for number in range(2 * count)
    ]


def seeded(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - repeatable draws, no secret


# The criteria


def test_five_criteria_are_told_quality_first() -> None:
    assert [each.criterion for each in known().criteria] == [*Criterion]
    assert known(both(3)).by(Criterion.LATENCY).criterion is Criterion.LATENCY


def test_quality_counts_three_quarters_and_the_others_the_rest() -> None:
    assert sum(WEIGHTS.values()) == 1
    assert [each.weight for each in known().criteria] == [0.75, 0.0625, 0.0625, 0.0625, 0.0625]


def test_each_criterion_has_the_rise_that_the_policy_allows() -> None:
    rules = RolloutRules(max_rise={"errors": 0.01, "cost": 0.2})
    found = known(rules=rules, max_drop=0.03)
    assert [each.max_rise for each in found.criteria] == [0.03, 0.01, 0.05, 0.05, 0.2]


def test_calls_are_held_to_the_limits_of_the_policy() -> None:
    calls = [replace(each, latency_ms=900, cost_usd=0.02) for each in both(4)]
    found = known(calls, rules=RolloutRules(latency_ms=899, cost_usd=0.02))
    latency, cost = found.by(Criterion.LATENCY), found.by(Criterion.COST)
    assert (latency.limit, latency.canary.failed, latency.stable.failed) == (899, 4, 4)
    assert (cost.limit, cost.canary.failed, cost.stable.failed) == (0.02, 0, 0)


def test_without_a_limit_of_the_policy_one_is_learnt_for_each() -> None:
    calls = [replace(each, latency_ms=400, cost_usd=0.02) for each in both(50)]
    found = known(calls)
    assert found.by(Criterion.LATENCY).limit == 600
    assert found.by(Criterion.COST).limit == pytest.approx(0.03)
    assert found.by(Criterion.LATENCY).set_aside == 40
    assert found.by(Criterion.ERRORS).limit is None


def test_every_criterion_sees_its_own_failures() -> None:
    calls = both(60)
    bad = calls[81:120:2]
    told = {
        Criterion.ERRORS: [replace(each, failed=each in bad) for each in calls],
        Criterion.REFUSALS: [replace(each, refused=each in bad) for each in calls],
        Criterion.LATENCY: [
            replace(each, latency_ms=9000 if each in bad else 90) for each in calls
        ],
        Criterion.COST: [replace(each, cost_usd=0.9 if each in bad else 0.01) for each in calls],
    }
    for criterion, seen in told.items():
        for each in known(seen).criteria:
            assert (each.harm > 20) == (each.criterion is criterion), (criterion, each)
            assert each.canary.failed == (20 if each.criterion is criterion else 0)


def test_quality_is_what_scores_say() -> None:
    calls = both(30)
    scores = [
        score(each, float(not (each.unit[0] == "c" and at > 20))) for at, each in enumerate(calls)
    ]
    quality = known(calls, scores).by(Criterion.QUALITY)
    assert (quality.canary.units, quality.canary.failed) == (30, 20)
    assert (quality.stable.units, quality.stable.failed) == (30, 0)
    assert quality.harm > 1000
    assert known(calls).by(Criterion.QUALITY).is_silent


def test_what_has_no_score_is_counted_over_all_steps() -> None:
    early = [replace(each, sampled=1.0) for each in both(3, pointer="five")]
    late = [replace(each, sampled=1.0) for each in both(2, at=1300)]
    quality = known([*early, *late], [score(early[0], 1.0)], by=THREE).by(Criterion.QUALITY)
    assert quality.unknown == (4, 5)


# Units


def test_the_calls_of_a_unit_count_once_in_each_step_and_criterion() -> None:
    early = [call(at, "a", pointer="five") for at in range(20)]
    late = [call(1300 + at, "a", pointer="half") for at in range(20)]
    found = known([*early, *late], [score(each, 1.0) for each in [*early, *late]], by=THREE)
    for each in found.criteria:
        assert each.stable.units + each.set_aside == 2
    assert found.scored == found.assigned == (1, 0)


def test_only_units_of_the_present_step_are_counted_toward_it() -> None:
    early, late = both(9, pointer="five"), both(4, at=1300)
    scores = [score(each, 1.0) for each in [*early, *late[:3]]]
    found = known([*early, *late], scores, by=THREE)
    assert (found.scored, found.assigned) == ((2, 1), (4, 4))
    assert found.by(Criterion.QUALITY).stable.units == 11


def test_without_steps_nothing_is_known() -> None:
    found = known(both(5), by=rollout())
    assert (found.scored, found.assigned, found.hours, found.split) == ((0, 0), (0, 0), 0.0, None)
    assert found.left_out == {"outside": 10}
    assert all(each.is_silent for each in found.criteria)
    assert found.harm == 1.0


def test_what_was_left_out_is_counted() -> None:
    calls = both(2)
    pinned = call(5, "x", assigned_by="pin")
    found = known([*calls, calls[0], pinned, call(99_999, "y")])
    assert found.left_out == {"repeated": 1, "pinned": 1, "later": 1}


# Time


def test_the_evidence_is_that_of_its_instant() -> None:
    assert known(now=77).at == START + 77
    assert known(both(50), now=9.5).assigned == (5, 5)


@pytest.mark.parametrize(
    ("first", "hours"),
    [(1200, 1.0), (1200 + HOUR / 2, 0.5), (0, 1.0), (1200 + HOUR, 0.0)],
    ids=["at once", "after half an hour", "by a slow clock", "at the last moment"],
)
def test_a_step_is_seen_from_its_first_line_on(first: float, hours: float) -> None:
    found = known([call(first, "a", pointer="half")], by=THREE, now=1200 + HOUR)
    assert found.hours == pytest.approx(hours)


def test_a_step_without_lines_was_not_seen() -> None:
    assert known(both(5, pointer="five"), by=THREE, now=9000).hours == 0.0
    assert known(by=THREE, now=1000).hours == 0.0


# The split


def test_units_should_fall_on_the_arms_as_the_share_says() -> None:
    uneven = rollout(step(5, pointer="half"))
    assert known(both(40)).split == SplitCheck(percent=50, stable=40, canary=40, p_value=1.0)
    expected = SplitCheck(
        percent=5, stable=40, canary=40, p_value=split_p_value(40, 40, share=0.05)
    )
    assert known(both(40), by=uneven).split == expected
    assert expected.p_value < 1e-6


def test_once_one_version_has_all_of_the_traffic_there_is_no_split() -> None:
    full = replace(THREE, at_full=START + 2000, percent=100.0)
    assert known(both(40, at=1300), by=full).split is None


def test_the_split_is_that_of_units_and_not_of_calls() -> None:
    busy = [call(at, "busy", canary=True, pointer="half") for at in range(100, 900)]
    found = known([*both(20), *busy]).split
    assert found is not None
    assert (found.stable, found.canary) == (20, 21)


def test_what_the_application_chose_is_not_of_the_split() -> None:
    chosen = [
        call(500 + at, f"x{at}", canary=True, pointer="half", assigned_by="chooser")
        for at in range(30)
    ]
    silent = [replace(each, assigned_by="") for each in both(6)]
    found = known([*silent, *chosen])
    assert found.split == SplitCheck(percent=50, stable=6, canary=6, p_value=1.0)
    assert found.assigned == (6, 36)


def test_hosts_that_follow_a_step_late_are_not_of_its_split() -> None:
    first = rollout(step(50, pointer="half"))
    late = [call(at, f"late{at}", pointer="before the start") for at in range(300)]
    assert known([*late, *both(40)], by=first).split == SplitCheck(
        percent=50, stable=40, canary=40, p_value=1.0
    )
    # Where no line names the step, all of them tell.
    told = known(late, by=first).split
    assert told is not None
    assert told.stable == 300
    assert told.p_value < 1e-6


def test_the_split_is_that_of_the_present_step() -> None:
    early = [call(at, f"e{at}", pointer="five") for at in range(500)]
    found = known([*early, *both(30, at=1300)], by=THREE).split
    assert found == SplitCheck(percent=50, stable=30, canary=30, p_value=1.0)


# The harm


def test_the_harm_is_one_mean_over_all_criteria() -> None:
    calls = [replace(each, failed=each.unit[0] == "c") for each in both(20)]
    found = known(calls)
    assert found.harm == pytest.approx(15 / 16 + found.by(Criterion.ERRORS).harm / 16)
    assert found.by(Criterion.ERRORS).harm > 1e4


def test_the_harm_of_quality_counts_most() -> None:
    calls = both(20)
    found = known(calls, [score(each, float(each.unit[0] == "s")) for each in calls])
    assert found.harm == pytest.approx(1 / 4 + found.by(Criterion.QUALITY).harm * 3 / 4)


def test_harm_that_was_reached_once_stays_reached() -> None:
    bad = [replace(each, failed=each.unit[0] == "c") for each in both(20)]
    good = [replace(each, failed=each.unit[0] == "s") for each in both(200, at=100)]
    assert known(bad).harm > 20
    assert known([*bad, *good]).harm == known(bad).harm


def test_harm_that_a_person_has_answered_for_does_not_count() -> None:
    bad = [replace(each, failed=each.unit[0] == "c") for each in both(30, pointer="five")]
    answered = replace(THREE, answered=START + 1200)
    assert known([*bad, *both(50, at=1300)], by=THREE).harm > 1000
    found = known([*bad, *both(50, at=1300)], by=answered)
    assert found.harm == 1.0
    again = [replace(each, failed=each.unit[0] == "c") for each in both(30, at=1300)]
    assert known([*bad, *again], by=answered).harm == pytest.approx(known(again, by=THREE).harm)


# What is remarked


def remarks(*calls: Exposure) -> Sequence[str]:
    return known(calls).remarks


def test_nothing_is_remarked_of_lines_that_say_all() -> None:
    assert remarks() == remarks(*both(5)) == ()


def test_calls_without_a_user_are_remarked() -> None:
    nameless = [call(at, f"r{at}", request_id=f"r{at}") for at in range(3)]
    assert remarks(*nameless) == snapshot(
        (
            "No line names a user or a conversation, so that each call counts as a unit: where one user makes many calls, set EVALGATE_USER_KEY.",
        )
    )
    assert remarks(*nameless, call(5, "user")) == ()


def test_arms_that_the_application_chose_are_remarked() -> None:
    assert remarks(*both(2), call(9, "x", assigned_by="chooser")) == snapshot(
        (
            "The application chose the arm of some calls itself: what is compared holds only if it does so by chance.",
        )
    )


def test_what_no_answer_tells_is_remarked() -> None:
    silent = [replace(each, cost_usd=None, latency_ms=None) for each in both(5)]
    assert remarks(*silent) == snapshot(
        (
            "No answer of a model has a known latency, so that none is compared.",
            "No answer of a model has a known cost, so that none is compared.",
        )
    )


def test_what_remembered_answers_cost_is_no_known_cost() -> None:
    unpriced = [replace(each, cost_usd=None) for each in both(5)]
    remembered = [call(50, "r", is_fresh=False, cost_usd=0.0, latency_ms=1)]
    assert remarks(*unpriced, *remembered) == (
        "No answer of a model has a known cost, so that none is compared.",
    )
    assert remarks(*unpriced, call(50, "r", cost_usd=0.0)) == ()


def test_calls_that_all_failed_are_remarked() -> None:
    failed = [replace(each, failed=True) for each in both(5)]
    assert remarks(*failed) == snapshot(
        (
            "No call was answered, so that refusals are not compared.",
            "No answer of a model has a known latency, so that none is compared.",
            "No answer of a model has a known cost, so that none is compared.",
        )
    )


# Whatever the lines are

DAY = Day(every=7.0, failed=(0.1, 0.2), bad=(0.2, 0.3), users=400)


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(order: random.Random) -> None:
    calls, scores = served(seeded("order"), THREE.steps, DAY, until=2000)
    shuffled = known(order.sample(calls, len(calls)), order.sample(scores, len(scores)), by=THREE)
    assert shuffled == known(iter(calls), iter(scores), by=THREE)


def test_lines_and_scores_told_twice_change_nothing_but_their_count() -> None:
    calls, scores = served(seeded("twice"), THREE.steps, DAY, until=2000)
    once = known(calls, scores, by=THREE)
    twice = known([*calls, *calls], [*scores, *scores], by=THREE)
    assert twice == replace(once, left_out={**once.left_out, "repeated": len(calls)})


def test_further_calls_of_the_same_units_change_nothing() -> None:
    calls, scores = served(seeded("further"), HALF.steps, Day(users=200), until=150)
    calls = [replace(each, failed=False) for each in calls]
    scores = [score(each, 1.0) for each in calls]
    again = [
        replace(each, ts=each.ts + 500, request_id=f"{each.request_id} again") for each in calls
    ]
    worse = [replace(each, failed=True, refused=True, cost_usd=9.0) for each in again]
    assert known([*calls, *worse], scores) == known(calls, scores)


def test_a_clock_that_jumps_takes_no_line_out_of_its_step() -> None:
    calls, scores = served(seeded("jump"), THREE.steps, DAY, until=2000)
    jumped = [
        replace(each, ts=each.ts + (-900, 300)[at % 2]) if at % 50 == 0 else each
        for at, each in enumerate(calls)
    ]
    before, after = (known(each, scores, by=THREE, now=9000) for each in (calls, jumped))
    assert sum(after.assigned) == sum(before.assigned)
    for old, new in zip(before.criteria, after.criteria, strict=True):
        units = old.stable.units + old.canary.units + old.set_aside
        assert new.stable.units + new.canary.units + new.set_aside == pytest.approx(units, abs=4)


def test_hosts_that_follow_late_stay_in_the_step_that_they_serve() -> None:
    early = both(20, pointer="five")
    late = both(20, at=1300, pointer="five")
    own = both(20, at=1350)
    found = known([*early, *late, *own], by=THREE)
    assert found.assigned == (20, 20)
    assert found.split == SplitCheck(percent=50, stable=20, canary=20, p_value=1.0)
    # The units of `late` are those of `early`, and count in their step once.
    assert found.by(Criterion.ERRORS).stable.units == 40


# What it finds


def test_a_version_that_is_no_worse_is_seldom_called_harmful() -> None:
    day = Day(every=3.0, failed=(0.1, 0.1), bad=(0.15, 0.15), slow=(0.3, 0.3))
    alarms = 0
    for number in range(30):
        calls, scores = served(seeded(f"no worse {number}"), THREE.steps, day, until=1800)
        alarms += known(calls, scores, by=THREE).harm >= 20
    assert alarms <= 3


@pytest.mark.parametrize(
    "day",
    [Day(bad=(0.05, 0.3)), Day(failed=(0.02, 0.3)), Day(refused=(0.0, 0.3)), Day(slow=(0.05, 0.5))],
    ids=["quality", "errors", "refusals", "latency"],
)
def test_a_version_that_is_worse_by_one_criterion_is_found(day: Day) -> None:
    calls, scores = served(seeded("worse"), THREE.steps, day, until=1800)
    assert known(calls, scores, by=THREE).harm >= 20


def test_twenty_thousand_calls_are_weighed_in_a_moment() -> None:
    calls, scores = served(seeded("many"), HALF.steps, Day(every=0.05, users=8000), until=1000)
    assert len(calls) >= 20_000
    start = time.process_time()
    known(calls, scores)
    assert time.process_time() - start < 0.8 * slowness()
