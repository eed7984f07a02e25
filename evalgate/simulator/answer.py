"""Writes the answer to a request: one sentence per behaviour, good or bad by the trial's luck."""

from collections.abc import Iterable, Sequence

from evalgate.model.chat import ChatRequest
from evalgate.simulator.draw import luck, question_of, trial_of
from evalgate.simulator.rules import PLACEHOLDER, Behaviour, Rules

NO_RULES = "This is a simulated answer: no rules of the simulator speak for this prompt."
NO_BEHAVIOUR = "This is a simulated answer: no rule of the simulator fits this message."


def answer_text(rules: Sequence[Rules], request: ChatRequest) -> str:
    """Return what the first rules that speak for the request's prompt make of it."""
    speaking = next((each for each in rules if each.speak_for(request.system)), None)
    if speaking is None:
        return NO_RULES
    question = question_of(request)
    applying = [each for each in speaking.behaviours if each.applies_to(question)]
    if not applying:
        return NO_BEHAVIOUR
    return _join(_sentence(speaking, behaviour, request=request) for behaviour in applying)


def _sentence(rules: Rules, behaviour: Behaviour, *, request: ChatRequest) -> str:
    drawn = luck(rules.seed, trial_of(request), behaviour.name)
    good = drawn < behaviour.chance_under(request.system)
    values = _groups(rules, behaviour, question=question_of(request))
    template = behaviour.says if good else behaviour.otherwise
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)


def _groups(rules: Rules, behaviour: Behaviour, *, question: str) -> dict[str, str]:
    patterns = rules.extract if behaviour.when is None else (*rules.extract, behaviour.when)
    matches = (pattern.search(question) for pattern in patterns)
    return {
        name: text
        for match in matches
        if match is not None
        for name, text in match.groupdict().items()
        if text is not None
    }


def _join(sentences: Iterable[str]) -> str:
    text = ""
    for sentence in sentences:
        touching = not text or not sentence or text.endswith("\n") or sentence.startswith("\n")
        text += sentence if touching else f" {sentence}"
    return text.strip()
