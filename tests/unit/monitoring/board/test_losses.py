"""Facts about what was lost or left out."""

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.traffic import LineCount
from evalgate.monitoring.board.losses import losses_of


def numbers(*events: Event, lines: LineCount | None = None, unplaced: int = 0) -> dict[str, int]:
    told = losses_of(
        lines or LineCount(), events, unreadable_scores={"repeated_scores": 2}, unplaced=unplaced
    )
    return {each.name: each.number for each in told}


def event(kind: EventKind, message: str) -> Event:
    return Event(ts=1.0, kind=kind, subject="x", message=message)


def test_that_nothing_was_lost_is_said() -> None:
    found = numbers()
    assert (found["samples_dropped"], found["log_lines_lost"]) == (0, 0)
    assert "unfinished_files" not in found


def test_events_say_how_many_were_lost() -> None:
    found = numbers(
        event(EventKind.SPOOL_FULL, "12 sampled calls were not kept: in this process 9 found"),
        event(EventKind.SPOOL_FULL, "3 sampled calls were not kept"),
        event(EventKind.SPOOL_FULL, "of another evalgate"),
        event(EventKind.LOG_FAILED, "lines lost: 40, the last one by ENOSPC"),
        event(EventKind.BREAKER_OPENED, "7 failures"),
    )
    assert (found["samples_dropped"], found["log_lines_lost"]) == (16, 40)


def test_lines_of_log_and_scores_are_told_by_their_cause() -> None:
    lines = LineCount(left_out={"unreadable_calls": 5}, unfinished=1)
    found = numbers(lines=lines, unplaced=4)
    assert (found["unreadable_calls"], found["repeated_scores"]) == (5, 2)
    assert (found["unplaced_scores"], found["unfinished_files"]) == (4, 1)
