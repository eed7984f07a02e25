"""Facts about a board as a whole."""

from dataclasses import replace

from evalgate.model.alarm import Urgency
from evalgate.model.alarm_report import AlarmReport, Missing, Unwatched
from evalgate.model.board import Standing
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import Observation
from evalgate.model.traffic import Change, Minute, Place, Tally, Traffic
from evalgate.monitoring.board.boarding import Material, board_of, standing_of
from evalgate.monitoring.board.lacks import Given
from tests.unit.reporting.boards import (
    AT,
    HOUR,
    SINCE,
    budgets,
    page_alarm,
    past_alarm,
    stream,
    trend,
)

READ = Given(calls=1)
WATCHED = trend(stream(), mean=0.9, baseline=0.9, limit=0.85)
PART = trend(stream(version="v9"), mean=0.9, baseline=0.9, limit=0.85)
OTHER = trend(stream("another"), mean=0.9, baseline=0.9, limit=0.85)
WAITING = Unwatched(stream=stream(), why=Missing.WINDOW, lacking=9, until=None, message="few")


def score(ts: float) -> Observation:
    return Observation(ts=ts, request_id=f"{ts}", criterion="c", outcome=1.0, prompt="p")


def test_how_production_stands_is_the_gravest_that_is_known() -> None:
    ticket = replace(page_alarm(), urgency=Urgency.TICKET)
    for report, given, standing in (
        (AlarmReport(at=AT), Given(), Standing.UNREAD),
        (AlarmReport(at=AT), READ, Standing.UNWATCHED),
        (AlarmReport(at=AT), Given(scores=1), Standing.UNWATCHED),
        (AlarmReport(at=AT, trends=(trend(stream(), mean=1.0),)), READ, Standing.UNWATCHED),
        (AlarmReport(at=AT, trends=(WATCHED,)), READ, Standing.WELL),
        (AlarmReport(at=AT, trends=(WATCHED,), unwatched=(WAITING,)), READ, Standing.UNWATCHED),
        (
            AlarmReport(at=AT, trends=(WATCHED, PART), unwatched=(WAITING,)),
            READ,
            Standing.UNWATCHED,
        ),
        (AlarmReport(at=AT, trends=(WATCHED, OTHER), unwatched=(WAITING,)), READ, Standing.WELL),
        (AlarmReport(at=AT, budgets=budgets()), READ, Standing.WELL),
        (AlarmReport(at=AT, alarms=(ticket,)), READ, Standing.TICKET),
        (AlarmReport(at=AT, alarms=(ticket, page_alarm())), READ, Standing.PAGE),
    ):
        assert standing_of(report, given) is standing


def test_an_objective_of_which_nothing_was_counted_watches_nothing() -> None:
    empty = replace(budgets()[0], counted=0)
    assert standing_of(AlarmReport(at=AT, budgets=(empty,)), READ) is Standing.UNWATCHED


def test_nothing_later_than_the_instant_and_nothing_before_the_time_is_shown() -> None:
    tally = Tally(calls=1, sampled=1)
    moments = (SINCE - HOUR, SINCE + HOUR, AT + HOUR)
    traffic = Traffic(
        minutes=tuple(Minute(start=each, place=Place(prompt="p"), tally=tally) for each in moments),
        events=tuple(
            Event(ts=each, kind=EventKind.SPOOL_FULL, subject="spool", message="2 sampled calls")
            for each in moments
        ),
        changes=tuple(
            Change(ts=each, kind="sdk", subject="sdk", before="a", after=f"b{each}")
            for each in moments
        ),
    )
    old = replace(past_alarm(), resolved=SINCE - 1)
    board = board_of(
        traffic,
        AlarmReport(at=AT, past=(past_alarm(), old)),
        Material(observations=[score(each) for each in moments], given=READ),
        since=SINCE,
        at=AT,
    )
    assert board.whole.calls == 1
    assert (board.scoring.chosen, board.scoring.answers) == (1, 1)
    assert [each.ts for each in board.changes] == [SINCE + HOUR]
    assert board.past == (past_alarm(),)
    assert {each.name: each.number for each in board.losses}["samples_dropped"] == 2


def test_what_people_move_is_a_change_and_what_a_breaker_does_is_none() -> None:
    events = (
        Event(ts=SINCE + 1, kind=EventKind.POINTER_MOVED, subject="p", before="v1", after="v2"),
        Event(ts=SINCE + 2, kind=EventKind.BREAKER_OPENED, subject="direct m"),
    )
    board = board_of(Traffic(events=events), AlarmReport(at=AT), Material(), since=SINCE, at=AT)
    assert [(each.after, each.source) for each in board.changes] == [("v2", "event")]
