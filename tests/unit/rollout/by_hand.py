"""Moves by hand, for the facts of this folder."""

from evalgate.prompts.library import Prompt
from evalgate.rollout.hand_move import HandMove, Signature
from evalgate.rollout.rolling_back import Rollback, rolled_back
from evalgate.rollout.switching import Switching, switched
from tests.unit.rollout.asked import prompt

ANN = Signature(at="2026-11-21T10:00:00Z", by="Ann", why="replies are wrong", is_named=True)
HISTORY = "history: [{stable: v1}, {stable: v2}, {stable: v3}]\n"
THREE = f"stable: v3\n{HISTORY}"


def shop(live: str = THREE) -> Prompt:
    return prompt(live, "v1", "v2", "v3", "v4")


def switch(asked: Switching, live: str = THREE, *, signature: Signature = ANN) -> HandMove:
    return switched(shop(live), asked, signature)


def back(live: str = THREE, *, to: str | None = None, model: bool = False) -> HandMove:
    return rolled_back(shop(live), Rollback(to=to, model=model), ANN)
