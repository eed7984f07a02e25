"""Facts about what is missing, and what makes it."""

from dataclasses import replace

from evalgate.model.alarm_report import AlarmReport, Missing, Unwatched
from evalgate.model.observation import Stream
from evalgate.monitoring.board.lacks import Given, lacks_of

ALL = Given(
    calls=9, scores=9, anchors=9, sampled=9, baselines=9, objectives=9, has_policy=True,
    names_scores=True,
)  # fmt: skip
QUIET = AlarmReport(at=1.0)


def told(given: Given, report: AlarmReport = QUIET) -> list[tuple[str, str]]:
    return [(each.message, each.command) for each in lacks_of(given, report)]


def test_where_there_is_all_nothing_is_missing() -> None:
    assert told(ALL) == []


def test_each_thing_that_is_missing_is_said_with_what_makes_it() -> None:
    for change, word, command in (
        ({"calls": 0}, "No call was found", "evalgate monitor logs"),
        ({"scores": 0, "names_scores": False}, "No scores were named", "evalgate score"),
        ({"scores": 0}, "There is no score yet", "evalgate score"),
        ({"scores": 0, "sampled": 0}, "sampling: {every: 100}", "evalgate score"),
        ({"baselines": 0}, "No quality is frozen", "evalgate monitor freeze"),
        ({"anchors": 0}, "no anchors", ""),
        ({"has_policy": False}, "There is no policy", "evalgate init"),
        ({"objectives": 0}, "no service level", ""),
        ({"unread": (("logs", "Permission denied"),)}, "`logs` cannot be read: Perm", ""),
    ):
        ((message, given),) = told(replace(ALL, **change))
        assert word in message
        assert given.startswith(command)
        assert bool(given) == bool(command)


def test_streams_that_are_not_watched_are_told_unless_nothing_is_frozen_at_all() -> None:
    stream = Stream(prompt="p", criterion="c")
    unwatched = [
        Unwatched(stream=stream, why=why, lacking=1, until=None, message=f"because of {why}")
        for why in (Missing.WINDOW, Missing.BASELINE)
    ]
    report = AlarmReport(at=1.0, unwatched=tuple(unwatched))
    assert [message for message, _ in told(ALL, report)] == [
        "because of window",
        "because of baseline",
    ]
    without = [message for message, _ in told(replace(ALL, baselines=0), report)]
    assert without[1:] == ["because of window"]
