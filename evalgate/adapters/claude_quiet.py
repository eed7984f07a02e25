"""Keeps the loggers of the SDK, and of what is below it, silent about evalgate's own calls.

At the level of DEBUG they tell whole requests and the headers of responses, and at that of INFO
what a server says beside its status. An application may well log at these levels itself; its own
calls by the SDK go on being told.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOGGERS = ("anthropic._base_client", "anthropic._response", "httpx2", "aiohttp.client")
"""Those that tell of requests and responses; httpx2 here is what the SDK sends them with."""

_IS_OURS: ContextVar[bool] = ContextVar("evalgate_call", default=False)


def is_told(record: logging.LogRecord) -> bool:  # noqa: ARG001 - the signature of a filter
    """Return whether a record may be told: it is not of a call by evalgate."""
    return not _IS_OURS.get()


def keep_quiet() -> None:
    """Have the loggers leave out what is done inside `quietly`."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(is_told)  # once, however often it is added


@contextmanager
def quietly() -> Iterator[None]:
    """Let no logger tell of what is done inside; nothing may be yielded to a caller there."""
    token = _IS_OURS.set(True)
    try:
        yield
    finally:
        _IS_OURS.reset(token)
