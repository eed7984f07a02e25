"""Says how production stands, in the words that page, terminal and documents share."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.board import Board, Standing
from evalgate.model.monitoring import Level, Objective
from evalgate.model.observation import Stream
from evalgate.model.traffic import Change
from evalgate.model.verdict import Verdict
from evalgate.reporting.instants import duration, utc
from evalgate.reporting.numbers import count, milliseconds, money, percent
from evalgate.reporting.visible import on_one_line

UNNAMED = "(not named)"
"""Stands for an empty name, such as a call's without a feature."""

_NAME, _MESSAGE = 64, 400
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}", re.ASCII)
"""What an id must be like to stand in a command."""

_MANY = 1_000_000

VERDICTS: Mapping[Standing, Verdict] = {
    Standing.WELL: Verdict.PASS,
    Standing.TICKET: Verdict.INCONCLUSIVE,
    Standing.PAGE: Verdict.FAIL,
    Standing.UNWATCHED: Verdict.NOT_APPLICABLE,
    Standing.UNREAD: Verdict.ERROR,
}
"""By which colour and sign a standing is shown."""

WORDS: Mapping[Standing, str] = {
    Standing.WELL: "all well",
    Standing.TICKET: "look at it",
    Standing.PAGE: "act now",
    Standing.UNWATCHED: "not watched",
    Standing.UNREAD: "nothing read",
}

_SIGNALS: Mapping[Signal, str] = {
    Signal.FALL: "quality fell",
    Signal.FLOOR: "quality is under its floor",
    Signal.DRIFT: "quality drifts down",
    Signal.BURN: "an error budget burns",
    Signal.JUDGE: "the judge changed",
    Signal.SILENCE: "no scores come",
    Signal.SINK: "alerts are not taken",
}

_KINDS: Mapping[str, str] = {"weight": "canary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTold:
    """An alarm as people read it."""

    verdict: Verdict
    word: str
    what: str
    where: str
    message: str
    since: str
    also: str


def headline(board: Board) -> str:
    """Say in one sentence how production stands."""
    if board.standing in (Standing.PAGE, Standing.TICKET):
        first, *others = board.alarms
        more = f" And {count(len(others), 'more alarm')}." if others else ""
        return f"{on_one_line(first.message, _MESSAGE).rstrip('.')}.{more}"
    told: Mapping[Standing, str] = {
        Standing.WELL: f"Nothing is wrong with what is watched: {watched(board)}.",
        Standing.UNWATCHED: _nothing_watched(board),
        Standing.UNREAD: "Nothing could be read: there is no call and no score.",
    }
    return told[board.standing]


def _nothing_watched(board: Board) -> str:
    if any(each.lacking for each in board.trends):
        return f"Nothing is watched yet: {watched(board)}."
    return "Nothing is watched: no rule has what it needs."


def next_command(board: Board) -> str:
    """Return the command that shows what to do about the newest incident; empty without one."""
    known = [each.id for each in board.incidents if _ID.fullmatch(each.id)]
    return f"evalgate incident show {known[-1]}" if known else ""


def watched(board: Board) -> str:
    """Say how much is watched, and how much is not."""
    streams = sum(each.trend.limit is not None for each in board.trends)
    needing = _needing([each.lacking for each in board.trends if each.lacking], streams)
    said = []
    if streams:
        said.append(f"{count(streams, 'trend of quality', 'trends of quality')}{needing}")
    if board.budgets:
        said.append(count(len(board.budgets), "service level"))
    joined = (", and " if needing else " and ").join(said)
    return f"{joined or 'nothing'}{_unwatched(board)}"


def _needing(lacking: Sequence[int], streams: int) -> str:
    """Say how many of the streams that are watched still need scores, and how many at most."""
    if not lacking:
        return ""
    most = count(max(lacking), "more score")
    if streams == 1:
        return f", which needs {most}"
    if len(lacking) == streams:
        return f", each of which needs up to {most}"
    return f", {len(lacking):,} of which {'needs' if len(lacking) == 1 else 'need'} up to {most}"


def _unwatched(board: Board) -> str:
    number = sum(each.trend.limit is None for each in board.trends)
    if not number:
        return ""
    verb = "is" if number == 1 else "are"
    return f"; {count(number, 'trend of quality', 'trends of quality')} {verb} not watched"


def facts(board: Board) -> Iterator[tuple[str, str]]:
    """Yield what is known of the time that is shown, as names and values."""
    whole = board.whole
    yield "shown", f"{utc(board.since)} to {utc(board.at)}, {duration(board.at - board.since)}"
    yield "calls", f"{whole.calls:,}"
    if whole.calls:
        yield "got what they asked for", percent(whole.available)
        yield "latency", f"{latency(whole.p50)} median, {latency(whole.p95)} at the 95th percentile"
        yield "cost", cost(whole.cost_usd, whole.unpriced)
    if board.scoring.scores:
        yield "scored", f"{count(board.scoring.answers, 'answer')} by {_criteria(board)}"


def _criteria(board: Board) -> str:
    names = {each.trend.stream.criterion for each in board.trends}
    return count(len(names), "criterion", "criteria")


def alarm_told(alarm: Alarm, at: float) -> AlarmTold:
    """Tell an alarm.

    Args:
        alarm: that lasts or is over.
        at: now, in seconds since 1970.
    """
    pages = alarm.urgency is Urgency.PAGE
    if alarm.resolved is None:
        verdict, word = (Verdict.FAIL, "page") if pages else (Verdict.INCONCLUSIVE, "ticket")
        since = f"raised {utc(alarm.raised)}, lasts since about {utc(alarm.began)}"
        since = f"{since}, {duration(at - alarm.began)}"
    else:
        verdict, word = Verdict.NOT_APPLICABLE, "over"
        since = f"{utc(alarm.raised)} to {utc(alarm.resolved)}"
    return AlarmTold(
        verdict=verdict,
        word=word,
        what=_SIGNALS[alarm.signal],
        where=stream_name(alarm.stream),
        message=on_one_line(alarm.message, _MESSAGE),
        since=since,
        also="; ".join(stream_name(each) for each in alarm.also),
    )


def stream_name(stream: Stream) -> str:
    """Name a stream: its prompt, its criterion, and what narrows it."""
    narrowed = (
        ("version", stream.version),
        ("feature", stream.feature),
        ("route", stream.route),
        ("provider", stream.provider),
        ("model", stream.model),
    )
    said = [on_one_line(each, _NAME) for each in (stream.prompt, stream.criterion) if each]
    said += [f"{kind} {on_one_line(value, _NAME)}" for kind, value in narrowed if value]
    return ", ".join(said) or "everything"


def name_of(text: str) -> str:
    """Return a name of the log that is safe to show; an empty one says so."""
    return on_one_line(text, _NAME) or UNNAMED


def objective_told(objective: Objective) -> str:
    """Say what a service level promises."""
    share = f"{100 * objective.target:.6g}%"
    told: Mapping[Level, str] = {
        Level.AVAILABILITY: f"{share} of the calls get what they ask for",
        Level.LATENCY: f"{share} of the calls within {latency(objective.threshold)}",
        Level.FORMAT: f"{share} of the answers without a broken format",
        Level.QUALITY: f"{share} of the scores at least {objective.threshold:g}",
    }
    where = ", ".join(
        on_one_line(each, _NAME)
        for each in (objective.prompt, objective.feature, objective.criterion)
        if each
    )
    return f"{told[objective.level]}{f' ({where})' if where else ''}"


def change_told(change: Change) -> str:
    """Say what changed."""
    kind = _KINDS.get(change.kind, change.kind)
    subject = "" if change.subject == change.kind else f" of {on_one_line(change.subject, _NAME)}"
    after = on_one_line(change.after, _NAME) or "none"
    moved = f"{on_one_line(change.before, _NAME)} → {after}" if change.before else after
    return f"{kind}{subject}: {moved}"


def latency(ms: float | None) -> str:
    """Write a latency; a dash where there is none."""
    return "–" if ms is None else milliseconds(round(ms))


def cost(usd: float, unpriced: int = 0) -> str:
    """Write a cost, and how many calls are not in it."""
    return f"{money(usd)} and {count(unpriced, 'call')} of unknown cost" if unpriced else money(usd)


def large(number: int) -> str:
    """Write a number that may be large, in few letters: `12,345`, `1.2 M`."""
    return f"{number:,}" if number < _MANY else f"{number / _MANY:.1f} M"
