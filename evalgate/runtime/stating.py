"""States a call as the application asks for it; a slip in an argument is told at once, by name."""

from collections.abc import Callable, Mapping
from inspect import iscoroutine, iscoroutinefunction
from typing import get_type_hints

from evalgate.errors import UsageError
from evalgate.model.content import ToolResult
from evalgate.model.document import Data
from evalgate.model.reading import shortened, suggestion
from evalgate.runtime.asked import Asked, AsyncFallback, AsyncOptions, Options
from evalgate.runtime.deadlines import checked_seconds

_OPTIONS = tuple(get_type_hints(Options))
_TEXTS = frozenset({"feature", "user", "conversation", "pin", "tenant", "idempotency_key"})


def stated(
    prompt: str,
    variables: Mapping[str, Data],
    options: Options | AsyncOptions,
    *,
    is_awaited: bool,
    streamed: bool = False,
) -> Asked:
    """Return a call as a value; an option that is None is as if it were not there.

    Args:
        prompt: its name.
        variables: a value for each of its inputs.
        options: see `Options`.
        is_awaited: whether a fallback may be asynchronous.
        streamed: whether the application wants the words as they come.

    Raises:
        UsageError: when an argument is not what it should be; it repeats no value.
    """
    if not isinstance(prompt, str):
        raise UsageError(f"prompt: expected its name, got {_kind(prompt)}")
    _check_keys("variables", variables, "a mapping of variables by name")
    given = {name: value for name, value in options.items() if value is not None}
    for name, value in given.items():
        _check_option(name, value, is_awaited=is_awaited)
    return Asked(prompt=prompt, variables=variables, streamed=streamed, **given)  # type: ignore[arg-type]  # each was checked above


def check_fallback(name: str, fallback: object, *, is_awaited: bool) -> None:
    """Raise UsageError when an application's own function cannot be one."""
    if not callable(fallback):
        raise UsageError(f"{name}: expected a function that returns a text, got {_kind(fallback)}")
    if not is_awaited and iscoroutinefunction(fallback):
        raise UsageError(f"{name}: the function is asynchronous: use AsyncRuntime, or a plain one")


def checked_fallbacks(
    fallbacks: Mapping[str, AsyncFallback], prompts: list[str], *, is_awaited: bool
) -> dict[str, AsyncFallback]:
    """Return the functions of an application by prompt.

    Raises:
        UsageError: when one is no function, or its prompt does not exist: it would never be asked.
    """
    for name, fallback in fallbacks.items():
        if name not in prompts:
            raise UsageError(f"fallbacks: there is no prompt `{name}`{suggestion(name, prompts)}")
        check_fallback(f"fallbacks: `{name}`", fallback, is_awaited=is_awaited)
    return dict(fallbacks)


def own_text(text: object) -> str:
    """Return what an application's own function has said.

    Raises:
        UsageError: when it is no text.
    """
    if isinstance(text, str):
        return text
    if iscoroutine(text):
        text.close()
        raise UsageError("fallback: expected a text, got a coroutine: use AsyncRuntime to await it")
    raise UsageError(f"fallback: expected a text, got {_kind(text)}")


def check_words(text: object) -> None:
    """Raise UsageError when what a user says in a conversation is no text."""
    if not isinstance(text, str) or not text.strip():
        got = "an empty one" if isinstance(text, str) else _kind(text)
        raise UsageError(f"say: expected a text, got {got}")


def check_results(results: object) -> None:
    """Raise UsageError when the results of tools are not texts by the ids of their calls."""
    _check_keys("give", results, "a mapping of results by the `id` of a call")
    for given in results.values() if isinstance(results, Mapping) else ():
        if not isinstance(given, str | ToolResult):
            raise UsageError(f"give: expected a text or a ToolResult, got {_kind(given)}")


def _check_option(name: str, value: object, *, is_awaited: bool) -> None:
    if name in _TEXTS:
        if not isinstance(value, str):
            raise UsageError(f"{name}: expected a text, got {_kind(value)}: give it as `str(…)`")
    elif name == "deadline":
        checked_seconds(value)
    elif name == "files":
        _check_files(value)
    elif name == "fallback":
        check_fallback(name, value, is_awaited=is_awaited)
    else:
        raise UsageError(f"unknown option `{shortened(name)}`{suggestion(name, _OPTIONS)}")


def _check_files(files: object) -> None:
    _check_keys("files", files, "a mapping of contents by name")
    if isinstance(files, Mapping):
        for name, content in files.items():
            if not isinstance(content, bytes):
                told = f"files: `{shortened(name)}`: expected bytes, got {_kind(content)}"
                raise UsageError(f"{told}: read it with `Path(…).read_bytes()`")


def _check_keys(name: str, given: object, expected: str) -> None:
    if not isinstance(given, Mapping):
        raise UsageError(f"{name}: expected {expected}, got {_kind(given)}")
    for key in given:
        if not isinstance(key, str):
            raise UsageError(f"{name}: expected names that are texts, got {_kind(key)}")


def _kind(value: object) -> str:
    """Return what a value is, and never the value: it may be somebody's."""
    return "None" if value is None else f"a value of type {type(value).__name__}"


def check_function(name: str, function: Callable[..., object] | None) -> None:
    """Raise UsageError when an argument that is there is no function."""
    if function is not None and not callable(function):
        raise UsageError(f"{name}: expected a function, got {_kind(function)}")
