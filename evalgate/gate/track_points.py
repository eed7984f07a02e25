"""Makes the points of a track from the states of a record, oldest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.bounds import Difference, sample
from evalgate.deciding.rate_bounds import rate_bounds
from evalgate.model.comparison import mean
from evalgate.model.track import TrackPoint, Turn

ALPHA = 0.05
"""The error rate of either bound alone."""

_MOST = 0.5
"""The share of the cases whose grading must differ to be that of the graders, where the version is
another one too: fewer are cases that were edited with it."""

_Key = tuple[str, int]
"""A case, and the number of a trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A trial that enters a mean, as a record shows it, and the first state that had it, from 0.

    `model` is empty where it is not known who answered.
    """

    version: str
    version_hash: str
    case: str
    trial: int
    outcome: float
    model: str
    asked: str
    grading: str
    cluster: str | None
    weight: float
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a record held of one prompt and set after a commit, in the order of its lines."""

    at: str
    commit: str
    sightings: Sequence[Sighting]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A point, and what it was made of: each trial, and how each case was graded."""

    point: TrackPoint
    asked: frozenset[str]
    gradings: Mapping[str, Sighting]


def track_points(states: Iterable[State]) -> Iterator[TrackPoint]:
    """Yield the points of one prompt on one set; a state that changes nothing adds none.

    The rate is the mean over the cases, by weight, of the mean outcome of their trials, as in a
    verdict, and the bounds are those of `rate_bounds`, which is about the traffic.
    """
    last: _Evidence | None = None
    versions: list[str] = []
    for state in states:
        now = _evidence(state, versions)
        if now is None:
            continue
        turns = () if last is None else tuple(_turns(last, now))
        if last is None or turns or last.point.outcomes != now.point.outcomes:
            yield replace(now.point, turns=turns)
        versions.append(now.point.version_hash)
        last = now


def _evidence(state: State, versions: Sequence[str]) -> _Evidence | None:
    """Return what a state says, or None when it says nothing."""
    trials = _latest(_of_one_version(state.sightings, versions))
    outcomes: dict[str, tuple[float, ...]] = {}
    cases: dict[str, Sighting] = {}
    for key, each in sorted(trials.items()):
        outcomes[key[0]] = (*outcomes.get(key[0], ()), each.outcome)
        cases[key[0]] = each
    of = sample(
        [
            Difference(value=mean(outcomes[case]), cluster=each.cluster, weight=each.weight)
            for case, each in cases.items()
        ]
    )
    if not of.units:
        return None
    low, high = rate_bounds(of, ALPHA)
    newest = max(trials.values(), key=lambda each: each.since)
    point = TrackPoint(
        at=state.at,
        commit=state.commit,
        version=newest.version,
        version_hash=newest.version_hash,
        models=tuple(sorted({each.model for each in trials.values()} - {""})),
        trials=len(trials),
        rate=of.mean,
        low=low,
        high=high,
        outcomes=outcomes,
    )
    return _Evidence(point, frozenset(each.asked for each in trials.values()), cases)


def _of_one_version(sightings: Sequence[Sighting], versions: Sequence[str]) -> Sequence[Sighting]:
    """Return the trials of the version that is stable by now.

    A record can hold several for a while, when runs of several commits end in another order. One
    that another has followed does not come back beside that one.
    """
    retired = set(versions) - set(versions[-1:])
    newest: dict[str, tuple[bool, int, int]] = {}
    for each in sightings:
        _, since, number = newest.get(each.version_hash, (False, 0, 0))
        is_current = each.version_hash not in retired
        newest[each.version_hash] = (is_current, max(since, each.since), number + 1)
    if len(newest) <= 1:
        return sightings
    stable = max(newest, key=lambda version: (newest[version], version))
    return [each for each in sightings if each.version_hash == stable]


def _latest(sightings: Iterable[Sighting]) -> Mapping[_Key, Sighting]:
    """Return the trial that counts of each case and number.

    Of several, as when a case was edited, it is the one that came last into the record.
    """
    found: dict[_Key, Sighting] = {}
    for each in sightings:
        known = found.get((each.case, each.trial))
        if known is None or each.since >= known.since:
            found[each.case, each.trial] = each
    return found


def _turns(before: _Evidence, now: _Evidence) -> Iterator[Turn]:
    earlier, later = before.point, now.point
    is_other = earlier.version_hash != later.version_hash
    if is_other:
        yield Turn.VERSION
    if earlier.models and later.models and earlier.models != later.models:
        yield Turn.MODEL
    graders, edited = _regraded(before, now, is_other=is_other)
    if graders:
        yield Turn.GRADERS
    if edited or before.gradings.keys() != now.gradings.keys():
        yield Turn.CASES


def _regraded(before: _Evidence, now: _Evidence, *, is_other: bool) -> tuple[bool, bool]:
    """Tell whether answers are graded otherwise, and whether cases were edited.

    Where a case is asked the same and graded otherwise, it has other graders, and where the same
    version asks something else, the case was edited. Another version always asks something else.
    """
    shared = before.gradings.keys() & now.gradings.keys()
    changed = {
        case for case in shared if before.gradings[case].grading != now.gradings[case].grading
    }
    if is_other:
        graders = len(changed) > _MOST * len(shared)
        return graders, bool(changed) and not graders
    same = {case for case in changed if now.gradings[case].asked in before.asked}
    return bool(same), changed != same
