"""Facts about the charts of a board: what is drawn, and the same in words."""

import re
from dataclasses import replace

from evalgate.model.board import Mark, TrendView
from evalgate.reporting.monitor_charts import calls_chart, latency_chart, trend_chart
from tests.unit.reporting.boards import AT, FELL, SINCE, fallen, stream, trend, unread, view


def svg_of(shown: TrendView) -> str:
    drawing = trend_chart(shown, fallen(), key="k")
    assert drawing is not None
    return str(drawing.svg)


def test_a_trend_is_drawn_with_what_it_is_held_against_and_told_in_words() -> None:
    drawing = trend_chart(fallen().trends[0], fallen(), key="k")
    assert drawing is not None
    for text in ("frozen 91%", "limit 86%", "● 82", "v4", "app 9f3c1"):
        assert text in drawing.svg
    assert "Limit: 86%." in drawing.words
    assert "v4 at 2026-11-21 18:00 UTC" in drawing.words


def test_what_is_not_watched_has_no_limit() -> None:
    svg = svg_of(view(trend(stream(), mean=0.9)))
    assert "limit " not in svg
    assert "frozen " not in svg


def test_an_alarm_tints_the_ground_from_its_beginning() -> None:
    fell = fallen().trends[0]
    assert svg_of(fell).count("var(--bad-wash)") > svg_of(replace(fell, alarms=())).count(
        "var(--bad-wash)"
    )


def test_names_of_changes_do_not_run_into_each_other() -> None:
    marks = tuple(Mark(ts=FELL + 60 * each, text=f"change {each}") for each in range(5))
    svg = svg_of(replace(fallen().trends[0], marks=marks))
    assert len(re.findall(r"change \d</text>", svg)) == 1


def test_what_is_older_than_what_is_shown_is_not_drawn() -> None:
    old = replace(fallen(), since=AT, at=AT + 3600)
    assert trend_chart(old.trends[0], old, key="k") is None
    empty = replace(fallen().trends[0], points=())
    assert trend_chart(empty, fallen(), key="k") is None


def test_calls_and_latencies_are_drawn_where_there_are_some() -> None:
    calls, latency = calls_chart(fallen(), key="c"), latency_chart(fallen(), key="l")
    assert calls is not None
    assert latency is not None
    assert "43,200 calls over time" in calls.words
    assert "no answer" in calls.svg
    assert "95th" in latency.svg
    assert calls_chart(unread(), key="c") is None
    assert latency_chart(unread(), key="l") is None


def test_the_same_board_gives_the_same_drawing() -> None:
    assert svg_of(fallen().trends[0]) == svg_of(fallen().trends[0])
    assert SINCE < AT
