"""Writes the text of a host's override file, so that reading it gives the override again."""

from collections.abc import Callable, Iterator

from evalgate.model.override import Override, PromptOverride, RouteOverride
from evalgate.model.prompt import Switch
from evalgate.prompts.pointer_text import switch_text
from evalgate.prompts.scalar_text import word, words

_HEAD = ("# Written by evalgate; what has expired does nothing.", "schema: override/1")


def override_text(override: Override, *, instant: Callable[[float], str]) -> str:
    """Return the text of an override file.

    Args:
        override: what the file shall say; its texts hold no lone surrogates.
        instant: writes seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`.
    """
    return "".join(f"{line}\n" for line in (*_HEAD, *_lines(override, instant)))


def _lines(override: Override, instant: Callable[[float], str]) -> Iterator[str]:
    if override.prompts:
        yield "prompts:"
    for name, prompt in override.prompts.items():
        yield f"  {word(name)}:"
        yield from (f"    {line}" for line in _prompt(prompt, instant))
    if override.routes:
        yield "routes:"
    for name, route in override.routes.items():
        yield f"  {word(name)}:"
        yield from (f"    {line}" for line in _route(route, instant))


def _prompt(prompt: PromptOverride, instant: Callable[[float], str]) -> Iterator[str]:
    yield f"until: {words(instant(prompt.until))}"
    if prompt.version is not None:
        yield f"version: {prompt.version}"
    if prompt.switch != Switch():
        yield f"switch: {switch_text(prompt.switch)}"
    yield from _signed(prompt)


def _route(route: RouteOverride, instant: Callable[[float], str]) -> Iterator[str]:
    yield f"until: {words(instant(route.until))}"
    yield f"state: {route.state.value}"
    yield from _signed(route)


def _signed(entry: PromptOverride | RouteOverride) -> Iterator[str]:
    yield from (
        f"{key}: {words(text)}" for key, text in (("by", entry.by), ("why", entry.why)) if text
    )
