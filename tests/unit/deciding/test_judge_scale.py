"""Facts about what the errors of a judge do to the limit and the verdict of a gate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.deciding.judge_measures import Agreement
from evalgate.deciding.judge_scale import (
    advised,
    index,
    judge_scale,
    least_agreement,
    scaled,
    scaled_limit,
)
from evalgate.model.policy import GateRules, JudgeSettings
from evalgate.model.verdict import JudgeScale, Reason, Verdict

REASONS = (Reason(code="non_inferior", message="It is fine."),)
RULES = GateRules()
parts = st.floats(0, 1)


def scale(
    low: float = 0.83, *, labels: int = 120, share: float = 1.0, least: float | None = None
) -> JudgeScale:
    return judge_scale(
        "replies",
        Agreement(labels=labels, youden=min(1.0, low + 0.05) if labels else None, low=low),
        JudgeSettings(min_agreement=least),
        max_drop=0.05,
        share=share,
    )


def test_the_limit_is_multiplied_by_the_lower_limit_of_the_judges_j() -> None:
    assert scale(0.83).limit == pytest.approx(0.0415)
    assert scaled(RULES, scale(0.83)).max_drop == pytest.approx(0.0415)


def test_a_drop_that_hides_in_few_judged_cases_hides_no_more_than_they_are() -> None:
    assert scaled_limit(0.05, youden=0.5, share=0.02) == pytest.approx(0.04)
    assert scaled_limit(0.05, youden=0.5, share=0.5) == pytest.approx(0.025)


@given(parts, parts, parts, st.floats(0, 1))
def test_no_true_drop_beyond_the_limit_shows_as_less_wherever_it_falls(
    limit: float, youden: float, share: float, judged: float
) -> None:
    on_judged = min(judged, share)
    rest = max(0.0, limit - on_judged)
    if rest <= 1 - share:  # such a drop can be
        seen = youden * on_judged + rest
        true_drop = on_judged + rest
        if true_drop >= limit:
            assert seen >= scaled_limit(limit, youden=youden, share=share) - 1e-9


@given(parts, parts)
def test_a_perfect_judge_and_cases_without_one_leave_the_limit_as_it_is(
    limit: float, share: float
) -> None:
    assert scaled_limit(limit, youden=1.0, share=share) == pytest.approx(limit)
    assert scaled_limit(limit, youden=0.3, share=0.0) == pytest.approx(limit)


def test_without_anything_known_of_the_judge_nothing_changes() -> None:
    assert scaled(RULES, None) == RULES
    judged = advised(Verdict.PASS, REASONS, None, compared=True)
    assert (judged.verdict, judged.reasons) == (Verdict.PASS, REASONS)


def test_the_reason_says_how_the_limit_came_about() -> None:
    judged = advised(Verdict.FAIL, REASONS, scale(0.83), compared=True)
    assert judged.verdict is Verdict.FAIL
    assert judged.reasons[0] == REASONS[0]
    assert judged.reasons[1] == Reason(
        code="judge_scale",
        message="The limit of 5 points × the judge's J of .83 = 4.2 points on the judge's scale "
        "(J is .88, at least .83, by 120 labels).",
    )


def test_where_nothing_was_compared_no_limit_is_spoken_of() -> None:
    assert advised(Verdict.PASS, REASONS, scale(), compared=False).reasons == REASONS


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE])
def test_an_unproven_judge_advises_and_never_passes(verdict: Verdict) -> None:
    unproven = scale(0.39)
    assert not unproven.proven
    assert scaled(RULES, unproven) == RULES
    judged = advised(verdict, REASONS, unproven, compared=True)
    assert judged.verdict is Verdict.NOT_APPLICABLE
    assert judged.reasons[0].code == "judge_unproven"
    assert f"would have been: {verdict.value}." in judged.reasons[0].message
    assert "evalgate calibrate" in judged.reasons[0].message
    assert judged.reasons[1:] == REASONS


def test_an_error_stays_one_whatever_the_judge() -> None:
    assert advised(Verdict.ERROR, REASONS, scale(0.1), compared=False).verdict is Verdict.ERROR


def test_the_policy_may_demand_more_or_less_of_its_judge() -> None:
    assert least_agreement(JudgeSettings()) == 0.4
    assert scale(0.39, least=0.3).proven
    assert not scale(0.83, least=0.9).proven


def test_a_judge_without_labels_is_not_proven_even_where_nothing_is_demanded() -> None:
    unproven = scale(-1.0, labels=0, least=0.0)
    assert not unproven.proven
    message = advised(Verdict.PASS, REASONS, unproven, compared=True).reasons[0].message
    assert "it is not calibrated" in message


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.8399, ".83"), (0.83, ".83"), (1.0, "1"), (0.0, ".00"), (-0.123, "-.13"), (-1.0, "-1.00")],
)
def test_an_index_is_written_with_two_digits_rounded_down(value: float, text: str) -> None:
    assert index(value) == text


def test_an_index_that_is_not_known_says_so() -> None:
    assert index(None) == "unknown"
