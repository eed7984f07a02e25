"""Facts about the one timeline of what has changed."""

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.traffic import Change
from evalgate.monitoring.board.timeline import NEAR, timeline

AT = 1_795_305_600.0


def seen(ts: float, after: str, *, before: str = "v1", kind: str = "prompt") -> Change:
    return Change(ts=ts, kind=kind, subject="p", before=before, after=after, source="calls")


def moved(ts: float, after: str) -> Event:
    return Event(ts=ts, kind=EventKind.POINTER_MOVED, subject="p", before="v1", after=after)


def score(ts: float, judge: str, criterion: str = "c") -> Observation:
    return Observation(ts=ts, request_id="r", criterion=criterion, outcome=1.0, judge=judge)


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


def test_overrides_of_hosts_are_changes() -> None:
    events = [
        Event(ts=AT, kind=EventKind.OVERRIDE_BEGAN, subject="p", after="off"),
        Event(ts=AT + 1, kind=EventKind.OVERRIDE_BEGAN, subject="route direct", after="open"),
        Event(ts=AT + 2, kind=EventKind.OVERRIDE_ENDED, subject="p", before="off"),
        Event(ts=AT + 3, kind=EventKind.BREAKER_OPENED, subject="route direct"),
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
