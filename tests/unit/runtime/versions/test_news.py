"""Facts about the events that a look at the files gives rise to."""

from evalgate.errors import Problem
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.runtime.versions.news import MOST_TOLD, notice, of_files, of_overrides, route_subject

ANN = PromptOverride(until=1_800_000_000, version="v2", by="ann", why="tone")
HELD = RouteOverride(until=1_800_000_000, state=Forced.OPEN)


def brief(events: list[Event]) -> list[tuple[EventKind, str, str, str]]:
    return [(event.kind, event.subject, event.before, event.after) for event in events]


def test_only_what_is_newly_broken_or_whole_again_is_news() -> None:
    before = {"a": ("bad", "1"), "b": ("bad", "1"), "c": ("bad", "1")}
    after = {"a": ("bad", "1"), "b": ("bad", "2"), "d": ("worse", "")}
    events = list(of_files(before, after, ts=5.0))
    assert brief(events) == [
        (EventKind.FILE_BROKEN, "b", "", ""),
        (EventKind.FILE_BROKEN, "d", "", ""),
        (EventKind.FILE_MENDED, "c", "", ""),
    ]
    assert [event.message for event in events] == ["bad", "worse", ""]
    assert {event.ts for event in events} == {5.0}


def test_a_notice_is_one_line_and_not_long() -> None:
    problems = [Problem(path="a", line=n, message="wrong\nhere") for n in range(100)]
    text, state = notice(problems, "state")
    assert text.startswith("a:0: wrong here; a:1: wrong here; ")
    assert "\n" not in text
    assert len(text) == MOST_TOLD
    assert state == "state"


def test_overrides_begin_change_and_end() -> None:
    one = Override(prompts={"sum-up": ANN}, routes={"": HELD})
    other = Override(
        prompts={"sum-up": PromptOverride(until=1_800_000_000, switch=Switch(disabled=True))}
    )
    began = list(of_overrides(Override(), one, ts=1.0))
    assert brief(began) == [
        (EventKind.OVERRIDE_BEGAN, "sum-up", "", "v2"),
        (EventKind.OVERRIDE_BEGAN, "route direct", "", "open"),
    ]
    assert began[0].message == "until 2027-01-15T08:00:00Z by ann: tone"
    assert list(of_overrides(one, one, ts=1.0)) == []
    assert brief(list(of_overrides(one, other, ts=1.0))) == [
        (EventKind.OVERRIDE_BEGAN, "sum-up", "v2", "disabled"),
        (EventKind.OVERRIDE_ENDED, "route direct", "open", ""),
    ]


def test_an_override_of_a_stranger_has_no_effect() -> None:
    after = Override(prompts={"sum-upp": ANN}, routes={"paris": HELD})
    strangers = {"sum-upp", route_subject("paris")}
    events = of_overrides(Override(), after, ts=1.0, strangers=strangers)
    assert [event.message.partition(":")[0] for event in events] == ["it has no effect"] * 2


def test_a_time_beyond_the_calendar_and_lines_in_a_reason_are_told_on_one_line() -> None:
    far = PromptOverride(until=1e18, version="v2", by="a\nb" * 50, why="x\ny" * 1_000)
    (event,) = of_overrides(Override(), Override(prompts={"sum-up": far}), ts=1.0)
    assert event.message.startswith("until far from now by a ba b")
    assert "\n" not in event.message
    assert len(event.message) < MOST_TOLD + 150
