"""What the history of a live pointer tells: which versions were stable, and how the switch stood.

A move that only switches, only ends a canary, or only takes a rollout on, repeats the version that
was stable anyway.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import LivePointer, Move, Switch

UNGATED = "ungated: "
"""How the reason of a move begins that made a version stable without any gate."""

FIRST = "stable when its history began"
"""Why a version stands in a history that did not name it."""

SET_BEFORE = "set before its history told so"
"""Why a switch stands in a history that did not tell it."""

State = TypeVar("State")


def was_stable(history: Iterable[Move], version: str) -> bool:
    """Return whether a version became stable, moves without a gate not counted."""
    return any(stable == version for stable in _proven(history))


def _proven(history: Iterable[Move]) -> Iterator[str]:
    """Yield what became stable by a gate; a move that repeats it proves only what it judged."""
    stable = None
    for move in history:
        is_judged = bool(move.verdict) and move.rollout is None
        if (move.stable != stable or is_judged) and not move.why.startswith(UNGATED):
            yield move.stable
        stable = move.stable


def milestones(history: Iterable[Move]) -> tuple[tuple[Move, Milestone], ...]:
    """Return the moves that tell of rollouts, oldest first, each with what it tells."""
    return tuple((move, move.rollout) for move in history if move.rollout is not None)


def latest_milestone(history: Iterable[Move]) -> Milestone | None:
    """Return the last state of a rollout that a history tells of, if it tells of any."""
    return next((milestone for _, milestone in reversed(milestones(history))), None)


def arrivals(history: Iterable[Move]) -> Iterator[Move]:
    """Yield the moves that made another version stable, the first one included."""
    stable = None
    for move in history:
        if move.stable != stable:
            yield move
        stable = move.stable


def switches(history: Iterable[Move]) -> Iterator[tuple[str, Switch]]:
    """Yield for each move which version and which switch were in force after it."""
    switch = Switch()
    for move in history:
        switch = switch if move.switch is None else move.switch
        yield move.stable, switch


def standing(states: Iterable[State]) -> tuple[State, ...]:
    """Return the states that nobody has gone back from, oldest first; the last one is in force.

    To go back to a state undoes all that came after it. So going back time and again ends at the
    first state, and never goes forth.
    """
    kept: list[State] = []
    for state in states:
        if state in kept:
            del kept[kept.index(state) + 1 :]
        else:
            kept.append(state)
    return tuple(kept)


def good_versions(pointer: LivePointer) -> tuple[str, ...]:
    """Return the versions that can be gone back to, the last good one first."""
    kept = _standing_versions(pointer)
    return tuple(
        version
        for version in reversed(kept[:-1])
        if version and was_stable(pointer.history, version)
    )


def _standing_versions(pointer: LivePointer) -> tuple[str, ...]:
    """Return the versions that nobody has gone back from; the last one is in force.

    A version that a rollout has promoted was gone forth to, although it was stable before.
    """
    kept: tuple[str, ...] = ()
    for move in pointer.history:
        if move.rollout is not None and move.rollout.phase is Phase.PROMOTED:
            kept = tuple(version for version in kept if version != move.stable)
        kept = standing((*kept, move.stable))
    return standing((*kept, pointer.stable or ""))


def good_models(pointer: LivePointer) -> tuple[str | None, ...]:
    """Return the models of the switch that can be gone back to, the last one first.

    None is each version's own model, which comes before everything that a history tells.
    """
    told = (switch.model for _, switch in switches(pointer.history))
    kept = standing([None, *told, pointer.switch.model])
    return tuple(reversed(kept[:-1]))


def grown(pointer: LivePointer, move: Move) -> tuple[Move, ...]:
    """Return the history with one move more, and before it what it does not tell of the pointer.

    Without that the version or the switch in force could not be gone back to.
    """
    return (*pointer.history, *_untold(pointer), move)


def _untold(pointer: LivePointer) -> Iterator[Move]:
    if pointer.stable is None:
        return
    if all(move.stable != pointer.stable for move in pointer.history):
        yield Move(stable=pointer.stable, why=FIRST)
    if _last_switch(pointer.history) != pointer.switch:
        yield Move(stable=pointer.stable, why=SET_BEFORE, switch=pointer.switch)


def _last_switch(history: Sequence[Move]) -> Switch:
    return next((move.switch for move in reversed(history) if move.switch is not None), Switch())
