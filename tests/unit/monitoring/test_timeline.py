"""Facts about the one timeline of what has changed."""

from collections.abc import Sequence
from dataclasses import replace

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.traffic import Change
from evalgate.monitoring.timeline import NEAR, changes_of_events, changes_of_judges
from evalgate.monitoring.timeline import timeline as merged

AT = 1_795_305_600.0


def seen(ts: float, after: str, *, before: str = "v1", kind: str = "prompt") -> Change:
    return Change(ts=ts, kind=kind, subject="p", before=before, after=after, source="calls")


def moved(ts: float, after: str) -> Event:
    return Event(ts=ts, kind=EventKind.POINTER_MOVED, subject="p", before="v1", after=after)


def score(ts: float, judge: str, criterion: str = "c") -> Observation:
    return Observation(ts=ts, request_id="r", criterion=criterion, outcome=1.0, judge=judge)


MOVED = Change(ts=AT, kind="prompt", subject="p", before="v1", after="v2", source="live.yaml")


def timeline(
    changes: Sequence[Change],
    events: Sequence[Event] = (),
    observations: Sequence[Observation] = (),
    anchors: Sequence[AnchorScore] = (),
) -> tuple[Change, ...]:
    """Return the timeline of all that tells of changes."""
    judges = changes_of_judges(observations, anchors)
    return merged(changes, changes_of_events(events, source="event"), judges)


def told(*changes: Change) -> list[tuple[float, str, str]]:
    return [(each.ts - AT, each.kind, each.after) for each in changes]


def test_what_several_hosts_tell_is_one_change() -> None:
    events = [moved(AT + each, "v2") for each in (0, 1, 20)]
    assert told(*timeline([], events, [])) == [(0, "prompt", "v2")]


def test_calls_show_again_what_the_pointer_told() -> None:
    found = timeline([seen(AT + 60, "v2")], [moved(AT, "v2, canary v3 5 %")], [])
    assert told(*found) == [(0, "prompt", "v2, canary v3 5 %")]


def test_calls_alone_show_it_too_and_what_is_long_after_is_another_change() -> None:
    changes = [seen(AT, "v2"), seen(AT + NEAR + 1, "v2")]
    assert len(timeline(changes, [], [])) == 2
    assert len(timeline([seen(AT, "v2"), seen(AT + 5, "v3")], [], [])) == 2


def test_a_version_of_which_another_begins_with_is_not_the_same() -> None:
    assert len(timeline([seen(AT + 60, "v2")], [moved(AT, "v20, canary v3 5 %")])) == 2


def test_the_end_of_a_canary_is_no_repetition_of_its_begin() -> None:
    assert len(timeline([], [moved(AT, "v2, canary v3 5 %"), moved(AT + 60, "v2")])) == 2


def test_calls_that_show_a_move_before_it_is_told_are_the_first_tellers() -> None:
    """The minute of a call begins before the call."""
    (found,) = timeline([seen(AT - 30, "v2")], [moved(AT, "v2")])
    assert found.source == "calls"


def test_overrides_of_hosts_are_changes() -> None:
    events = [
        Event(ts=AT, kind=EventKind.OVERRIDE_BEGAN, subject="p", after="off"),
        Event(ts=AT + 1, kind=EventKind.OVERRIDE_BEGAN, subject="route direct", after="open"),
        Event(ts=AT + 2, kind=EventKind.OVERRIDE_ENDED, subject="p", before="off"),
    ]
    assert told(*timeline([], events, [])) == [
        (0, "configuration", "off"),
        (1, "provider", "open"),
        (2, "configuration", "the override ended"),
    ]


def test_another_judge_is_a_change_of_its_criterion() -> None:
    scores = [score(AT, "a"), score(AT + 1, "b", "d"), score(AT + 2, "a"), score(AT + 3, "z")]
    anchors = [AnchorScore(ts=AT + 2.5, anchor="x", criterion="c", judge="z", outcome=1.0)]
    (change,) = timeline([], [], [*scores, score(AT + 4, "")], anchors)
    assert (change.ts, change.kind, change.subject) == (AT + 2.5, "judge", "c")
    assert (change.before, change.after) == ("a", "z")


def test_ten_thousand_changes_take_no_time() -> None:
    changes = [seen(AT + number, f"v{number % 50}") for number in range(10_000)]
    assert len(timeline(changes, [], [])) < 10_000


def test_the_same_change_told_by_file_and_log_stands_once_from_its_first_teller() -> None:
    heard = replace(MOVED, ts=MOVED.ts + NEAR, source="call log")
    assert merged([heard], [MOVED]) == (MOVED,)
    later = replace(heard, ts=heard.ts + 1.0)
    assert merged([later, MOVED]) == (MOVED, later)
    other = replace(heard, after="v3")
    assert len(merged([MOVED, other])) == 2


def test_events_tell_of_pointers_overrides_and_breakers_and_not_of_a_full_spool() -> None:
    events = [
        Event(ts=1.0, kind=EventKind.POINTER_MOVED, subject="p", before="v1", after="v2"),
        Event(ts=2.0, kind=EventKind.BREAKER_OPENED, subject="bedrock-eu"),
        Event(ts=3.0, kind=EventKind.OVERRIDE_BEGAN, subject="p", after="v1"),
        Event(ts=3.5, kind=EventKind.OVERRIDE_BEGAN, subject="route direct", after="open"),
        Event(ts=4.0, kind=EventKind.SPOOL_FULL, subject="spool"),
        Event(ts=5.0, kind=EventKind.LOG_FAILED, subject="log"),
    ]
    assert [(each.kind, each.subject, each.after) for each in changes_of_events(events)] == [
        ("prompt", "p", "v2"),
        ("provider", "bedrock-eu", "breaker opened"),
        ("configuration", "p", "v1"),
        ("provider", "route direct", "open"),
    ]
