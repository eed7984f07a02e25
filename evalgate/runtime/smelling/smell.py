"""The smell test: what a glance tells about an answer, in microseconds and without a call.

Every answer is looked at, so each smell is cheap and each false alarm costs: where two readings are
possible, nothing is said. Of a long text the first and the last `LOOKED_AT` characters count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from evalgate.grading.refusal import refusing_phrase
from evalgate.model.chat import ChatRequest
from evalgate.model.content import ToolCall
from evalgate.model.document import Data
from evalgate.model.prompt import PromptVersion
from evalgate.model.serving import SmellRules
from evalgate.model.smell import Smell
from evalgate.runtime.smelling.smell_json import json_smells
from evalgate.runtime.smelling.smell_repetition import repeats
from evalgate.runtime.smelling.smell_script import is_in_strange_script
from evalgate.runtime.smelling.smell_wording import ends_in_code, placeholder, repeats_stretch

LOOKED_AT = 20_000
"""Characters at either end of an answer that are looked at; JSON is read as a whole."""

MOST_CHARACTERS = 1_000_000
"""More than any model writes: such a text is too long whatever was expected, and is not parsed."""

_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})
_GOES_ON = frozenset({"tool_use", "pause_turn"})
_BLANK = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u00ad\u200b\u200c\u200d\u2060\ufeff"
)
"""Blanks, and what takes no room at all."""


class _Schemas(Protocol):
    def fitting(self, schema: Mapping[str, Data]) -> Callable[[Data], bool]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What answers of one version should be like; made once and used for each of them.

    `fits` tells whether data fit the version's schema. `system` is the system prompt as written in
    the version's file, before anything is filled in.
    """

    is_json: bool = False
    fits: Callable[[Data], bool] | None = None
    length: tuple[int, int] | None = None
    scripts: tuple[str, ...] = ()
    system: str = ""
    ignore: frozenset[str] = frozenset()


def expected_of(version: PromptVersion, rules: SmellRules | None = None) -> Expected:
    """Return what the answers of a version should be like; compiles its schema, if it has one.

    Raises:
        ValueError: the schema cannot be used (`evalgate.grading.schema.SchemaError`).
    """
    schema = version.output_schema
    told = expected_by(rules or SmellRules())
    return Expected(
        is_json=told.is_json or schema is not None,
        fits=None if schema is None else _fitting(schema),
        length=told.length,
        scripts=told.scripts,
        system=version.system.source[:LOOKED_AT] if version.system else "",
        ignore=told.ignore,
    )


def expected_by(rules: SmellRules) -> Expected:
    """Return what answers should be like by rules alone, where the version is not known."""
    return Expected(
        is_json=rules.json,
        length=rules.length,
        scripts=rules.scripts,
        ignore=frozenset(rules.ignore),
    )


def smells(
    text: str,
    *,
    stop_reason: str,
    tool_calls: Sequence[ToolCall],
    expected: Expected,
    request: ChatRequest | None = None,
) -> tuple[Smell, ...]:
    """Return what is wrong with an answer at first glance, in the order of `Smell`.

    Args:
        text: the words of the answer.
        stop_reason: why it ended; empty where that is not known.
        tool_calls: the model's wishes to use a tool, those of earlier rounds included.
        expected: what answers of the version should be like.
        request: what was asked, to excuse what the answer only repeats; it is read on suspicion.
    """
    is_over = stop_reason == "end_turn" or not tool_calls
    if not _has_words(text):
        found = [*([Smell.EMPTY] if is_over else []), *_from_stop(stop_reason)]
        return _in_order(found, expected)
    is_whole = len(text) <= 2 * LOOKED_AT
    looked = text if is_whole else f"{text[:LOOKED_AT]}\n{text[-LOOKED_AT:]}"
    found = [*_from_stop(stop_reason), *_from_words(looked, expected, request)]
    if is_whole or "```" not in looked:  # in a part of a text, code cannot be told from prose
        found += _from_prose(looked, expected, request)
    if len(text) > MOST_CHARACTERS:
        found.append(Smell.TOO_LONG)
    elif stop_reason not in _GOES_ON:
        found += _from_demands(text, expected)
    return _in_order(found, expected)


def _from_stop(stop_reason: str) -> Iterator[Smell]:
    if stop_reason == "refusal":
        yield Smell.REFUSAL
    if stop_reason in _CUT_OFF:
        yield Smell.TRUNCATED


def _from_words(text: str, expected: Expected, request: ChatRequest | None) -> Iterator[Smell]:
    """Yield what can be told of any words, be they code or prose."""
    if refusing_phrase(text):
        yield Smell.REFUSAL
    if is_in_strange_script(text, expected.scripts, request=request):
        yield Smell.SCRIPT
    if repeats_stretch(text, expected.system):
        yield Smell.LEAKS_PROMPT


def _from_prose(text: str, expected: Expected, request: ChatRequest | None) -> Iterator[Smell]:
    """Yield what is wrong with prose and is not with code."""
    if ends_in_code(text):
        yield Smell.TRUNCATED
    if not expected.is_json and repeats(text):
        yield Smell.REPETITION
    if placeholder(text, request=request):
        yield Smell.PLACEHOLDER


def _from_demands(text: str, expected: Expected) -> Iterator[Smell]:
    """Yield what is wrong with the last words of an answer, of which more is known."""
    if expected.is_json:
        yield from json_smells(text, expected.fits)
    if expected.length is not None:
        shortest, longest = expected.length
        if len(text) < shortest:
            yield Smell.TOO_SHORT
        if len(text) > longest:
            yield Smell.TOO_LONG


def _in_order(found: Sequence[Smell], expected: Expected) -> tuple[Smell, ...]:
    if not found:
        return ()
    return tuple(each for each in Smell if each in found and each not in expected.ignore)


def _has_words(text: str) -> bool:
    """Tell whether there is anything to be seen at either end of a text."""
    return bool(text[:LOOKED_AT].strip(_BLANK) or text[-LOOKED_AT:].strip(_BLANK))


def _fitting(schema: Mapping[str, Data]) -> Callable[[Data], bool]:
    """Compile a schema; the library for it is loaded only where a version has one."""
    module = cast("_Schemas", import_module("evalgate.grading.schema"))
    return module.fitting(schema)
