"""evalgate gates prompt changes for applications built on Claude, and serves the prompts.

An application imports from here; each name is loaded when it is asked for.
"""

from collections.abc import Mapping
from importlib import import_module

__version__ = "0.1.0"

_HOMES: Mapping[str, str] = {
    "AsyncConversation": "evalgate.runtime.async_runtime",
    "AsyncRuntime": "evalgate.runtime.async_runtime",
    "AsyncStream": "evalgate.runtime.async_runtime",
    "BrokenStreamError": "evalgate.errors",
    "CallError": "evalgate.errors",
    "Conversation": "evalgate.runtime.runtime",
    "Data": "evalgate.model.document",
    "DeadlineError": "evalgate.errors",
    "Forced": "evalgate.model.override",
    "PromptDisabledError": "evalgate.errors",
    "Reply": "evalgate.model.reply",
    "Runtime": "evalgate.runtime.runtime",
    "ScoringWorker": "evalgate.cli.scoring_worker",
    "ServedBy": "evalgate.model.call",
    "Stream": "evalgate.runtime.runtime",
    "ToolResult": "evalgate.model.content",
    "Unserved": "evalgate.runtime.asked",
    "UsageError": "evalgate.errors",
    "deadline": "evalgate.runtime.deadlines",
    "load_prompt": "evalgate.runtime.prompts",
}
"""The public names, and where each of them lives."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'evalgate' has no attribute '{name}'")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("evalgate"):
            raise
        raise _lacking(name, error.name or "") from error


def _lacking(name: str, package: str) -> Exception:
    """Return the error that says which extra a public name needs."""
    missing: type[Exception] = import_module("evalgate.errors").MissingExtraError
    extra = "in evalgate's checkout run python -m pip install '.[gate]'"
    return missing(f"evalgate.{name} needs the package `{package}`: {extra}")
