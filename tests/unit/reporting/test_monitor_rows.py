"""Facts about the rows of a board."""

from dataclasses import replace

import pytest

from evalgate.model.alarm import Urgency
from evalgate.model.alarm_report import Burn, Missing, Unwatched
from evalgate.model.board import Figures, OpenIncident, TrendView
from evalgate.model.verdict import Verdict
from evalgate.reporting.monitor_rows import (
    arm_rows,
    budget_row,
    cost_rows,
    figure_cells,
    incident_rows,
    loss_rows,
    scoring_rows,
    smell_rows,
    spender_rows,
    trend_row,
)
from tests.unit.reporting.boards import AT, budgets, canary, fallen, page_alarm, stream, trend


def test_a_trend_says_how_far_it_is_from_what_it_is_held_against() -> None:
    row = trend_row(fallen().trends[0])
    assert (row.mean, row.baseline, row.change, row.limit) == ("82%", "91%", "−9", "86%")
    assert (row.verdict, row.state, row.window) == (Verdict.FAIL, "page", "100 scores")


def test_the_higher_one_of_limit_and_floor_is_the_limit() -> None:
    view = TrendView(trend=trend(stream(), mean=0.9, baseline=0.9, limit=0.85, floor=0.88))
    assert trend_row(view).limit == "88%"


def test_a_trend_whose_alarm_is_over_is_well() -> None:
    watched = trend(stream(), mean=0.9, baseline=0.9, limit=0.85)
    over = replace(page_alarm(), resolved=AT)
    ticket = replace(page_alarm(), urgency=Urgency.TICKET)
    assert trend_row(TrendView(trend=watched, alarms=(over,))).state == "well"
    assert trend_row(TrendView(trend=watched, alarms=(over, ticket))).state == "ticket"
    assert trend_row(TrendView(trend=trend(stream(), mean=0.9))).state == "not watched"


def test_a_window_that_is_not_full_says_so() -> None:
    short = replace(trend(stream(), mean=0.9, baseline=0.9, limit=0.85), in_window=40)
    assert trend_row(TrendView(trend=short)).window == "40 of 100 scores"


@pytest.mark.parametrize(
    ("why", "state", "verdict"),
    [
        (Missing.WINDOW, "too few scores", Verdict.NOT_APPLICABLE),
        (Missing.BASELINE, "well", Verdict.PASS),  # held to its floor
    ],
)
def test_a_trend_is_not_well_before_its_scores_have_come(
    why: Missing, state: str, verdict: Verdict
) -> None:
    low = trend(stream(), mean=0.8, baseline=0.9, limit=0.85)
    told = Unwatched(stream=low.stream, why=why, lacking=123, until=None, message="wait")
    view = TrendView(trend=low, why=told)
    assert (trend_row(view).state, trend_row(view).verdict) == (state, verdict)
    assert trend_row(replace(view, alarms=(page_alarm(),))).state == "page"
    unwatched = replace(view, trend=trend(stream(), mean=0.8))
    assert trend_row(unwatched).state == "not watched"


def test_a_budget_burns_when_both_windows_do() -> None:
    answered, quick = budgets()
    assert budget_row(answered).verdict is Verdict.PASS
    assert (budget_row(answered).left, budget_row(answered).share) == ("40%", 0.403)
    assert (budget_row(quick).verdict, budget_row(quick).share) == (Verdict.INCONCLUSIVE, 0.0)
    burn = Burn(window="w", urgency=Urgency.PAGE, limit=14.4, long=15.0, short=20.0)
    assert budget_row(replace(answered, burns=(burn,))).verdict is Verdict.FAIL
    past = replace(burn, short=1.0)
    assert budget_row(replace(answered, burns=(past,))).verdict is Verdict.PASS
    slow = replace(burn, urgency=Urgency.TICKET)
    assert budget_row(replace(answered, burns=(slow,))).verdict is Verdict.INCONCLUSIVE
    empty = budget_row(replace(answered, counted=0))
    assert (empty.verdict, empty.left) == (Verdict.NOT_APPLICABLE, "–")


def test_an_unknown_cost_is_never_nothing() -> None:
    assert figure_cells(Figures(calls=3, unpriced=3))[-2:] == ("–", "–")
    assert figure_cells(Figures(calls=3))[-2:] == ("$0", "$0")


def test_costs_are_by_feature_the_dearest_first() -> None:
    rows = list(cost_rows(fallen()))
    assert [each[0] for each in rows] == ["support", "triage", "search", "(not named)"]
    assert rows[0] == ("support", "21,400", "21", "$160.50", "49.5%")
    shares = [each[4] for each in spender_rows(fallen())]
    assert shares == ["22%", "30.4%", "46.3%", "1.4%"]


def test_both_arms_stand_in_one_row_each() -> None:
    rows = {name: (stable, other) for name, stable, other in arm_rows(canary())}
    assert rows["accuracy"] == ("91% of 240 scores", "82% of 120 scores")
    assert rows["safety"] == ("–", "100% of 11 scores")
    assert rows["smells"] == ("1%", "2.6%")
    assert rows["latency, median"] == ("1.2 s", "1.5 s")


def test_smells_are_told_beside_what_they_were() -> None:
    assert list(smell_rows(fallen())) == [
        ("support-reply", "too long", "310", "0.9%", "0.4% in the time before"),
        ("triage", "not json", "12", "0.1%", "–"),
    ]


def test_the_account_of_lines_comes_last() -> None:
    rows = list(loss_rows(fallen()))
    assert rows[0] == ("14", "sampled answers that were not kept")
    assert rows[-1][0] == "43,215"
    assert "12 events, 0 passed over, 1 empty, 2 left out" in rows[-1][1]


def test_what_is_ungraded_is_told_by_cause_most_first() -> None:
    rows = list(scoring_rows(fallen()))
    assert rows[0] == ("chosen", "432 of 43,200 calls")
    assert [value for name, value in rows if name == "ungraded"] == ["7: refused", "3: budget"]
    assert rows[-1] == ("judge, today", "$3.20 of at most $5.00")


def test_an_update_that_is_late_says_so() -> None:
    due = OpenIncident(id="i", title="t", status="open", due=AT + 1200)
    board = replace(fallen(), incidents=(due, replace(due, due=AT - 600), replace(due, due=None)))
    assert [each[3] for each in incident_rows(board)] == [
        "update due in 20 min",
        "overdue since 10 min",
        "–",
    ]
