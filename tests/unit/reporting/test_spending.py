"""Facts about the line that says what a run cost."""

from evalgate.errors import ExitCode
from evalgate.model.verdict import RunVerdict, Spending, Verdict
from evalgate.reporting.spending import cost_line


def line(cost: float | None, spending: Spending, calls: int = 12) -> str:
    run = RunVerdict(
        run_id="r",
        verdict=Verdict.PASS,
        reasons=(),
        exit_code=ExitCode.OK,
        base="b",
        head="h",
        policy_hash="",
        cost_usd=cost,
        spending=spending,
        calls=calls,
    )
    return cost_line(run)


def test_the_parts_of_the_cost_stand_beside_it() -> None:
    spending = Spending(answers_usd=0.1, judge_usd=0.3, at_most_usd=0.4)
    assert line(0.4, spending) == "$0.4000 for 12 calls (answers $0.1000, judge $0.3000)"


def test_a_cost_of_one_purpose_has_no_parts() -> None:
    assert line(0.4, Spending(answers_usd=0.4)) == "$0.4000 for 12 calls"


def test_an_unknown_cost_is_bounded() -> None:
    spending = Spending(answers_usd=None, judge_usd=0.1, at_most_usd=2.5)
    assert line(None, spending) == "unknown, at most $2.50 for 12 calls"


def test_what_needed_no_call_is_counted_by_its_place() -> None:
    spending = Spending(reused={"cache": 1, "record": 2_000})
    assert line(0.0, spending, 0) == (
        "$0 for 0 calls; 1 trial from stored answers; 2,000 trials from records"
    )
