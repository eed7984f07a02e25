"""Whom an incident concerns, counted from calls; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.alarm import Alarm
from evalgate.model.incident import Impact
from evalgate.model.observation import Observation
from evalgate.model.traffic import Minute, Place
from evalgate.monitoring.incidents.losing import names_of

MOST_CALLS = 20
"""How many calls an incident names."""

MOST_FEATURES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What the call log says of the calls since the change point; None where it was not read.

    `users` counts hashes, `failing` and `vendor` are ids: of calls that failed or smell, and the
    provider's ids of such calls.
    """

    calls: int | None = None
    users: int | None = None
    failing: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()


def impact_of(
    alarm: Alarm,
    minutes: Sequence[Minute],
    affected: Affected,
    *,
    budget_spent: float | None = None,
) -> Impact:
    """Return whom an alarm concerns.

    Args:
        alarm: with the part of the traffic that it is about.
        minutes: calls before and after the change point.
        affected: what was read of single calls.
        budget_spent: the share of the error budget that is gone.
    """
    own = [each for each in minutes if _is_in(each.place, alarm)]
    since = [each for each in own if each.start + 60.0 > alarm.began]
    whole = [
        each
        for each in minutes
        if each.start + 60.0 > alarm.began and each.place.prompt == alarm.stream.prompt
    ]
    calls = sum(each.tally.calls for each in since) if since else affected.calls
    total = sum(each.tally.calls for each in whole)
    features = sorted({each.place.feature for each in since if each.place.feature})
    return Impact(
        calls=calls,
        users=affected.users,
        share=round(calls / total, 4) if calls is not None and total else None,
        features=tuple(features[:MOST_FEATURES]),
        cost_delta_usd=_cost_delta(own, alarm.began),
        error_budget_spent=None if budget_spent is None else round(budget_spent, 4),
    )


def worst_calls(observations: Iterable[Observation], alarm: Alarm) -> tuple[str, ...]:
    """Return the ids of the answers with the lowest scores since the change point."""
    names = names_of(alarm.stream)
    own = [
        (each.outcome, each.ts, each.request_id)
        for each in observations
        if each.outcome is not None
        and each.ts >= alarm.began
        and each.prompt == alarm.stream.prompt
        and each.criterion == alarm.stream.criterion
        and all(getattr(each, dimension) == name for dimension, name in names.items())
    ]
    bad = (each for each in sorted(own) if each[0] < (alarm.baseline or 1.0))
    return tuple(dict.fromkeys(name for _, _, name in bad))[:MOST_CALLS]


def _is_in(place: Place, alarm: Alarm) -> bool:
    names: Mapping[str, str] = names_of(alarm.stream)
    if alarm.stream.prompt and place.prompt != alarm.stream.prompt:
        return False
    return all(getattr(place, dimension) == name for dimension, name in names.items())


def _cost_delta(minutes: Sequence[Minute], began: float) -> float | None:
    """Return what the calls since then cost more than before; None where prices are not known."""
    cost, calls = [0.0, 0.0], [0, 0]
    for each in minutes:
        is_late = each.start >= began
        cost[is_late] += each.tally.cost_usd
        calls[is_late] += each.tally.calls - each.tally.unpriced
    if not calls[0] or not calls[1]:
        return None
    return round(cost[1] - cost[0] / calls[0] * calls[1], 4)
