"""Writes the answer to a request: one sentence per behaviour, good or bad by the trial's luck."""

from collections.abc import Iterable, Sequence

from evalgate.model.chat import ChatRequest
from evalgate.simulator.rules import Behaviour, Rules
from evalgate.simulator.scene import Scene, fill, scene_of

NO_RULES = "This is a simulated answer: no rules of the simulator speak for this prompt."
NO_BEHAVIOUR = "This is a simulated answer: no rule of the simulator fits this message."


def answer_text(rules: Sequence[Rules], request: ChatRequest) -> str:
    """Return what the first rules that speak for the request's prompt make of it."""
    scene = scene_of(rules, request)
    if scene is None:
        return NO_RULES
    behaviours = scene.behaviours()
    if not behaviours:
        return NO_BEHAVIOUR
    return _join(_sentence(scene, behaviour) for behaviour in behaviours)


def _sentence(scene: Scene, behaviour: Behaviour) -> str:
    template = behaviour.says if scene.succeeds(behaviour) else behaviour.otherwise
    return fill(template, scene.values(behaviour))


def _join(sentences: Iterable[str]) -> str:
    text = ""
    for sentence in sentences:
        touching = not text or not sentence or text.endswith("\n") or sentence.startswith("\n")
        text += sentence if touching else f" {sentence}"
    return text.strip()
