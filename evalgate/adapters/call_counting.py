"""Counts what became of a call of the log, by one rule for the board and for incidents."""

from collections.abc import Sequence
from typing import Protocol

from evalgate.adapters.exposures import REFUSAL
from evalgate.model.call import DEGRADED, ServedBy
from evalgate.model.smell import Smell
from evalgate.model.traffic import BROKEN_FORMAT, Tally, bucket_of

OTHER = "other"
"""Stands for a smell that is not known here."""

_FROM_MEMORY = frozenset({ServedBy.CACHE, ServedBy.SHARED, ServedBy.STALE_CACHE})
_SMELLS = frozenset(each.value for each in Smell)


class CountedCall(Protocol):
    """What matters of a line of the log."""

    served_by: ServedBy
    degraded: bool | None
    stop_reason: str | None
    latency_ms: float | None
    cost_usd: float | None
    smell: list[str] | None
    sampled: float | None


def count_call(tally: Tally, read: CountedCall, thresholds: Sequence[int]) -> None:
    """Add a call to what was counted.

    Args:
        tally: of its place and time.
        read: the call.
        thresholds: in milliseconds; calls that took longer than each are counted.
    """
    served_by, cost = read.served_by, read.cost_usd
    tally.calls += 1
    if cost is None:
        tally.unpriced += 1
    else:
        tally.cost_usd += cost
    if served_by in _FROM_MEMORY:
        tally.cached += 1
    elif read.latency_ms is not None:
        _count_latency(tally, read.latency_ms, thresholds)
    if read.sampled is not None:
        tally.sampled += 1
    if served_by is ServedBy.NOBODY:
        tally.failed += 1
    elif read.degraded or served_by in DEGRADED:
        tally.degraded += 1
    if read.stop_reason == REFUSAL:
        tally.refused += 1
    if read.smell:
        _count_smells(tally, read.smell)


def _count_latency(tally: Tally, latency: float, thresholds: Sequence[int]) -> None:
    bucket = bucket_of(latency)
    tally.latencies[bucket] = tally.latencies.get(bucket, 0) + 1
    for each in thresholds:
        if latency > each:
            tally.late[each] = tally.late.get(each, 0) + 1


def _count_smells(tally: Tally, smells: Sequence[str]) -> None:
    told = {each if each in _SMELLS else OTHER for each in smells}
    tally.smelling += 1
    tally.malformed += not BROKEN_FORMAT.isdisjoint(told)
    for each in sorted(told):
        tally.smells[each] = tally.smells.get(each, 0) + 1
