"""Facts about trends with what happened meanwhile."""

from dataclasses import replace

from evalgate.model.alarm_report import AlarmReport, Missing, Unwatched
from evalgate.model.traffic import Change
from evalgate.monitoring.board.trend_views import trend_views
from tests.unit.reporting.boards import AT, FELL, SINCE, page_alarm, past_alarm, stream, trend

ACCURACY, SAFETY = stream(), stream(criterion="safety")
V4 = stream(version="v4")


def change(kind: str, subject: str, *, ts: float = FELL) -> Change:
    return Change(ts=ts, kind=kind, subject=subject, before="a", after=f"{kind} {subject}")


def report(*alarms: object) -> AlarmReport:
    return AlarmReport(
        at=AT,
        alarms=tuple(alarms),  # type: ignore[arg-type]
        past=(past_alarm(),),
        trends=(trend(SAFETY, mean=1.0), trend(ACCURACY, mean=0.9), trend(V4, mean=0.8)),
        unwatched=(
            Unwatched(
                stream=SAFETY, why=Missing.WINDOW, lacking=9, until=None, message="9 are missing"
            ),
        ),
    )


def test_whole_prompts_are_told_with_their_slices_and_why_they_are_not_watched() -> None:
    views = trend_views(report(), [], courses={}, since=SINCE)
    assert [each.trend.stream for each in views] == [ACCURACY, SAFETY]
    assert [each.stream for each in views[0].slices] == [V4]
    assert views[0].why is None
    assert views[1].why is not None


def test_an_alarm_stands_at_each_trend_that_it_is_about() -> None:
    views = trend_views(report(page_alarm(V4)), [], courses={}, since=SINCE)
    assert [len(each.alarms) for each in views] == [1, 0]
    also = replace(page_alarm(V4), also=(SAFETY,))
    assert [
        len(each.alarms) for each in trend_views(report(also), [], courses={}, since=SINCE)
    ] == [1, 1]


def test_what_has_a_lasting_alarm_comes_first() -> None:
    alarm = replace(page_alarm(SAFETY), also=())
    views = trend_views(report(alarm), [], courses={}, since=SINCE)
    assert [each.trend.stream for each in views] == [SAFETY, ACCURACY]


def test_changes_are_marked_where_they_may_matter() -> None:
    changes = [
        change("prompt", "support-reply"),
        change("prompt", "triage"),
        change("application", "application"),
        change("judge", "safety"),
        change("prompt", "support-reply", ts=SINCE - 1),
    ]
    views = {
        each.trend.stream: each for each in trend_views(report(), changes, courses={}, since=SINCE)
    }
    assert [each.text for each in views[ACCURACY].marks] == [
        "prompt support-reply",
        "application application",
    ]
    assert [each.text for each in views[SAFETY].marks][-1] == "judge safety"


def test_a_course_stands_at_its_own_trend() -> None:
    points = trend(ACCURACY, mean=0.5).points[:2]
    views = trend_views(report(), [], courses={ACCURACY: points}, since=SINCE)
    assert [each.points for each in views] == [points, ()]
