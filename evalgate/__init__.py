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
    return getattr(import_module(_HOMES[name]), name)
