"""Facts about what `evalgate score` prints."""

from collections import Counter

from inline_snapshot import snapshot

from evalgate.cli.score_table import look_line, score_document, score_lines
from evalgate.model.chat import CallFailure, FailureKind
from evalgate.monitoring.scoring.tally import CriterionTally, Tally

TALLY = Tally(
    found=100,
    due=40,
    passed_over=60,
    waiting=5,
    judged=30,
    left=14,
    expired=1,
    unreadable=2,
    anchors=3,
    anchors_left=1,
    calls=70,
    cost_usd=None,
    booked_usd=0.5,
    below=0.004,
    stopped=CallFailure(kind=FailureKind.COST_LIMIT, message="the day's limit\x1b[2J"),
    criteria={
        "safety": CriterionTally(scored=29, ungraded=Counter(cannot_tell=1), uniform=[1.0, 0.5]),
        "a-long-criterion": CriterionTally(scored=0, ungraded=Counter(no_answer=2)),
    },
)


def test_every_sample_is_accounted_for() -> None:
    assert list(score_lines(TALLY, judge="claude-x", per_day=5.0)) == snapshot(
        [
            "100 new samples = 40 due + 60 passed over; 2 lines are no sample",
            "the budget does for calls with a draw below 0.004",
            "40 due + 5 from before = 30 judged + 14 left for later + 1 expired",
            "",
            "criterion          scores    mean  ungraded",
            "a-long-criterion        0       –  2 no_answer",
            "safety                 29   0.750  1 cannot_tell",
            "means are of the plain share of all calls",
            "",
            "3 anchors scored, 1 left for later",
            "70 calls of claude-x cost unknown, of $5.00 a day",
            "what is not known of it counts at its worst: $0.5000 in all",
            "stopped early: the day's limit␛[2J",
        ]
    )


def test_a_simulated_judge_costs_nothing() -> None:
    told = list(
        score_lines(Tally(calls=2, cost_usd=0.5), judge="x", per_day=None, is_simulated=True)
    )
    assert told[-1] == "2 calls of x would have cost $0.5000"


def test_an_account_that_does_not_balance_is_shouted() -> None:
    told = list(score_lines(Tally(found=1), judge="x", per_day=None))
    assert "THIS DOES NOT BALANCE: please report it" in told


def test_a_pass_of_many_is_one_line() -> None:
    assert look_line(TALLY) == snapshot(
        "30 samples judged, 29 scores, 3 ungraded, 60 passed over, 14 left for later, 1 expired, 2 unreadable lines, 3 of 4 anchors, unknown (the day's limit␛[2J)"
    )


def test_machines_get_the_same() -> None:
    document = score_document(TALLY, exit_code=4)
    assert document["stopped"] == "cost_limit"
    assert document["balances"] is True
    assert document["criteria"] == {
        "a-long-criterion": {
            "scored": 0, "ungraded": {"no_answer": 2}, "uniform": 0, "mean": None
        },
        "safety": {"scored": 29, "ungraded": {"cannot_tell": 1}, "uniform": 2, "mean": 0.75},
    }  # fmt: skip
