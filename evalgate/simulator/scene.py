"""The rules that speak for one request, and what they find in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest
from evalgate.simulator.draw import luck, question_of, trial_of
from evalgate.simulator.rules import PLACEHOLDER, Behaviour, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One request as one rule file sees it; `question` is what its patterns search."""

    rules: Rules
    request: ChatRequest
    question: str

    def behaviours(self) -> list[Behaviour]:
        """Return the behaviours that belong in the answer, in the order of the file."""
        return [each for each in self.rules.behaviours if each.applies_to(self.question)]

    def succeeds(self, behaviour: Behaviour) -> bool:
        """Whether a behaviour comes out right; a tool that is not offered cannot be called."""
        call = behaviour.calls
        if call is not None and call.tool not in {tool.name for tool in self.request.tools}:
            return False
        drawn = luck(self.rules.seed, trial_of(self.request), behaviour.name)
        return drawn < behaviour.chance_under(self.request.system)

    def values(self, behaviour: Behaviour) -> Mapping[str, str]:
        """Return what the named groups of a behaviour and of `extract` find in the question."""
        shared, own = self.rules.extract, behaviour.when
        patterns = shared if own is None else (*shared, own)
        matches = (pattern.search(self.question) for pattern in patterns)
        return {
            name: text
            for match in matches
            if match is not None
            for name, text in match.groupdict().items()
            if text is not None
        }


def scene_of(rules: Sequence[Rules], request: ChatRequest) -> Scene | None:
    """Return the request as the first rules see it that speak for its prompt, if there are any."""
    speaking = next((each for each in rules if each.speak_for(request.system)), None)
    if speaking is None:
        return None
    return Scene(rules=speaking, request=request, question=question_of(request))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a template with values in the places of its names; what was not found is nothing."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)
