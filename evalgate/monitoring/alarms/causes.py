"""Puts what streams tell together: one alarm per cause, and none told again too soon.

Two streams have one cause where they are of one prompt, their alarms overlap in time, and either
both are of one criterion and no name contradicts another, or one of them is a part of the other and
both began to fall at about the same time.
"""

from collections.abc import Iterable
from dataclasses import replace
from heapq import heapify, heappop, heappush

from evalgate.model.alarm import Alarm, Urgency
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.quality import Candidate
from evalgate.monitoring.alarms.series import names_of

_Entry = tuple[float, bool, tuple[str, ...], int, Candidate]


def joined(candidates: Iterable[Candidate], *, cooldown: float, at: float) -> tuple[Alarm, ...]:
    """Return the alarms of all causes, in the order in which they were raised.

    Args:
        candidates: what the streams would tell by themselves.
        cooldown: seconds after an alarm was raised until its cause may be told again.
        at: nothing later is known.
    """
    queue = [_entry(number, each) for number, each in enumerate(candidates)]
    heapify(queue)
    kept: list[Candidate] = []
    while queue:
        *_, number, candidate = heappop(queue)
        host = next((each for each in kept if _is_one_cause(each, candidate)), None)
        is_graver = host is not None and _is_graver(candidate, host)
        if host is not None and not is_graver:
            kept[kept.index(host)] = _with(host, candidate.alarm)
            rest = _rest(candidate, host)
        else:
            known = kept if host is None else [each for each in kept if each is not host]
            told = _cooled(candidate if host is None else _worse(host, candidate), known, cooldown)
            if told is None or told.alarm.raised > at:
                continue
            kept = [*known, told]
            rest = None if host is None else _rest(host, told)
        if rest is not None:
            heappush(queue, _entry(number, rest))
    return tuple(sorted((each.alarm for each in kept), key=lambda alarm: alarm.raised))


def cooled(alarm: Alarm, earlier: Iterable[Alarm], *, cooldown: float) -> Alarm | None:
    """Return an alarm when its cause may be told again; None when it is over by then.

    Args:
        alarm: that is due.
        earlier: those before it, of any cause.
        cooldown: seconds after a cause was told until it may be told again.
    """
    told = (each.raised for each in earlier if each.fingerprint == alarm.fingerprint)
    raised = max([alarm.raised, *(each + cooldown for each in told)])
    if alarm.resolved is not None and alarm.resolved <= raised:
        return None
    return replace(alarm, raised=raised)


def _entry(number: int, candidate: Candidate) -> _Entry:
    alarm = candidate.alarm
    is_ticket = alarm.urgency is Urgency.TICKET
    stream = alarm.stream
    # What is wider, or named first, is looked at first where the time is the same.
    return (
        alarm.raised,
        is_ticket,
        (*names_of(stream).values(), stream.criterion),
        number,
        candidate,
    )


def _is_one_cause(host: Candidate, candidate: Candidate) -> bool:
    one, other = host.alarm, candidate.alarm
    if one.stream.prompt != other.stream.prompt:
        return False
    if one.resolved is not None and one.resolved <= other.raised:
        return False
    names, others = names_of(one.stream), names_of(other.stream)
    if any(others.get(name, value) != value for name, value in names.items()):
        return False
    if one.stream.criterion == other.stream.criterion:
        return True
    is_part = names.items() <= others.items() or others.items() <= names.items()
    return is_part and abs(one.began - other.began) <= max(host.span, candidate.span)


def _is_graver(candidate: Candidate, host: Candidate) -> bool:
    return candidate.alarm.urgency is Urgency.PAGE and host.alarm.urgency is Urgency.TICKET


def _cooled(candidate: Candidate, kept: Iterable[Candidate], cooldown: float) -> Candidate | None:
    alarm = cooled(candidate.alarm, (each.alarm for each in kept), cooldown=cooldown)
    return None if alarm is None else replace(candidate, alarm=alarm)


def _worse(host: Candidate, page: Candidate) -> Candidate:
    """Return a ticket as the page that it has become; it is still the same cause."""
    told = _with(page, host.alarm)
    return replace(told, alarm=replace(told.alarm, fingerprint=host.alarm.fingerprint))


def _with(host: Candidate, other: Alarm) -> Candidate:
    """Return an alarm with the streams of another one of its cause."""
    streams = {other.stream, *other.also, *host.alarm.also}
    further = sorted(each for each in streams if not _is_part(each, host.alarm.stream))
    alarm = replace(host.alarm, also=tuple(further))
    if other.urgency is host.alarm.urgency and alarm.resolved is not None:
        later = None if other.resolved is None else max(alarm.resolved, other.resolved)
        alarm = replace(alarm, resolved=later)
    return replace(host, alarm=alarm)


def _is_part(stream: Stream, of: Stream) -> bool:
    """Return whether a stream says nothing that another one does not say."""
    same = (stream.prompt, stream.criterion) == (of.prompt, of.criterion)
    return same and names_of(of).items() <= names_of(stream).items()


def _rest(candidate: Candidate, host: Candidate) -> Candidate | None:
    """Return the ticket that is still due when the page of its cause is over."""
    over = host.alarm.resolved
    if candidate.alarm.urgency is host.alarm.urgency or over is None:
        return None
    if candidate.alarm.resolved is not None and candidate.alarm.resolved <= over:
        return None
    return replace(candidate, alarm=replace(candidate.alarm, raised=over))
