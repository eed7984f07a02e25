"""evalgate gates prompt changes for applications built on Claude.

An application needs one name, `load_prompt`, which is loaded when it is asked for.
"""

from importlib import import_module

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name != "load_prompt":
        raise AttributeError(f"module 'evalgate' has no attribute '{name}'")
    return getattr(import_module("evalgate.runtime.prompts"), name)
