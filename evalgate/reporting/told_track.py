"""A track as it is told: its points with the moves that brought their versions, and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.prompt import Move
from evalgate.model.track import TrackPoint
from evalgate.reporting.numbers import count, percent

UNCOMMITTED = "not committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPoint:
    """A point, and the move of the live pointer that brought its version, where it is new."""

    point: TrackPoint
    released: Move | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTrack:
    """The points of a prompt on a set, oldest first; `policy` is the file that rules them."""

    policy: str
    prompt: str
    evalset: str
    points: tuple[ToldPoint, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Who answered, in the order in which they came."""
        return tuple(dict.fromkeys(model for told in self.points for model in told.point.models))


def day_of(point: TrackPoint) -> str:
    """Return the day of a point."""
    return point.at[:10] or UNCOMMITTED


def dates_of(track: ToldTrack) -> list[str]:
    """Return the day of each point, with the minute where several are of one day."""
    days = [day_of(told.point) for told in track.points]
    if len(set(days)) == len(days):
        return days
    return [told.point.at[:16].replace("T", " ") or UNCOMMITTED for told in track.points]


def bounds_of(point: TrackPoint) -> str:
    """Return the bounds of a point's rate."""
    return f"{percent(point.low)} to {percent(point.high)}"


def summary(track: ToldTrack) -> str:
    """Return the latest rate, and how far it was the first one."""
    first, last = track.points[0].point, track.points[-1].point
    models = f" on {last.models[0]}" if len(last.models) == 1 else ""
    now = f"{percent(last.rate)} ({bounds_of(last)}) with {last.version}{models}"
    if len(track.points) == 1:
        return f"{now}; one record"
    then = f"{percent(first.rate)} with {first.version} on {day_of(first)}"
    return f"{now}, was {then}; {count(len(track.points), 'record')}"


def releases(track: ToldTrack) -> Iterator[str]:
    """Yield when each version that came in became stable, by whom, and why."""
    for told in track.points:
        move = told.released
        if move is not None:
            when = f" on {move.at[:10]}" if move.at else ""
            whom = f", by {move.by}" if move.by else ""
            why = f": {move.why}" if move.why else ""
            yield f"{move.stable} became stable{when}{whom}{why}"
