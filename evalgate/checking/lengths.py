"""Whether prompts and answers fit: a rough count of tokens, without asking anyone.

Tokens are guessed from characters: about 3 of an alphabetic script make one, and each character of
a script that writes words or syllables as one counts for itself. Current tokenizers count some 30 %
more than earlier ones, which the 3 allows for; the guess is meant to be too high rather than low.
"""

import re
from collections.abc import Iterator

from evalgate.checking.inventory import Inventory
from evalgate.checking.library import current
from evalgate.checking.observation import Observation, Severity
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.prompt import PromptVersion
from evalgate.model.template import TemplateError
from evalgate.prompts.render import render

CHARACTERS_PER_TOKEN = 3

CONTEXT_WINDOW = 200_000
"""Tokens of prompt and answer that every current model takes; some take more."""

_DENSE = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


def tokens(text: str) -> int:
    """Return a guess, rather too high, of the tokens of a text."""
    dense = len(_DENSE.findall(text))
    return dense + -(-(len(text) - dense) // CHARACTERS_PER_TOKEN)


def lengths(inventory: Inventory) -> Iterator[Observation]:
    """Yield what does not fit: references over `max_tokens`, prompts over the context window."""
    for evalset in inventory.sets.values():
        for name in evalset.prompts:
            prompt = inventory.prompts.get(name)
            for version in current(prompt, inventory) if prompt else ():
                yield from _answers(evalset, version)
                yield from _prompts(evalset, version)


def _answers(evalset: EvalSet, version: PromptVersion) -> Iterator[Observation]:
    for case in evalset.cases:
        longest = max(map(tokens, case.references), default=0)
        if longest > version.max_tokens:
            message = (
                f"its reference has about {longest:,} tokens, and {version.path} allows an answer "
                f"of {version.max_tokens:,}: raise `max_tokens` or shorten what is asked for"
            )
            yield _observe(evalset, case, code="answer_too_long", message=message)


def _prompts(evalset: EvalSet, version: PromptVersion) -> Iterator[Observation]:
    for case in evalset.cases:
        try:
            request = render(version, case)
        except TemplateError:  # said where the variables are looked at
            continue
        asked = tokens(request.system + "".join(turn.text for turn in request.turns))
        if asked + version.max_tokens > CONTEXT_WINDOW:
            message = (
                f"makes a prompt of about {asked:,} tokens with {version.path}, which with "
                f"`max_tokens` {version.max_tokens:,} is more than the {CONTEXT_WINDOW:,} of a "
                "context window: shorten the case or lower `max_tokens`"
            )
            yield _observe(evalset, case, code="prompt_too_long", message=message)


def _observe(evalset: EvalSet, case: Case, *, code: str, message: str) -> Observation:
    return Observation(
        severity=Severity.WARNING,
        code=code,
        path=case.path or evalset.path,
        line=case.line,
        key=f"case {case.id}",
        message=message,
    )
