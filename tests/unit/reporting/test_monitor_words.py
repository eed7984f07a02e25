"""Facts about how production is told in words."""

from dataclasses import replace

from evalgate.model.alarm import Urgency
from evalgate.model.alarm_report import Missing, Unwatched
from evalgate.model.board import Standing, TrendView
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.model.traffic import Change
from evalgate.reporting.monitor_words import (
    alarm_told,
    change_told,
    cost,
    facts,
    headline,
    name_of,
    next_command,
    objective_told,
    stream_name,
)
from tests.unit.reporting.boards import (
    AT,
    HOSTILE,
    budgets,
    fallen,
    hostile,
    page_alarm,
    past_alarm,
    stream,
    trend,
    unread,
    well,
)


def test_the_headline_is_the_first_alarm_and_how_many_more_there_are() -> None:
    board = fallen()
    told = "accuracy of support-reply fell from 91% to 82%, since v4 serves it."
    assert headline(board) == told
    more = replace(board, alarms=(page_alarm(), page_alarm()))
    assert headline(more) == f"{told} And 1 more alarm."


def test_a_quiet_day_says_what_is_watched_and_what_is_not() -> None:
    board = well()
    assert headline(board) == "Nothing is wrong with what is watched: 1 trend of quality."
    unwatched = TrendView(trend=trend(stream("triage"), mean=0.9))
    more = replace(board, trends=(*board.trends, unwatched), budgets=budgets())
    assert headline(more) == (
        "Nothing is wrong with what is watched: 1 trend of quality and 2 service levels; "
        "1 trend of quality is not watched."
    )


def lacking(of: TrendView, scores: int) -> TrendView:
    why = Unwatched(
        stream=of.trend.stream, why=Missing.WINDOW, lacking=scores, until=None, message="wait"
    )
    return replace(of, why=why)


def test_a_quiet_day_says_how_many_trends_still_need_scores() -> None:
    board = well()
    [full] = board.trends
    few, fewer = lacking(full, 123), lacking(full, 1)
    beginning = "Nothing is wrong with what is watched: "
    told = {
        (few,): "1 trend of quality, which needs 123 more scores.",
        (fewer,): "1 trend of quality, which needs 1 more score.",
        (few, fewer): "2 trends of quality, each of which needs up to 123 more scores.",
        (full, few): "2 trends of quality, 1 of which needs up to 123 more scores.",
        (full, few, fewer): "3 trends of quality, 2 of which need up to 123 more scores.",
    }
    for trends, said in told.items():
        assert headline(replace(board, trends=trends)) == f"{beginning}{said}"
    both = replace(board, trends=(few,), budgets=budgets())
    assert headline(both) == (
        f"{beginning}1 trend of quality, which needs 123 more scores, and 2 service levels."
    )


def test_where_every_trend_still_needs_scores_nothing_is_watched_yet() -> None:
    board = replace(well(), standing=Standing.UNWATCHED)
    [full] = board.trends
    assert headline(replace(board, trends=(lacking(full, 123),))) == (
        "Nothing is watched yet: 1 trend of quality, which needs 123 more scores."
    )


def test_where_nothing_is_known_nothing_is_well() -> None:
    assert "Nothing could be read" in headline(unread())
    assert "Nothing is watched" in headline(replace(well(), standing=Standing.UNWATCHED))


def test_an_open_incident_is_what_to_do_next() -> None:
    command = "evalgate incident show 2026-11-21T200000Z-support-reply-accuracy"
    assert next_command(fallen()) == command
    assert next_command(well()) == ""
    assert next_command(hostile()) == ""
    both = (*fallen().incidents, *hostile().incidents)
    assert next_command(replace(fallen(), incidents=both)) == command
    assert next_command(replace(fallen(), incidents=both[::-1])) == command


def test_facts_leave_out_what_there_is_none_of() -> None:
    assert dict(facts(fallen()))["cost"] == "$324.00 and 43 calls of unknown cost"
    assert list(dict(facts(unread()))) == ["shown", "calls"]


def test_an_alarm_says_since_when_it_lasts_or_when_it_was() -> None:
    lasting = alarm_told(page_alarm(), AT)
    assert (lasting.word, lasting.where) == ("page", "support-reply, accuracy, version v4")
    assert lasting.since.endswith("lasts since about 2026-11-21 18:00 UTC, 6 h")
    assert lasting.also == "support-reply, relevance"
    ticket = alarm_told(replace(page_alarm(), urgency=Urgency.TICKET), AT)
    assert ticket.word == "ticket"
    over = alarm_told(past_alarm(), AT)
    assert (over.word, over.since) == ("over", "2026-11-21 01:12 UTC to 2026-11-21 02:00 UTC")


def test_a_stream_is_named_by_all_that_narrows_it() -> None:
    assert stream_name(stream(version="v4", route="direct")) == (
        "support-reply, accuracy, version v4, route direct"
    )
    assert stream_name(Stream(prompt="", criterion="")) == "everything"


def test_a_service_level_is_a_promise_in_words() -> None:
    told = [objective_told(each.objective) for each in budgets()]
    assert told == [
        "99.9% of the calls get what they ask for",
        "95% of the calls within 4 s (support-reply)",
    ]
    quality = Objective(
        name="good", level=Level.QUALITY, target=0.9995, threshold=0.7, criterion="accuracy"
    )
    assert objective_told(quality) == "99.95% of the scores at least 0.7 (accuracy)"


def test_a_change_says_of_what_from_what_and_to_what() -> None:
    change = Change(ts=AT, kind="prompt", subject="p", before="v1", after="v2")
    assert change_told(change) == "prompt of p: v1 → v2"
    assert change_told(replace(change, kind="sdk", subject="sdk", before="")) == "sdk: v2"
    assert change_told(replace(change, kind="weight", after="")) == "canary of p: v1 → none"


def test_names_are_safe_and_an_empty_one_says_so() -> None:
    assert name_of("") == "(not named)"
    assert "\x1b" not in name_of(HOSTILE)
    assert len(name_of("x" * 500)) <= 64


def test_an_unknown_cost_is_told_beside_the_known_one() -> None:
    assert cost(2.0) == "$2.00"
    assert cost(0.0, 1) == "$0 and 1 call of unknown cost"
