"""The trace that a call belongs to, where an application traces; OpenTelemetry is loaded late."""

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Protocol, cast

from evalgate.model.call import CallRecord


class CallSpan(Protocol):
    """The span of one call, open until `end`."""

    @property
    def trace_id(self) -> str | None:
        """The id of the trace, 32 hexadecimal digits; None when nothing is traced."""
        ...

    def current(self) -> AbstractContextManager[None]:
        """Make it the parent of what is begun inside; nothing may be yielded to a caller there."""
        ...

    def end(self, record: CallRecord) -> None:
        """Say what became of the call, and end the span."""
        ...


class _Telemetry(Protocol):
    def open_span(self, *, model: str, prompt: str) -> CallSpan | None: ...


_NOTHING = nullcontext()


class NoSpan:
    """Stands for the span where nothing is traced."""

    @property
    def trace_id(self) -> None:
        """None: there is no trace."""
        return

    def current(self) -> AbstractContextManager[None]:
        """Change nothing."""
        return _NOTHING

    def end(self, record: CallRecord) -> None:
        """Do nothing."""


def open_span(*, model: str, prompt: str) -> CallSpan:
    """Open the one span of a call, if the application traces; see `telemetry`.

    It is begun in the caller's thread or task, so that it becomes a child of the span that is
    current there.
    """
    module = load_telemetry()
    span = None if module is None else module.open_span(model=model, prompt=prompt)
    return NoSpan() if span is None else span


def load_telemetry() -> _Telemetry | None:
    """Return what opens spans, once the process has loaded OpenTelemetry."""
    if "opentelemetry.trace" not in sys.modules:
        return None
    return cast("_Telemetry", import_module("evalgate.runtime.logbook.telemetry"))
