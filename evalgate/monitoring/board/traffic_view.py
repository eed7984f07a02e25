"""What the calls of the time that is shown come to: over time, and by what they have in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalgate.model.board import Beat, Slice
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.board.figures import figures_of

BEATS = 48
"""Into how many stretches the time is cut at most."""

MOST_SLICES = 30
"""Of one kind, the ones with most calls; the others are one more, `REST`."""

REST = "(others)"

_ROUND = (60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0)
"""How long a stretch may be, in seconds."""

KINDS: Mapping[str, Callable[[Place], str]] = {
    "feature": lambda place: place.feature,
    "version": lambda place: f"{place.prompt} {place.version}".strip(),
    "route": lambda place: place.route,
    "provider": lambda place: place.provider,
    "model": lambda place: place.model,
}
"""By what calls are told apart."""


@dataclass(slots=True, kw_only=True)
class Counted:
    """The calls of the time that is shown, by place and over time, and those before it by place."""

    places: dict[Place, Tally] = field(default_factory=dict)
    beats: tuple[Beat, ...] = ()
    before: dict[Place, Tally] = field(default_factory=dict)


def counted(minutes: Sequence[Minute], *, since: float, at: float) -> Counted:
    """Sum up what is shown.

    Args:
        minutes: in any order.
        since: from when on, in seconds since 1970.
        at: until when; later calls are not known.
    """
    length = beat_length(at - since)
    first = since // length * length
    places: dict[Place, Tally] = {}
    before: dict[Place, Tally] = {}
    beats: dict[int, Tally] = {}
    for each in minutes:
        if each.start >= at:
            continue
        if each.start + each.seconds <= since:
            before.setdefault(each.place, Tally()).add(each.tally)
            continue
        places.setdefault(each.place, Tally()).add(each.tally)
        number = max(0, int((each.start - first) // length))
        beats.setdefault(number, Tally()).add(each.tally)
    last = int((at - first - 1e-6) // length) if at > first else 0
    return Counted(
        places=places,
        beats=tuple(
            Beat(
                start=first + number * length,
                end=min(first + (number + 1) * length, at),
                figures=figures_of(beats.get(number, Tally())),
            )
            for number in range(last + 1)
        )
        if beats
        else (),
        before=before,
    )


def beat_length(seconds: float) -> float:
    """Return how long a stretch is, so that there are at most about `BEATS` of them."""
    return next((each for each in _ROUND if seconds / each <= BEATS), seconds / BEATS)


def slices_of(places: Mapping[Place, Tally]) -> tuple[Slice, ...]:
    """Return the calls by each of `KINDS`, the ones with most calls first."""
    return tuple(each for kind in KINDS for each in _slices(kind, places))


def _slices(kind: str, places: Mapping[Place, Tally]) -> Iterator[Slice]:
    name_of = KINDS[kind]
    tallies: dict[str, Tally] = {}
    for place, tally in places.items():
        tallies.setdefault(name_of(place), Tally()).add(tally)
    ranked = sorted(tallies.items(), key=lambda item: (-item[1].calls, item[0]))
    for name, tally in ranked[:MOST_SLICES]:
        yield Slice(kind=kind, name=name, figures=figures_of(tally))
    rest = Tally()
    for _, tally in ranked[MOST_SLICES:]:
        rest.add(tally)
    if rest.calls:
        yield Slice(kind=kind, name=REST, figures=figures_of(rest))
