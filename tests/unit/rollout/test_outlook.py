"""What follows from the evidence about a rollout."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.milestone import Phase
from evalgate.model.policy import OnDeadline, RolloutRules, Stage
from evalgate.model.rollout import (
    ArmRate,
    Criterion,
    CriterionEvidence,
    Evidence,
    Lack,
    Outcome,
    Outlook,
    Rollout,
    SplitCheck,
)
from evalgate.rollout.evidence import WEIGHTS, evidence_of
from evalgate.rollout.outlook import FEWEST_UNKNOWN, outlook_of, stage_of
from tests.unit.rollout.traffic import HOUR, MINUTE, START, call, rollout, score, step

RULES = RolloutRules(deadline_hours=24)
FIVE = rollout(step(5))
HALF = rollout(step(5, until=HOUR), step(25, since=HOUR, until=2 * HOUR), step(50, since=2 * HOUR))
FULL = replace(HALF, percent=100.0, at_full=START + 30 * HOUR)
SINCE = 2 * HOUR
"""When the step of half the traffic began, in seconds after the start."""


def shown(  # noqa: PLR0913 - each is what one fact is about
    criterion: Criterion,
    *,
    proof: float = 100.0,
    harm: float = 1.0,
    units: int = 500,
    unknown: tuple[int, int] = (0, 0),
    set_aside: int = 0,
    pace: float | None = 0.5,
) -> CriterionEvidence:
    """Return the evidence of a criterion by which one unit in fifty of either arm failed."""
    return CriterionEvidence(
        criterion=criterion,
        stable=ArmRate(units=units, failed=units / 50),
        canary=ArmRate(units=units, failed=units / 50),
        max_rise=0.05,
        weight=WEIGHTS[criterion],
        proof=proof,
        harm=harm,
        unknown=unknown,
        set_aside=set_aside,
        pace=pace,
    )


def seen(  # noqa: PLR0913 - each is what one fact is about
    *criteria: CriterionEvidence,
    at: float = 28 * HOUR,
    harm: float = 1.0,
    scored: tuple[int, int] = (200, 200),
    assigned: tuple[int, int] = (300, 300),
    p_value: float = 1.0,
    hours: float = 5.0,
) -> Evidence:
    """Return the evidence of a version that is proven, but for what is said."""
    given_ones = {each.criterion: each for each in criteria}
    return Evidence(
        at=START + at,
        criteria=tuple(given_ones.get(each) or shown(each) for each in Criterion),
        harm=harm,
        split=SplitCheck(percent=50, stable=200, canary=100, p_value=p_value),
        scored=scored,
        assigned=assigned,
        hours=hours,
    )


def decide(evidence: Evidence, *, by: Rollout = HALF, rules: RolloutRules = RULES) -> Outlook:
    return outlook_of(by, evidence, rules)


def lack(evidence: Evidence, *, by: Rollout = HALF, rules: RolloutRules = RULES) -> Lack:
    """Return the only thing that keeps a rollout from advancing."""
    outlook = decide(evidence, by=by, rules=rules)
    assert outlook.outcome is Outcome.HOLD
    (found,) = outlook.lacks
    assert [(each.code, each.message) for each in outlook.reasons] == [(found.code, found.message)]
    return found


def codes(evidence: Evidence, *, by: Rollout = HALF, rules: RolloutRules = RULES) -> list[str]:
    return [each.code for each in decide(evidence, by=by, rules=rules).lacks]


def in_hours(until: float | None) -> float | None:
    """Return an instant in hours after the start."""
    return None if until is None else (until - START) / HOUR


EARLY = 25 * HOUR
"""An instant at which nothing is over: the day is, and the step's deadline is not."""


# Advance


def test_a_version_that_is_proven_by_all_criteria_goes_on() -> None:
    found = decide(seen(at=EARLY))
    assert found.outcome is Outcome.ADVANCE
    assert (found.to, found.lacks, found.expired) == (100.0, (), False)
    assert [(each.code, each.message) for each in found.reasons] == snapshot(
        [("no_harm", "500 scored units of the canary show no harm by any criterion")]
    )


@pytest.mark.parametrize(
    ("percent", "to"), [(5, 25), (25, 50), (50, 100), (10, 25), (1, 5), (60, 100)]
)
def test_it_goes_on_to_the_next_stage_of_the_policy(percent: float, to: float) -> None:
    found = decide(seen(at=EARLY), by=rollout(step(percent)))
    assert (found.outcome, found.to) == (Outcome.ADVANCE, to)


def test_stages_of_its_own_are_followed() -> None:
    rules = RolloutRules(
        stages=(
            Stage(percent=10, proof=5.0, units=10, bake_minutes=1),
            Stage(percent=100, proof=1.0, bake_minutes=90),
        )
    )
    few = seen(scored=(10, 10), at=EARLY)
    assert decide(few, by=rollout(step(10)), rules=rules).to == 100
    assert codes(replace(few, scored=(9, 9)), by=rollout(step(10)), rules=rules) == [
        "units_stable",
        "units_canary",
    ]
    assert codes(seen(shown(Criterion.COST, proof=4.9), at=EARLY), by=FIVE, rules=rules) == [
        "proof_cost"
    ]


def test_the_stage_of_a_share_is_the_last_one_that_it_reaches() -> None:
    found = [stage_of(share, RULES).percent for share in (0, 1, 5, 24.9, 25, 50, 99, 100)]
    assert found == [5, 5, 5, 5, 25, 50, 50, 100]


def test_with_all_of_the_traffic_only_time_counts() -> None:
    nothing = seen(
        *(shown(each, proof=0.0) for each in Criterion), scored=(0, 0), assigned=(0, 0), p_value=0.0
    )
    early, late = (replace(nothing, at=START + hours * HOUR) for hours in (30.4, 30.5))
    assert decide(late, by=FULL) == Outlook(
        outcome=Outcome.ADVANCE, reasons=decide(late, by=FULL).reasons, to=100.0
    )
    assert [(each.code, each.message) for each in decide(late, by=FULL).reasons] == snapshot(
        [("baked", "all of the traffic has gone well for long enough")]
    )
    assert codes(early, by=FULL) == ["bake"]


def test_harm_of_the_steps_before_counts_with_all_of_the_traffic_too() -> None:
    found = decide(seen(shown(Criterion.ERRORS, harm=400.0), harm=25.0, at=31 * HOUR), by=FULL)
    assert found.outcome is Outcome.ROLL_BACK


# Roll back


def test_harm_rolls_back_whatever_else_is_missing() -> None:
    evidence = seen(shown(Criterion.QUALITY, harm=40.0, proof=0.1), harm=30.0, at=0, scored=(0, 0))
    found = decide(evidence)
    assert found.outcome is Outcome.ROLL_BACK
    assert (found.lacks, found.to) == ((), 0.0)
    assert [(each.code, each.message) for each in found.reasons] == snapshot(
        [
            (
                "harm_quality",
                "quality fell: answers fall short in 2% of the canary's units against 2%",
            )
        ]
    )


@pytest.mark.parametrize(("alpha", "limit"), [(0.05, 20.0), (0.01, 100.0), (0.2, 5.0)])
def test_harm_is_what_reaches_one_over_alpha(alpha: float, limit: float) -> None:
    rules = RolloutRules(alpha=alpha)
    assert decide(seen(harm=limit, at=EARLY), rules=rules).outcome is Outcome.ROLL_BACK
    assert decide(seen(harm=limit - 0.01, at=EARLY), rules=rules).outcome is Outcome.ADVANCE


def test_the_reasons_are_what_shows_harm_the_worst_first() -> None:
    evidence = seen(
        shown(Criterion.QUALITY, harm=6.0),
        shown(Criterion.ERRORS, harm=900.0),
        shown(Criterion.REFUSALS, harm=63.0),
        shown(Criterion.LATENCY, harm=65.0),
        shown(Criterion.COST, harm=2000.0),
        harm=60.0,
    )
    # By weight: 4.5, 56, 3.9, 4.1 and 125, of which 4 is a fifth of the limit.
    found = [each.code for each in decide(evidence).reasons]
    assert found == ["harm_cost", "harm_errors", "harm_quality", "harm_latency"]


def test_where_none_tells_it_alone_the_worst_one_is_named() -> None:
    evidence = seen(*(shown(each, harm=3.0) for each in Criterion), harm=20.0)
    assert [each.code for each in decide(evidence).reasons] == ["harm_quality"]


def test_every_criterion_has_words_for_its_harm() -> None:
    for criterion in Criterion:
        (reason,) = decide(seen(shown(criterion, harm=9999.0), harm=600.0)).reasons
        assert reason.code == f"harm_{criterion.value}"
        assert "2% of the canary's units against 2%" in reason.message


def test_a_rate_without_units_is_none() -> None:
    empty = replace(shown(Criterion.COST, harm=9999.0), stable=ArmRate(units=0, failed=0.0))
    (reason,) = decide(seen(empty, harm=600.0)).reasons
    assert reason.message.endswith("2% of the canary's units against none")


@pytest.mark.parametrize(
    ("phase", "words"), [(Phase.PROMOTED, "promoted"), (Phase.ROLLED_BACK, "rolled back")]
)
def test_a_rollout_that_is_over_stays_as_it_is(phase: Phase, words: str) -> None:
    found = decide(seen(harm=1e9), by=replace(HALF, phase=phase))
    assert (found.outcome, found.lacks, found.to, found.expired) == (Outcome.HOLD, (), 0.0, False)
    (reason,) = found.reasons
    assert (reason.code, reason.message) == ("over", f"v4 was {words}: this rollout is over")


@pytest.mark.parametrize("phase", [Phase.HELD, Phase.SERVING])
def test_a_held_rollout_is_judged_like_any_other(phase: Phase) -> None:
    assert decide(seen(at=EARLY), by=replace(HALF, phase=phase)).outcome is Outcome.ADVANCE


def test_before_any_traffic_there_is_everything_to_be_shown() -> None:
    found = decide(
        evidence_of(rollout(phase=Phase.PREFLIGHT), (), (), rules=RULES, max_drop=0.05, now=START),
        by=rollout(phase=Phase.PREFLIGHT),
    )
    assert found.outcome is Outcome.HOLD
    assert [each.code for each in found.lacks] == [
        "bake",
        "no_calls",
        "proof_quality",
        "proof_errors",
    ]
    assert found.to == 5


# What is missing, one by one


def test_a_step_must_last_its_time() -> None:
    found = lack(seen(at=SINCE + 29.9 * MINUTE), rules=RolloutRules(full_after_hours=0))
    assert (found.code, in_hours(found.until)) == ("bake", 2.5)
    assert found.message == snapshot("the step must last 30 minutes")
    assert codes(seen(at=SINCE + 30 * MINUTE), rules=RolloutRules(full_after_hours=0)) == []


def test_a_clock_that_is_behind_is_told() -> None:
    found = lack(seen(at=SINCE - 1), rules=RolloutRules(full_after_hours=0))
    assert (found.code, in_hours(found.until)) == ("clock", 2.5)
    assert found.message == snapshot("the clock is behind the instant at which this step began")


def test_the_step_begins_with_its_share_and_not_with_a_hold() -> None:
    held = replace(HALF, phase=Phase.HELD, since=START + 20 * HOUR)
    assert codes(seen(at=20 * HOUR + 1), by=held) == ["full_day"]


def test_before_all_of_the_traffic_a_day_must_be_over() -> None:
    found = lack(seen(at=23.9 * HOUR))
    assert (found.code, in_hours(found.until)) == ("full_day", 24)
    assert found.message == snapshot("all of the traffic is given 24 hours after the start")
    assert codes(seen(at=24 * HOUR)) == []
    assert codes(seen(at=HOUR), by=FIVE) == []
    assert codes(seen(at=23.9 * HOUR), by=replace(HALF, percent=60.0)) == ["full_day"]
    assert codes(seen(at=30.6 * HOUR), by=FULL, rules=RolloutRules(full_after_hours=99)) == []


def test_a_split_that_is_not_as_configured_holds() -> None:
    found = lack(seen(p_value=0.0009, at=EARLY))
    assert (found.code, found.until) == ("split", None)
    assert found.message == snapshot(
        "33.3% of the units met the canary where 50 % should: look for hosts that serve another state, lost lines, or an override"
    )
    assert codes(seen(p_value=0.001, at=EARLY)) == []
    assert codes(replace(seen(at=EARLY), split=None)) == []


@pytest.mark.parametrize(("arm", "scored"), [("stable", (99, 100)), ("canary", (100, 99))])
def test_either_arm_needs_its_scored_units(arm: str, scored: tuple[int, int]) -> None:
    found = lack(seen(scored=scored, at=EARLY))
    assert found.code == f"units_{arm}"
    assert found.message == f"99 of 100 units of the {arm} arm are scored"
    # One more, at 99 in five hours.
    assert in_hours(found.until) == pytest.approx(25 + 5 / 99)


def test_many_units_are_written_with_commas() -> None:
    rules = RolloutRules(
        stages=(Stage(percent=50, proof=3.0, units=12_000), Stage(percent=100, proof=1.0))
    )
    found = lack(seen(scored=(12_000, 1500), at=EARLY), rules=rules)
    assert found.message == "1,500 of 12,000 units of the canary arm are scored"


@pytest.mark.parametrize(("scored", "hours"), [((200, 0), 5.0), ((200, 7), 0.0)])
def test_where_no_unit_came_nobody_knows_when(scored: tuple[int, int], hours: float) -> None:
    assert lack(seen(scored=scored, hours=hours, at=EARLY)).until is None


def test_a_step_without_calls_is_told_as_such() -> None:
    found = lack(seen(assigned=(0, 0), scored=(0, 0), at=EARLY))
    assert (found.code, found.until) == ("no_calls", None)
    assert found.message == snapshot("no call of this step is in the log")
    assert codes(seen(assigned=(1, 0), scored=(0, 0), at=EARLY)) == ["units_stable", "units_canary"]


def test_scores_that_are_missing_from_the_canary_alone_may_be_what_failed() -> None:
    quality = shown(Criterion.QUALITY, units=100, unknown=(0, 6))
    found = lack(seen(quality, at=EARLY))
    assert (found.code, found.until) == ("scores_missing", None)
    assert found.message == snapshot(
        "5.7% of the canary's sampled units have no score, and 0% of the others: what is missing may be what failed"
    )


@pytest.mark.parametrize(
    ("units", "unknown"),
    [
        (100, (6, 6)),
        (100, (40, 0)),
        (100, (0, 5)),
        (10, (0, 9)),
        (0, (500, 500)),
    ],
    ids=["alike", "more in the other arm", "within the limit", "too few to tell", "none is scored"],
)
def test_scores_that_are_missing_from_both_arms_tell_nothing(
    units: int, unknown: tuple[int, int]
) -> None:
    assert FEWEST_UNKNOWN == 20
    assert codes(seen(shown(Criterion.QUALITY, units=units, unknown=unknown), at=EARLY)) == []


def test_few_scores_are_many_where_none_is_missing_from_the_other_arm() -> None:
    assert codes(seen(shown(Criterion.QUALITY, units=10, unknown=(0, 10)), at=EARLY)) == [
        "scores_missing"
    ]


@pytest.mark.parametrize(("share", "needed"), [(5, 3.0), (25, 11.0), (50, 40.0)])
@pytest.mark.parametrize("criterion", [*Criterion])
def test_every_criterion_needs_the_proof_of_the_stage(
    criterion: Criterion, share: float, needed: float
) -> None:
    by = rollout(step(share, since=HOUR))
    found = lack(seen(shown(criterion, proof=needed - 0.5), at=24 * HOUR), by=by)
    assert found.code == f"proof_{criterion.value}"
    assert codes(seen(shown(criterion, proof=needed), at=24 * HOUR), by=by) == []


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (12.345, "12.3 of 40"),
        (0.0123, "0.0123 of 40"),
        (1e-12, "1e-12 of 40"),
        (39.9, "39.9 of 40"),
        (39.99, "just below 40"),
    ],
)
def test_a_proof_that_falls_short_is_told_as_one(proof: float, words: str) -> None:
    found = lack(seen(shown(Criterion.ERRORS, proof=proof), at=EARLY))
    assert found.message == (
        f"errors: that the canary does not fail 5 points more often has evidence {words}"
    )


def test_a_limit_of_one_point_is_told_as_one() -> None:
    errors = replace(shown(Criterion.ERRORS, proof=1.0), max_rise=0.01)
    assert "1 point more often" in lack(seen(errors, at=EARLY)).message


def test_when_a_proof_is_there_goes_by_its_pace() -> None:
    found = lack(seen(shown(Criterion.COST, proof=40 / math.e, pace=0.25), at=EARLY))
    assert in_hours(found.until) == pytest.approx(25 + 4)
    assert lack(seen(shown(Criterion.COST, proof=1.0, pace=None), at=EARLY)).until is None


@pytest.mark.parametrize("pace", [1e-12, 5e-324])
def test_what_would_take_years_is_not_foretold(pace: float) -> None:
    assert lack(seen(shown(Criterion.COST, proof=1.0, pace=pace), at=EARLY)).until is None
    rules = RolloutRules(
        stages=(Stage(percent=50, proof=3.0, units=1_000_000), Stage(percent=100, proof=1.0))
    )
    assert lack(seen(scored=(1_000_000, 1), hours=5000.0, at=EARLY), rules=rules).until is None


def test_a_proof_that_is_all_but_lost_can_be_told() -> None:
    found = lack(seen(shown(Criterion.COST, proof=0.0, pace=2.0), at=EARLY))
    assert in_hours(found.until) == pytest.approx(25 + (math.log(40) + 300 * math.log(10)) / 2)


# What no line says


@pytest.mark.parametrize("criterion", [Criterion.REFUSALS, Criterion.LATENCY, Criterion.COST])
def test_a_guardrail_that_no_line_has_a_word_about_is_not_needed(criterion: Criterion) -> None:
    assert codes(seen(shown(criterion, proof=1.0, units=0), at=EARLY)) == []


@pytest.mark.parametrize("criterion", [Criterion.QUALITY, Criterion.ERRORS])
def test_quality_and_errors_are_always_needed(criterion: Criterion) -> None:
    assert codes(seen(shown(criterion, proof=1.0, units=0), at=EARLY)) == [
        f"proof_{criterion.value}"
    ]


def test_a_guardrail_of_which_only_one_arm_tells_is_needed() -> None:
    # The model of a new version may have no price yet.
    costs = replace(shown(Criterion.COST, proof=1.0, units=0), stable=ArmRate(units=9, failed=0.0))
    assert codes(seen(costs, at=EARLY)) == ["proof_cost"]
    aside = shown(Criterion.COST, proof=1.0, units=0, set_aside=40)
    assert codes(seen(aside, at=EARLY)) == ["proof_cost"]


def test_a_version_whose_costs_are_unknown_is_not_taken_for_cheap() -> None:
    calls = [
        call(at, f"u{at}", canary=at % 2 == 0, cost_usd=None if at % 2 == 0 else 0.01)
        for at in range(4000)
    ]
    scores = [score(each, 1.0) for each in calls]
    found = evidence_of(
        rollout(step(50)), calls, scores, rules=RULES, max_drop=0.05, now=START + EARLY
    )
    assert codes(found, by=rollout(step(50)), rules=replace(RULES, deadline_hours=99)) == [
        "proof_cost"
    ]


# All that is missing together


def test_what_is_missing_is_told_in_order() -> None:
    evidence = seen(
        *(shown(each, proof=0.5) for each in Criterion if each is not Criterion.QUALITY),
        shown(Criterion.QUALITY, proof=0.5, units=200, unknown=(0, 50)),
        at=SINCE + MINUTE,
        scored=(3, 2),
        p_value=0.0,
    )
    found = decide(evidence)
    assert [each.code for each in found.lacks] == [
        "bake",
        "full_day",
        "split",
        "units_stable",
        "units_canary",
        "scores_missing",
        "proof_quality",
        "proof_errors",
        "proof_refusals",
        "proof_latency",
        "proof_cost",
    ]
    assert [each.code for each in found.reasons] == [each.code for each in found.lacks]
    assert found.ready_at is None


def test_it_is_ready_when_the_last_lack_is_over() -> None:
    slow = shown(Criterion.QUALITY, proof=20.0, pace=0.01)
    found = decide(seen(slow, at=SINCE + MINUTE, scored=(200, 50), hours=1.0))
    assert [each.code for each in found.lacks] == [
        "bake",
        "full_day",
        "units_canary",
        "proof_quality",
    ]
    assert in_hours(found.ready_at) == pytest.approx(2 + 1 / 60 + math.log(2) / 0.01)
    assert found.ready_at == max(each.until or 0 for each in found.lacks)


# The deadline

LATE = SINCE + 24 * HOUR


@pytest.mark.parametrize(("at", "expired"), [(LATE - 1, False), (LATE, True), (LATE + HOUR, True)])
def test_a_step_lasts_as_long_as_it_may(at: float, *, expired: bool) -> None:
    found = decide(seen(shown(Criterion.QUALITY, proof=1.0), at=at))
    assert found.outcome is Outcome.HOLD
    assert found.expired is expired
    assert [each.code for each in found.reasons] == [*["deadline"] * expired, "proof_quality"]
    assert [each.code for each in found.lacks] == ["proof_quality"]
    assert found.to == 100


def test_the_policy_may_roll_back_what_was_not_shown_in_time() -> None:
    rules = RolloutRules(on_deadline=OnDeadline.ROLLBACK, deadline_hours=24)
    found = decide(seen(shown(Criterion.QUALITY, proof=1.0), at=LATE), rules=rules)
    assert (found.outcome, found.expired) == (Outcome.ROLL_BACK, True)
    assert found.reasons[0].message == snapshot(
        "the step has lasted 24 hours, which is as long as it may"
    )
    early = decide(seen(shown(Criterion.QUALITY, proof=1.0), at=LATE - 1), rules=rules)
    assert early.outcome is Outcome.HOLD


def test_what_is_proven_goes_on_after_the_deadline_too() -> None:
    assert decide(seen(at=LATE + 99 * HOUR)).outcome is Outcome.ADVANCE


@pytest.mark.parametrize("on_deadline", [*OnDeadline])
def test_a_step_is_not_late_for_the_time_that_the_policy_demands(on_deadline: OnDeadline) -> None:
    rules = RolloutRules(full_after_hours=48, on_deadline=on_deadline, deadline_hours=24)
    found = decide(seen(at=LATE), rules=rules)
    assert (found.outcome, found.expired) == (Outcome.HOLD, False)
    assert [each.code for each in found.lacks] == ["full_day"]
    slow = RolloutRules(
        stages=(*RULES.stages[:3], Stage(percent=100, proof=1.0, bake_minutes=6000)),
        on_deadline=on_deadline,
    )
    found = decide(seen(at=60 * HOUR), by=FULL, rules=slow)
    assert (found.outcome, found.expired, codes(seen(at=60 * HOUR), by=FULL, rules=slow)) == (
        Outcome.HOLD,
        False,
        ["bake"],
    )


def test_the_deadline_of_a_held_step_runs_from_its_share_on() -> None:
    held = replace(HALF, phase=Phase.HELD, since=START + LATE - HOUR)
    assert decide(seen(shown(Criterion.QUALITY, proof=1.0), at=LATE), by=held).expired


# Laws

E_VALUES = st.sampled_from([0.0, 0.5, 1.0, 2.99, 3.0, 11.0, 39.9, 40.0, 1e9])
COUNTS = st.sampled_from([0, 1, 20, 99, 100, 5000])
ARMS = st.tuples(COUNTS, COUNTS)


def criteria() -> st.SearchStrategy[tuple[CriterionEvidence, ...]]:
    each = [
        st.builds(
            shown,
            st.just(criterion),
            proof=E_VALUES,
            harm=E_VALUES,
            units=COUNTS,
            unknown=ARMS,
            set_aside=st.sampled_from([0, 0, 5]),
            pace=st.sampled_from([None, 0.1]),
        )
        for criterion in Criterion
    ]
    return st.tuples(*each)


EVIDENCE = st.builds(
    Evidence,
    at=st.sampled_from([-1.0, 0.0, 0.4, 0.5, 2.0, 2.5, 23.0, 24.0, 26.0, 31.0, 60.0]).map(
        lambda hours: START + hours * HOUR
    ),
    criteria=criteria(),
    harm=st.sampled_from([1.0, 1.0, 1.0, 5.0, 19.9, 20.0, 1e9]),
    split=st.none()
    | st.builds(
        SplitCheck,
        percent=st.just(50.0),
        stable=COUNTS.map(lambda units: units + 1),
        canary=COUNTS,
        p_value=st.sampled_from([1.0, 0.5, 0.001, 0.0009, 0.0]),
    ),
    scored=ARMS,
    assigned=ARMS,
    hours=st.sampled_from([0.0, 0.1, 20.0]),
)
PROVEN = st.builds(
    lambda evidence, at: replace(
        evidence, at=at, criteria=seen().criteria, scored=(100, 100), assigned=(100, 100)
    ),
    EVIDENCE,
    st.sampled_from([2.5, 24.0, 60.0]).map(lambda hours: START + hours * HOUR),
)
ROLLOUTS = st.sampled_from(
    [
        FIVE,
        HALF,
        FULL,
        rollout(phase=Phase.PREFLIGHT),
        replace(HALF, phase=Phase.HELD),
        replace(HALF, phase=Phase.PROMOTED),
        replace(HALF, phase=Phase.ROLLED_BACK),
    ]
)
POLICIES = st.builds(
    RolloutRules,
    alpha=st.sampled_from([0.05, 0.2]),
    on_deadline=st.sampled_from([*OnDeadline]),
    full_after_hours=st.sampled_from([0.0, 24.0, 48.0]),
    deadline_hours=st.sampled_from([1.0, 24.0]),
)


def is_proven(each: CriterionEvidence, stage: Stage) -> bool:
    is_needed = each.criterion in (Criterion.QUALITY, Criterion.ERRORS)
    if not is_needed and each.stable.units == each.canary.units == each.set_aside == 0:
        return True
    return each.proof >= stage.proof


def is_allowed(by: Rollout, evidence: Evidence, rules: RolloutRules) -> bool:
    """Say again what an advance needs, as the policy's page does."""
    stage = stage_of(by.percent, rules)
    began = by.at_full or (by.steps[-1].since if by.steps else by.since)
    if by.phase.is_over or evidence.at < began + stage.bake_minutes * MINUTE:
        return False
    if by.percent >= 100:
        return True
    is_last = by.percent >= 50
    return (
        (evidence.split is None or evidence.split.p_value >= 0.001)
        and min(evidence.scored) >= stage.units
        and all(is_proven(each, stage) for each in evidence.criteria)
        and not (is_last and evidence.at < by.started + rules.full_after_hours * HOUR)
    )


@settings(max_examples=300)
@given(ROLLOUTS, EVIDENCE | PROVEN, POLICIES)
def test_no_rollout_goes_on_without_all_that_it_needs(
    by: Rollout, evidence: Evidence, rules: RolloutRules
) -> None:
    found = outlook_of(by, evidence, rules)
    if found.outcome is Outcome.ADVANCE:
        assert is_allowed(by, evidence, rules)
        assert evidence.harm < 1 / rules.alpha
        assert found.lacks == ()
    if found.outcome is Outcome.ROLL_BACK:
        is_late = found.expired and rules.on_deadline is OnDeadline.ROLLBACK
        assert evidence.harm >= 1 / rules.alpha or is_late
        assert not by.phase.is_over
    if found.outcome is Outcome.HOLD and not by.phase.is_over:
        assert found.lacks
        assert evidence.harm < 1 / rules.alpha
    assert found.reasons
    assert not found.expired or found.lacks


@settings(max_examples=100)
@given(ROLLOUTS, EVIDENCE, POLICIES, st.sampled_from([*Criterion]))
def test_more_harm_never_leads_further(
    by: Rollout, evidence: Evidence, rules: RolloutRules, criterion: Criterion
) -> None:
    order: Sequence[Outcome] = (Outcome.ROLL_BACK, Outcome.HOLD, Outcome.ADVANCE)
    worse = replace(
        evidence,
        harm=evidence.harm * 3,
        criteria=tuple(
            replace(each, proof=each.proof / 3) if each.criterion is criterion else each
            for each in evidence.criteria
        ),
    )
    before, after = (outlook_of(by, each, rules).outcome for each in (evidence, worse))
    assert order.index(after) <= order.index(before)


def test_without_scores_no_version_goes_on_however_long_it_lasts() -> None:
    calls = [call(at, f"u{at}", canary=at % 2 == 0, sampled=0.1) for at in range(5000)]
    found = evidence_of(
        rollout(step(50)), calls, (), rules=RULES, max_drop=0.05, now=START + 23 * HOUR
    )
    assert codes(found, by=rollout(step(50))) == [
        "full_day",
        "units_stable",
        "units_canary",
        "proof_quality",
    ]
