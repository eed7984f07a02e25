"""Every kind of cache in one place; what a kind needs is loaded once a file asks for it."""

import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from evalgate.errors import MissingExtraError, UsageError
from evalgate.model.call_ports import AnswerCache
from evalgate.model.serving import CacheKind, CacheRules
from evalgate.runtime.remembering.memory_cache import MemoryCache

REDIS_URL = "EVALGATE_REDIS_URL"
"""The variable of the environment that names the server."""


class _Sqlite(Protocol):
    def open_cache(self, path: Path) -> AnswerCache: ...


class _Redis(Protocol):
    def open_cache(self, address: str) -> AnswerCache: ...


def open_cache(rules: CacheRules, variables: Mapping[str, str]) -> AnswerCache:
    """Return the cache that the rules ask for.

    Args:
        rules: its kind, and where it is.
        variables: the environment.

    Raises:
        UsageError: the file or the address of the cache is missing, or of no use.
        MissingExtraError: the package of Redis is not installed.
    """
    match rules.kind:
        case CacheKind.MEMORY:
            return MemoryCache(entries=rules.entries, now=time.monotonic)
        case CacheKind.SQLITE:
            return _sqlite(rules.path)
        case CacheKind.REDIS:
            return _redis(variables.get(REDIS_URL, ""))


def _sqlite(path: str) -> AnswerCache:
    if not path:
        raise UsageError(
            "the response cache has no file: expected `path` beside `kind: sqlite` in runtime.yml"
        )
    module = cast("_Sqlite", import_module("evalgate.adapters.answer_cache"))
    return module.open_cache(Path(path))


def _redis(address: str) -> AnswerCache:
    if not address:
        raise UsageError(
            f"the response cache has no server: expected an address such as rediss://host:6379/0 in"
            f" {REDIS_URL}; set it, or choose another `kind` in runtime.yml"
        )
    try:
        module = cast("_Redis", import_module("evalgate.adapters.redis_cache"))
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"a response cache of `kind: redis` needs a package that is not installed"
            f" ({error.name}): in evalgate's checkout run python -m pip install '.[redis]'"
        ) from error
    return module.open_cache(address)
