"""Facts about what is said of each criterion of a rollout."""

from dataclasses import replace
from math import floor, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.milestone import Phase
from evalgate.model.policy import RolloutRules, Stage
from evalgate.model.rollout import Criterion, RolloutReport
from evalgate.model.verdict import Verdict
from evalgate.reporting.rollout_criteria import (
    criterion_rows,
    criterion_sentence,
    e_value,
    harmful,
    meaning,
    needed_proof,
    present_share,
    rate,
    rise_of,
    unknown_outcomes,
)
from tests.unit.reporting.rollouts import (
    START,
    arm,
    at_full,
    healthy,
    nothing_known,
    preflight,
    promoted,
    ready,
    rolled_back,
    worse,
)


def with_harms(report: RolloutReport, *harms: float, total: float) -> RolloutReport:
    """The report with these e-values of its criteria, none of them weighted."""
    criteria = tuple(
        replace(each, harm=harm, weight=1.0)
        for each, harm in zip(report.evidence.criteria, harms, strict=True)
    )
    return replace(report, evidence=replace(report.evidence, criteria=criteria, harm=total))


def test_a_row_has_both_arms_the_rise_and_what_it_is_worth() -> None:
    row = criterion_rows(worse())[0]
    assert (row.name, row.standing, row.meaning) == (
        "Quality",
        "✗ worse",
        "answers that were scored as failing",
    )
    assert (row.stable, row.stable_units, row.stable_bounds) == (
        "5.8 %",
        "14 of 240 units",
        "0 % to 13.6 %",
    )
    assert (row.canary, row.canary_units, row.canary_bounds) == (
        "22.1 %",
        "53 of 240 units",
        "14.3 % to 29.8 %",
    )
    assert (row.rise, row.rise_bounds, row.most) == ("+16.2", "+9.7 to +22.8", "+5")
    assert row.proof == "<0.01 of 11"


def test_a_criterion_is_told_in_one_sentence() -> None:
    row = criterion_rows(healthy())[0]
    assert criterion_sentence(row) == snapshot(
        "? not shown yet: 6.7 % of the canary fail (4 of 60 units; 0 % to 22.2 %), 6.7 % of the stable version (4 of 60 units; 0 % to 22.2 %); rise 0 points (−12.5 to +12.5), +5 allowed; proof 2.4 of 3, harm 1.1 of 20"
    )
    assert criterion_sentence(criterion_rows(nothing_known())[0]) == snapshot(
        "– no units yet; +5 points are allowed"
    )


def test_units_of_which_a_part_failed_are_not_rounded_away() -> None:
    report = healthy()
    quality = replace(report.evidence.criteria[0], canary=replace(arm(60, 0.1), failed=2.5))
    told = replace(report, evidence=replace(report.evidence, criteria=(quality,)))
    assert criterion_rows(told)[0].canary_units == "2.5 of 60 units"


def test_a_rise_that_is_almost_the_limit_does_not_look_like_it() -> None:
    report = worse()
    quality = report.evidence.criteria[0]
    last = replace(quality.course[-1], rise=0.0496, low=-0.0004, high=0.0503)
    known = replace(report.evidence, criteria=(replace(quality, course=(last,)),))
    row = criterion_rows(replace(report, evidence=known))[0]
    assert (row.rise, row.rise_bounds) == ("+4.96", "−0.04 to +5.03")


def test_without_units_nothing_is_made_up() -> None:
    row = criterion_rows(nothing_known())[0]
    assert row.stands is Verdict.NOT_APPLICABLE
    assert (row.stable, row.stable_units, row.stable_bounds) == ("–", "no units", "")
    assert (row.rise, row.rise_bounds) == ("–", "")


def test_one_arm_alone_shows_nothing_whatever_its_proof() -> None:
    report = ready()
    quality = replace(
        report.evidence.criteria[0], stable=nothing_known().evidence.criteria[0].stable
    )
    told = replace(report, evidence=replace(report.evidence, criteria=(quality,)))
    assert criterion_rows(told)[0].stands is Verdict.NOT_APPLICABLE


def test_the_rise_is_that_of_the_last_snapshot_else_the_difference_of_the_rates() -> None:
    quality = worse().evidence.criteria[0]
    found = rise_of(quality)
    assert found is not None
    last = quality.course[-1]
    assert (found.estimate, found.low, found.high) == (last.rise, last.low, last.high)
    without = rise_of(replace(quality, course=()))
    assert without is not None
    assert without.estimate == pytest.approx(53 / 240 - 14 / 240)
    assert without.low is None
    row = criterion_rows(
        replace(
            worse(),
            evidence=replace(worse().evidence, criteria=(replace(quality, course=()),)),
        )
    )[0]
    assert (row.rise, row.rise_bounds) == ("+16.2", "")


def test_a_criterion_is_within_the_limit_from_the_proof_on_that_its_stage_needs() -> None:
    report = ready()
    quality = report.evidence.criteria[0]
    for proof, stands in ((10.99, Verdict.INCONCLUSIVE), (11.0, Verdict.PASS)):
        told = replace(
            report, evidence=replace(report.evidence, criteria=(replace(quality, proof=proof),))
        )
        assert criterion_rows(told)[0].stands is stands


def test_nobody_is_to_blame_below_the_limit() -> None:
    report = with_harms(healthy(), 19.9, 1, 1, 1, 1, total=19.9)
    assert harmful(report.evidence, report.rules) == ()


def test_whatever_has_its_even_share_of_the_limit_is_to_blame_worst_first() -> None:
    report = with_harms(healthy(), 4.0, 3.9, 30, 1, 1, total=39.9)
    named = [each.criterion for each in harmful(report.evidence, report.rules)]
    assert named == [Criterion.REFUSALS, Criterion.QUALITY]


def test_where_nothing_stands_out_the_worst_is_to_blame() -> None:
    report = with_harms(healthy(), 1, 1, 1, 3, 1, total=20)
    named = [each.criterion for each in harmful(report.evidence, report.rules)]
    assert named == [Criterion.LATENCY]
    nothing = replace(report.evidence, criteria=())
    assert harmful(nothing, report.rules) == ()


def test_the_limit_follows_from_alpha() -> None:
    report = with_harms(healthy(), 30, 1, 1, 1, 1, total=34)
    assert harmful(report.evidence, RolloutRules(alpha=0.02)) == ()
    assert criterion_rows(report)[0].harm == "30 of 20"


def test_what_a_criterion_adds_to_the_harm_is_weighted() -> None:
    rows = criterion_rows(nothing_known())
    assert [row.harm for row in rows] == ["0.7 of 20", *["0.06 of 20"] * 4]


@pytest.mark.parametrize(
    ("share", "proof"), [(0, 3), (5.0, 3.0), (10.0, 3.0), (25.0, 11.0), (50.0, 40.0), (100.0, 40.0)]
)
def test_what_is_needed_is_that_of_the_stage(share: float, proof: float) -> None:
    assert needed_proof(healthy(), share) == proof


def test_a_policy_without_a_second_arm_needs_what_it_says() -> None:
    only = RolloutRules(stages=(Stage(percent=100.0, proof=1.0),))
    assert needed_proof(replace(healthy(), rules=only)) == 1.0
    assert needed_proof(replace(healthy(), rules=RolloutRules(stages=()))) == 1.0


def test_the_present_share_is_the_one_that_the_version_has_or_had_last() -> None:
    assert present_share(preflight()) == 0
    assert present_share(healthy()) == 5
    assert present_share(at_full()) == 100
    assert present_share(rolled_back()) == 25
    assert rolled_back().rollout.phase is Phase.ROLLED_BACK
    assert present_share(promoted()) == 100
    late = rolled_back()
    assert present_share(replace(late, rollout=replace(late.rollout, at_full=START))) == 100


def test_what_counts_as_a_failure_names_its_limit() -> None:
    told = [meaning(each) for each in healthy().evidence.criteria]
    assert told == snapshot(
        [
            "answers that were scored as failing",
            "calls without an answer",
            "answers that refuse",
            "calls that take more than 4.3 s",
            "calls that cost more than $0.0125",
        ]
    )
    unknown = [meaning(each) for each in nothing_known().evidence.criteria]
    assert unknown[3:] == snapshot(
        [
            "calls that take more than a limit that is not known yet",
            "calls that cost more than a limit that is not known yet",
        ]
    )


def test_calls_without_an_outcome_are_counted_by_criterion_and_arm() -> None:
    report = healthy()
    quality, *others = report.evidence.criteria
    known = replace(report.evidence, criteria=(replace(quality, unknown=(1, 5)), *others))
    assert list(unknown_outcomes(known)) == [
        "Quality: 1 call of the stable version and 5 of the canary without an outcome"
    ]
    silent = replace(known, criteria=(replace(quality, unknown=(0, 5)), *others))
    assert len(list(unknown_outcomes(silent))) == 1
    assert list(unknown_outcomes(report.evidence)) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1e-12, "<0.01"),
        (0.0625, "0.06"),
        (0.3, "0.3"),
        (0.75, "0.7"),
        (12.39, "12.3"),
        (39.97, "39.9"),
        (40.0, "40"),
        (99.99, "99.9"),
        (100.0, "100"),
        (12_345.6, "12,345"),
        (999_999.9, "999,999"),
        (1e6, "over 1M"),
        (inf, "over 1M"),
    ],
)
def test_an_e_value_is_short_and_rounded_down(value: float, text: str) -> None:
    assert e_value(value) == text


@given(st.floats(0.01, 999_999))
def test_an_e_value_never_looks_larger_than_it_is(value: float) -> None:
    shown = float(e_value(value).replace(",", ""))
    assert shown <= value + 1e-6
    assert shown >= min(floor(value), value) * 0.9 or value < 1


def test_a_rate_is_written_as_shares_are() -> None:
    assert [rate(each) for each in (None, 0.0, 0.048, 0.0005)] == ["–", "0 %", "4.8 %", "<0.1 %"]
