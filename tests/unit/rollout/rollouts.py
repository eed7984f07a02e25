"""Rollouts of the prompt `p`, of which v3 is stable and v4 new, for the facts of this folder."""

from dataclasses import replace

from evalgate.adapters.formats import FORMATS
from evalgate.model.policy import RolloutRules, Stage
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.model.rollout import Rollout
from evalgate.prompts.library import Prompt
from evalgate.prompts.live import read_live
from evalgate.prompts.pointer_text import pointer_text
from evalgate.rollout.course import rollout_of
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.offline import Offline
from evalgate.rollout.reverting import rolled_back
from evalgate.rollout.starting import started
from evalgate.rollout.stepping import advanced, held
from tests.unit.rollout.by_hand import shop

RULES = RolloutRules()
ROBOT = Signature(at="", by="robot")
"""Somebody whose name was looked up, and who gives no reason."""

PATH = "prompts/p/live.yaml"


def stages(*shares: float) -> RolloutRules:
    return RolloutRules(stages=tuple(Stage(percent=each, proof=3.0) for each in shares))


def at(minute: int, by: Signature = ROBOT) -> Signature:
    """Return who signs so many minutes after ten o'clock."""
    return replace(by, at=f"2026-11-21T{10 + minute // 60:02}:{minute % 60:02}:00Z")


def second(minute: int) -> float:
    """Return that instant in seconds since 1970."""
    return 1_795_255_200.0 + 60 * minute


def proven(prompt: Prompt, version: str = "v4") -> Offline:
    return Offline(
        run_id="20261120-090000-1f3a", version=version, hash=prompt.identity(version) or ""
    )


def reread(pointer: LivePointer) -> LivePointer:
    return read_live("p", FORMATS.read_yaml(PATH, pointer_text(pointer).encode()))


def after(move: HandMove, prompt: Prompt | None = None) -> Prompt:
    """Return the prompt as it is once a move is written and read."""
    return replace(prompt or shop(), live=reread(move.pointer))


def begin(
    prompt: Prompt | None = None,
    version: str = "v4",
    *,
    minute: int = 0,
    rules: RolloutRules = RULES,
    by: Signature = ROBOT,
) -> Prompt:
    prompt = prompt or shop()
    offline = proven(prompt, version)
    move = started(prompt, version, offline=offline, rules=rules, signature=at(minute, by))
    return after(move, prompt)


def advance(prompt: Prompt, *, minute: int = 60, rules: RolloutRules = RULES) -> Prompt:
    return after(advanced(prompt, rules=rules, signature=at(minute)), prompt)


def hold(prompt: Prompt, *, minute: int = 60) -> Prompt:
    return after(held(prompt, signature=at(minute)), prompt)


def take_back(prompt: Prompt, *, minute: int = 60) -> Prompt:
    return after(rolled_back(prompt, signature=at(minute)), prompt)


def promoted() -> Prompt:
    """Return the prompt once v4 was taken through all stages, an hour each."""
    prompt = begin()
    for hour in range(1, 5):
        prompt = advance(prompt, minute=60 * hour)
    return prompt


def course(prompt: Prompt) -> Rollout:
    found = rollout_of(prompt)
    assert found is not None
    return found


def milestones(prompt: Prompt) -> list[tuple[str, float]]:
    """Return the states and shares that the history tells of."""
    told = (move.rollout for move in prompt.history if move.rollout)
    return [(each.phase.value, each.percent) for each in told]


def edited(prompt: Prompt, **changes: Canary | Switch | str | tuple[Move, ...] | None) -> Prompt:
    """Return a prompt whose live pointer somebody has edited."""
    assert prompt.live is not None
    return replace(prompt, live=replace(prompt.live, **changes))  # type: ignore[arg-type] # its fields
