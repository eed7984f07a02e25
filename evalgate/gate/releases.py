"""Finds which move of the live pointer brought the version of a point."""

import re
from collections.abc import Sequence

from evalgate.model.prompt import Move
from evalgate.model.track import TrackPoint, Turn
from evalgate.prompts.past import arrivals

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def release_of(point: TrackPoint, moves: Sequence[Move], *, is_first: bool) -> Move | None:
    """Return the last move to a point's version up to its day, where the version is new there.

    A version can become stable more than once, as when others are rolled back; a move that leaves
    it stable and switches something is none to it.

    Args:
        point: of a track.
        moves: the history of the live pointer, oldest first.
        is_first: whether no point comes before it.
    """
    if not is_first and Turn.VERSION not in point.turns:
        return None
    to_it = [move for move in arrivals(moves) if move.stable == point.version]
    earlier = [move for move in to_it if _is_by(move, point.at)]
    return next(reversed(earlier or to_it[:1]), None)


def _is_by(move: Move, at: str) -> bool:
    """Whether a move was made on the day of a commit or before; days are all that is compared."""
    return not at or not _DAY.match(move.at) or move.at[:10] <= at[:10]
