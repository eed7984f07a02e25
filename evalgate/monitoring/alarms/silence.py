"""Notices that a watched prompt is not scored any more, although its calls are sampled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.observation import Stream
from evalgate.model.traffic import Minute
from evalgate.monitoring.alarms import wording
from evalgate.monitoring.alarms.figures import fingerprint_of

PATIENCE = 25 * 3_600.0
"""Seconds that a scheduled job may take to score what was sampled: a day and an hour."""


def silences(
    last: Mapping[str, float], minutes: Sequence[Minute], *, fewest: int, at: float
) -> Iterator[Alarm]:
    """Yield a ticket for each prompt that fell silent.

    Args:
        last: for each watched prompt, when its last scored answer was given.
        minutes: the calls, in any order.
        fewest: sampled calls that must be waiting for a score.
        at: nothing later is known, in seconds since 1970.
    """
    for prompt in sorted(last):
        waiting = _waiting(prompt, minutes, after=last[prompt], until=at - PATIENCE)
        sampled = 0
        for start, number in waiting:
            sampled += number
            if sampled >= fewest:
                raised, total = start + PATIENCE, sum(each for _, each in waiting)
                yield _alarm(prompt, last[prompt], raised=raised, sampled=total, fewest=fewest)
                break


def _waiting(
    prompt: str, minutes: Iterable[Minute], *, after: float, until: float
) -> list[tuple[float, int]]:
    return sorted(
        (each.start, each.tally.sampled)
        for each in minutes
        if each.place.prompt == prompt and after < each.start <= until and each.tally.sampled
    )


def _alarm(prompt: str, last: float, *, raised: float, sampled: int, fewest: int) -> Alarm:
    stream = Stream(prompt=prompt, criterion="")
    return Alarm(
        signal=Signal.SILENCE,
        urgency=Urgency.TICKET,
        stream=stream,
        fingerprint=fingerprint_of(Signal.SILENCE, stream),
        began=last,
        raised=raised,
        observed=0.0,
        limit=float(fewest),
        n=sampled,
        window="25 h",
        message=wording.silent(prompt, sampled=sampled, last=last),
    )
