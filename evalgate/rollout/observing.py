"""Turns the calls of a step into one observation for each unit and criterion; pure.

A unit counts once in each step, by its first call that a criterion has a word about: calls of one
user are alike, and taken for many they would make chance look like evidence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from evalgate.deciding.concurrent import Observation
from evalgate.model.call import Arm
from evalgate.model.exposure import Exposure, Score
from evalgate.model.rollout import Criterion

PATIENCE = 3600.0
"""Seconds that a score may take; what is sampled and has none by then counts as unknown."""

_PURPOSE = b"evalgate-level"

Value = Callable[[Exposure], float | None]
"""What a criterion says about a call; None where it has no word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What is known of the answers of a step.

    `unknown` counts the units of either arm, the stable one first, whose first sampled call has no
    outcome: were they looked over, an arm whose worst answers cannot be scored would seem good.
    """

    observations: tuple[Observation, ...]
    unknown: tuple[int, int]


def observed(calls: Sequence[Exposure], value: Value) -> Iterator[Observation]:
    """Yield what became of each unit, by its first call that has a value.

    Args:
        calls: of one step, in order of time.
        value: of a call.
    """
    seen: set[str] = set()
    for each in calls:
        if each.unit in seen:
            continue
        found = value(each)
        if found is not None:
            seen.add(each.unit)
            yield Observation(each.ts, each.arm is Arm.CANARY, found)


def _error(call: Exposure) -> float:
    return float(call.failed)


def _refusal(call: Exposure) -> float | None:
    return None if call.failed else float(call.refused)


def _latency(call: Exposure) -> float | None:
    return _if_fresh(call, call.latency_ms)


def _cost(call: Exposure) -> float | None:
    return _if_fresh(call, call.cost_usd)


def _if_fresh(call: Exposure, value: float | None) -> float | None:
    """A remembered answer took neither time nor money, and says nothing about a version."""
    return None if value is None or call.failed or not call.is_fresh else float(value)


GUARDRAILS: Mapping[Criterion, Value] = {
    Criterion.ERRORS: _error,
    Criterion.REFUSALS: _refusal,
    Criterion.LATENCY: _latency,
    Criterion.COST: _cost,
}
"""The criteria that every line of the call log answers."""


def outcomes_of(scores: Iterable[Score]) -> dict[str, float | None]:
    """Return how good each answer was: as good as by its worst criterion, 0..1, by request id.

    None is an answer of which a criterion has no outcome.
    """
    found: dict[str, float | None] = {}
    for score in scores:
        told = (found.get(score.request_id, 1.0), score.outcome)
        known = [each for each in told if each is not None]
        found[score.request_id] = min(known) if len(known) == len(told) else None
    return found


def scored(
    calls: Sequence[Exposure], outcomes: Mapping[str, float | None], *, now: float
) -> Scoring:
    """Return by how much the scored answers of a step fall short, 0..1.

    Calls that were likelier to be sampled than others of their arm (after an error, say) count only
    with the chance that makes them equal, so that no arm is judged by its worst calls. A failed
    call has no answer that could be good or bad.

    Args:
        calls: of one step, in order of time.
        outcomes: request id → outcome in 0..1, None where there is none.
        now: seconds since 1970.
    """
    answered = [each for each in calls if not each.failed]
    level = _levels(answered)
    drawn = [each for each in answered if _is_drawn(each, level)]

    def shortfall(call: Exposure) -> float | None:
        outcome = outcomes.get(call.request_id)
        return None if outcome is None else 1.0 - outcome

    def is_missing(call: Exposure) -> float | None:
        if outcomes.get(call.request_id) is not None:
            return 0.0
        return 1.0 if _is_overdue(call, outcomes, now) else None

    first = [each for each in observed(drawn, is_missing) if each.value]
    canary = sum(each.is_canary for each in first)
    return Scoring(
        observations=tuple(observed(drawn, shortfall)), unknown=(len(first) - canary, canary)
    )


def _is_overdue(call: Exposure, outcomes: Mapping[str, float | None], now: float) -> bool:
    """Tell of a call without an outcome whether none will come."""
    return call.request_id in outcomes or (call.sampled is not None and now - call.ts > PATIENCE)


def _levels(calls: Sequence[Exposure]) -> dict[Arm, float]:
    """Return the chance with which any call of an arm was sampled: the least that one had."""
    level: dict[Arm, float] = {}
    for each in calls:
        if each.sampled is not None:
            level[each.arm] = min(each.sampled, level.get(each.arm, 1.0))
    return level


def _is_drawn(call: Exposure, level: Mapping[Arm, float]) -> bool:
    if call.sampled is None:
        return True
    return _chance(call.request_id) * call.sampled < level[call.arm]


def _chance(request_id: str) -> float:
    """Return a number from 0 up to but not 1, always the same for an id."""
    written = request_id.encode(errors="surrogatepass")
    digest = blake2b(written, digest_size=8, person=_PURPOSE).digest()
    return (int.from_bytes(digest) >> 11) / 2.0**53
