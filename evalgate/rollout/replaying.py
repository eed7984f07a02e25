"""Turns a prompt back to what its live pointer said at an instant of the past; pure."""

from dataclasses import replace

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, Move
from evalgate.prompts.library import Prompt
from evalgate.rollout.course import rollout_salt
from evalgate.rollout.instants import seconds_of

_ON = frozenset({Phase.SERVING, Phase.HELD})


def as_of(prompt: Prompt, at: float) -> Prompt:
    """Return a prompt as the history of its live pointer tells of an instant.

    Moves without an instant count as long past. Where nothing is younger the prompt is as it is.

    Args:
        prompt: as it is now.
        at: seconds since 1970.
    """
    pointer = prompt.live
    moves = tuple(move for move in prompt.history if (seconds_of(move.at) or 0.0) <= at)
    if pointer is None or len(moves) == len(prompt.history):
        return prompt
    stable = moves[-1].stable if moves else prompt.history[0].stable
    then = replace(pointer, stable=stable, canary=_canary(prompt, moves), history=moves)
    return replace(prompt, live=then)


def _canary(prompt: Prompt, moves: tuple[Move, ...]) -> Canary | None:
    told = [(move, move.rollout) for move in moves if move.rollout is not None]
    if not told or told[-1][1].phase not in _ON:
        return None
    last = told[-1][1]
    begun = next(move for move, milestone in reversed(told) if _begins(milestone))
    salt = rollout_salt(prompt.name, last.version, hash=last.hash, at=begun.at)
    return Canary(version=last.version, percent=last.percent, salt=salt)


def _begins(milestone: Milestone) -> bool:
    return milestone.phase is Phase.PREFLIGHT
