"""Tells an alarm as an alert: title, sentence, facts, and the commands to begin with; pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from evalgate.model.alarm import Alarm, Signal
from evalgate.model.alert import Alert
from evalgate.model.observation import Stream
from evalgate.monitoring.places import Places
from evalgate.reporting.instants import utc
from evalgate.reporting.numbers import percent

SINK_PREFIX = "sink:"
"""What the fingerprint of an alarm about a sink begins with."""

_TITLES: Mapping[Signal, str] = {
    Signal.FALL: "{where}: {what} has fallen",
    Signal.FLOOR: "{where}: {what} is under its floor",
    Signal.DRIFT: "{where}: {what} is drifting down",
    Signal.BURN: "{where}: the error budget of {what} is being spent too fast",
    Signal.JUDGE: "The judge of {what} scores otherwise than before",
    Signal.SILENCE: "{where}: there are no scores",
    Signal.SINK: "Alerts do not arrive at {what}",
}
_MOST_ALSO = 5


_HERE = Places()


def alert_of(
    alarm: Alarm,
    *,
    at: float,
    incident: str = "",
    commands: Sequence[str] = (),
    places: Places = _HERE,
) -> Alert:
    """Return what is told of an alarm.

    Args:
        alarm: one that lasts, or is over.
        at: now, in seconds since 1970.
        incident: the id of its incident; empty without one.
        commands: what to do about it, before the commands that show it.
        places: where the monitor has looked, for those commands.
    """
    return Alert(
        fingerprint=alarm.fingerprint,
        urgency=alarm.urgency,
        is_resolved=alarm.resolved is not None,
        title=title_of(alarm),
        message=alarm.message,
        began=alarm.began,
        at=at,
        facts=tuple(_facts(alarm, incident)),
        commands=(*commands, *_commands(alarm, incident, places)),
        incident=incident,
        weight=weight_of(alarm),
    )


def title_of(alarm: Alarm) -> str:
    """Return what an alarm is about, in a few words without figures, so that it stays the same."""
    stream = alarm.stream
    narrowed = ", ".join(value for _, value in _slice(stream))
    where = stream.prompt or "all prompts"
    return _TITLES[alarm.signal].format(
        where=f"{where} ({narrowed})" if narrowed else where, what=stream.criterion or "quality"
    )


def weight_of(alarm: Alarm) -> float:
    """Return how far an alarm is beyond its limit: 1 at the limit, 2 where it is twice as far."""
    observed, limit, baseline = alarm.observed, alarm.limit, alarm.baseline
    if alarm.signal is Signal.BURN and limit > 0:
        return max(1.0, observed / limit)
    if alarm.signal in (Signal.FALL, Signal.DRIFT) and baseline is not None and baseline > limit:
        return max(1.0, (baseline - observed) / (baseline - limit))
    if alarm.signal is Signal.FLOOR and limit < 1:
        return max(1.0, (1 - observed) / (1 - limit))
    return 1.0


def _slice(stream: Stream) -> Iterator[tuple[str, str]]:
    names = ("version", "feature", "route", "provider", "model")
    yield from ((name, value) for name in names if (value := getattr(stream, name)))


def _facts(alarm: Alarm, incident: str) -> Iterator[tuple[str, str]]:
    if alarm.stream.prompt:
        yield "prompt", alarm.stream.prompt
    if alarm.stream.criterion and alarm.signal is not Signal.SINK:
        yield "criterion", alarm.stream.criterion
    yield from _slice(alarm.stream)
    yield from _figures(alarm)
    if alarm.also:
        names = [_named(each) for each in alarm.also[:_MOST_ALSO]]
        more = len(alarm.also) - len(names)
        yield "also", "; ".join([*names, *([f"{more} more"] if more else [])])
    yield "began", utc(alarm.began)
    if alarm.resolved is not None:
        yield "over", utc(alarm.resolved)
    if incident:
        yield "incident", incident


def _figures(alarm: Alarm) -> Iterator[tuple[str, str]]:
    if alarm.signal in (Signal.SINK, Signal.SILENCE):
        return
    write = _times if alarm.signal is Signal.BURN else percent
    yield "observed", f"{write(alarm.observed)}{_bounds(alarm, write)}"
    if alarm.baseline is not None:
        yield "baseline", write(alarm.baseline)
    yield "limit", write(alarm.limit)
    if alarm.window:
        yield "window", alarm.window


def _bounds(alarm: Alarm, write: Callable[[float], str]) -> str:
    if alarm.low is None or alarm.high is None:
        return ""
    return f" ({write(alarm.low)} to {write(alarm.high)})"


def _times(number: float) -> str:
    return f"{number:.1f}×"


def _named(stream: Stream) -> str:
    names = [stream.prompt, stream.criterion, *(value for _, value in _slice(stream))]
    return ", ".join(name for name in names if name)


def _commands(alarm: Alarm, incident: str, places: Places) -> Iterator[str]:
    if alarm.signal is Signal.SINK:
        yield places.alert_test(alarm.stream.criterion)
        return
    if incident:
        yield places.incident("show", incident)
    yield places.monitor()
