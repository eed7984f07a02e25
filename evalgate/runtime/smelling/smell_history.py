"""The smell test over answers of the past, and what it teaches about answers to come."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from evalgate.model.prompt import PromptVersion
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.model.smell_baseline import PassCount, SmellBaseline, ToldResponse
from evalgate.runtime.smelling.smell import LOOKED_AT, expected_by, expected_of, smells
from evalgate.runtime.smelling.smell_script import letters_by_script

OUTER = 0.01
"""The share of answers that are shorter, and that are longer, than the percentiles told."""

ROOM = 2
"""How many times longer than the longest usual answer, or shorter than the shortest, may be."""

LEAST_SHARE = 0.1
"""The share of one answer's letters from which on their script is a usual one."""


_OF_RULES = frozenset({Smell.TOO_SHORT, Smell.TOO_LONG, Smell.SCRIPT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Smelt:
    """An answer of the past, and what is wrong with it."""

    response: ToldResponse
    smells: tuple[Smell, ...]


def smell_all(
    responses: Iterable[ToldResponse], rules: SmellRules, *, version: PromptVersion | None = None
) -> list[Smelt]:
    """Hold answers against what is expected; calls without an answer are left out.

    Raises:
        ValueError: the version's schema cannot be used.
    """
    expected = expected_by(rules) if version is None else expected_of(version, rules)
    return [
        Smelt(
            response=each,
            smells=smells(
                each.text,
                stop_reason=each.stop_reason,
                tool_calls=each.tool_calls,
                expected=expected,
                request=each.request,
            ),
        )
        for each in responses
        if each.text is not None
    ]


def baseline_of(smelt: Sequence[Smelt], rules: SmellRules, *, prompt: str) -> SmellBaseline:
    """Return what there is to remember of answers that were held against these rules."""
    texts = _texts(smelt)
    letters = sum(map(letters_by_script, texts), Counter[str]())
    total = sum(letters.values())
    return SmellBaseline(
        prompt=prompt,
        count=count_of(smelt),
        found=found_in(smelt),
        length=_percentiles(texts),
        scripts={name: number / total for name, number in letters.most_common()},
        rules=rules,
    )


def rules_from(smelt: Sequence[Smelt], known: SmellRules) -> SmellRules:
    """Return rules that usual answers keep: a band of lengths with room, and all their scripts.

    Args:
        smelt: the answers.
        known: the rules so far, whose other demands stay.
    """
    texts = _texts(smelt)
    scripts = dict.fromkeys(name for text in texts for name in _usual_scripts(text))
    band = _percentiles(texts)
    return SmellRules(
        length=None if band is None else (band[0] // ROOM, band[1] * ROOM),
        scripts=tuple(sorted(scripts)),
        json=known.json,
        ignore=known.ignore,
    )


def count_of(smelt: Sequence[Smelt]) -> PassCount:
    """Count the answers, and those without a smell."""
    return PassCount(passed=sum(not each.smells for each in smelt), of=len(smelt))


def found_in(smelt: Iterable[Smelt]) -> Mapping[Smell, int]:
    """Count the answers that have each smell, in the order of `Smell`."""
    counts = Counter(smell for each in smelt for smell in each.smells)
    return {smell: counts[smell] for smell in Smell if counts[smell]}


def _texts(smelt: Iterable[Smelt]) -> list[str]:
    """Return the texts that may teach what is usual: nothing else is wrong with them."""
    return [each.response.text or "" for each in smelt if _OF_RULES.issuperset(each.smells)]


def _percentiles(texts: Sequence[str]) -> tuple[int, int] | None:
    """Return the 1st and the 99th percentile of the lengths, each that of an answer."""
    sizes = sorted(map(len, texts))
    if not sizes:
        return None
    outside = ceil(OUTER * len(sizes)) - 1
    return sizes[outside], sizes[-1 - outside]


def _usual_scripts(text: str) -> list[str]:
    letters = letters_by_script(text[:LOOKED_AT])
    total = sum(letters.values())
    return [name for name, number in letters.items() if number >= LEAST_SHARE * total]
