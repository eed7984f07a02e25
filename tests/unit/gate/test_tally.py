"""What trials amount to apart from their outcomes."""

from dataclasses import replace

from evalgate.gate.tally import Tally
from evalgate.model.trial import Grade, TrialError, TrialStatus
from tests.unit.gate.planned import trial


def test_costs_are_summed_by_purpose_and_bounded_where_one_is_unknown() -> None:
    tally = Tally()
    tally.add(replace(trial("a"), cost_usd=0.5, judge_cost_usd=0.2, calls=2))
    assert (tally.spending.answers_usd, tally.spending.judge_usd) == (0.3, 0.2)
    tally.add(replace(trial("b"), cost_usd=None, booked_usd=1.0, calls=1))
    assert tally.cost_usd is None
    assert tally.spending.answers_usd is None
    assert tally.spending.at_most_usd == 1.5
    assert tally.calls == 3


def test_what_needed_no_call_is_counted_by_where_it_came_from() -> None:
    tally = Tally()
    for reused in ("record", "cache", "record", ""):
        tally.add(replace(trial("a"), reused=reused))
    assert tally.spending.reused == {"cache": 1, "record": 2}


def test_only_optional_graders_are_noticed_to_be_silent() -> None:
    tally = Tally()
    optional = Grade(grader="tone", passed=None, score=None, required=False)
    required = Grade(grader="window", passed=None, score=None)
    tally.add(replace(trial("a"), grades=(optional, required)))
    assert tally.ungraded == {"tone": 1}


def test_a_log_that_broke_off_tells_why_by_its_first_trial_that_did_not_start() -> None:
    tally = Tally()
    for kind in ("call_needed", "overloaded", "billing"):
        skipped = trial("a", status=TrialStatus.SKIPPED)
        tally.add(replace(skipped, error=TrialError(kind=kind, message="m")))
    assert tally.stopped is not None
    assert tally.stopped.kind == "overloaded"


def test_one_trial_that_timed_out_stops_nothing() -> None:
    tally = Tally()
    errored = trial("a", status=TrialStatus.ERRORED)
    tally.add(replace(errored, error=TrialError(kind="timeout", message="m")))
    assert tally.stopped is None
