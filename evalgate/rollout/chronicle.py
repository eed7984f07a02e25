"""Reads the moves of the latest rollout out of a live pointer's history; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer, Move
from evalgate.model.reading import describe
from evalgate.rollout.instants import is_day, seconds_of

FOLLOWS: Mapping[Phase, frozenset[Phase]] = {
    Phase.PREFLIGHT: frozenset({Phase.SERVING, Phase.ROLLED_BACK}),
    Phase.SERVING: frozenset({Phase.SERVING, Phase.HELD, Phase.PROMOTED, Phase.ROLLED_BACK}),
    Phase.HELD: frozenset({Phase.SERVING, Phase.PROMOTED, Phase.ROLLED_BACK}),
    Phase.PROMOTED: frozenset({Phase.ROLLED_BACK}),
    Phase.ROLLED_BACK: frozenset(),
}
"""Which states may come after which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One move of a rollout: where it stands in the history, and when it was, in seconds."""

    index: int
    move: Move
    milestone: Milestone
    at: float


def latest_told(pointer: LivePointer) -> tuple[Told, ...]:
    """Return the moves of the latest rollout, oldest first.

    Raises:
        ConfigurationError: when they are no course that a rollout can take.
    """
    every = [(index, move) for index, move in enumerate(pointer.history) if move.rollout]
    starts = [at for at, (_, move) in enumerate(every) if _phase(move) is Phase.PREFLIGHT]
    if not every:
        return ()
    if not starts:
        raise _broken(pointer, every[0][0], "expected the phase `preflight` before any other")
    return tuple(_dated(pointer, every[starts[-1] :]))


def _phase(move: Move) -> Phase | None:
    return move.rollout.phase if move.rollout else None


def _dated(pointer: LivePointer, moves: Sequence[tuple[int, Move]]) -> Iterator[Told]:
    before: Told | None = None
    for index, move in moves:
        if move.rollout is None:
            continue
        at = _instant(pointer, index, move=move, before=before)
        told = Told(index=index, move=move, milestone=move.rollout, at=at)
        if before is not None:
            _check_follows(pointer, before.milestone, told)
        before = told
        yield told


def _instant(pointer: LivePointer, index: int, *, move: Move, before: Told | None) -> float:
    at, key = seconds_of(move.at), f"history[{index}].at"
    is_over = move.rollout is not None and move.rollout.phase.is_over
    if at is None or (is_day(move.at) and not is_over):
        got = describe(move.at) if move.at else "nothing"
        message = f"expected an instant such as `2026-11-21T10:00:00Z`, got {got}"
        raise _problem(pointer, key, message)
    if before is None or at >= before.at:
        return at
    if is_day(move.at):
        return before.at
    message = f"{move.at} is before {before.move.at}, when the rollout was further back"
    raise _problem(pointer, key, message)


def _check_follows(pointer: LivePointer, before: Milestone, told: Told) -> None:
    now = told.milestone
    if (now.version, now.hash) != (before.version, before.hash):
        raise _broken(
            pointer, told.index, f"expected {before.version}, which is rolled out, of the same hash"
        )
    if now.phase not in FOLLOWS[before.phase]:
        message = f"`{now.phase.value}` cannot come after `{before.phase.value}`"
        raise _broken(pointer, told.index, message)


def _broken(pointer: LivePointer, index: int, message: str) -> ConfigurationError:
    return _problem(pointer, f"history[{index}].rollout", message)


def _problem(pointer: LivePointer, key: str, message: str) -> ConfigurationError:
    hint = "bring the last good file back with git, or mend it"
    return ConfigurationError([Problem(path=pointer.path, key=key, message=f"{message}: {hint}")])
