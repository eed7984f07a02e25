"""OpenTelemetry: one client span per call, with what the log says of it and nothing else.

The SDK opens spans in its own methods, such as `messages.create`. evalgate hands its requests to
the client below them, where no span is opened; so the one here is the only one of a call, however
many attempts it took. This module is loaded once an application has loaded OpenTelemetry.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from opentelemetry.trace import (
    ProxyTracerProvider,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_tracer,
    get_tracer_provider,
    use_span,
)
from opentelemetry.util.types import AttributeValue

from evalgate import __version__
from evalgate.model.call import CallRecord, ServedBy
from evalgate.model.document import Data
from evalgate.runtime.logbook.call_line import row_of
from evalgate.runtime.logbook.words import name_word, word

CONVENTION = "2026-11"
"""The state of the semantic conventions for generative AI that the names are those of."""

SCOPE = "evalgate"

Row = Mapping[str, Data]

PROVIDERS: Mapping[str, str] = {
    "direct": "anthropic",
    "bedrock": "aws.bedrock",
    "bedrock_invoke": "aws.bedrock",
    "vertex": "gcp.vertex_ai",
    "foundry": "azure.ai.inference",
}
"""The conventions' names of the providers."""


def _column(name: str) -> Callable[[Row], Data]:
    return lambda row: row[name]


def _sum(*names: str) -> Callable[[Row], Data]:
    def added(row: Row) -> Data:
        numbers = [number for name in names if isinstance(number := row[name], int)]
        return sum(numbers) if numbers else None

    return added


def _seconds(name: str) -> Callable[[Row], Data]:
    def divided(row: Row) -> Data:
        milliseconds = row[name]
        return milliseconds / 1000 if isinstance(milliseconds, int) else None

    return divided


def _failures(row: Row) -> Data:
    tries = row["tries"]
    attempts = tries if isinstance(tries, list) else []
    each = [attempt for attempt in attempts if isinstance(attempt, dict)]
    failed = [
        f"{one['route'] or one['provider']} {one['failure']}" for one in each if one["failure"]
    ]
    return [*failed] or None


def _finish_reasons(row: Row) -> Data:
    return [row["stop_reason"]] if row["stop_reason"] else None


_CACHED = ("cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")

ATTRIBUTES: Mapping[str, Callable[[Row], Data]] = {
    "gen_ai.operation.name": lambda _: "chat",
    "gen_ai.provider.name": lambda row: PROVIDERS.get(str(row["provider"])),
    "gen_ai.request.model": _column("model_asked"),
    "gen_ai.request.stream": lambda row: row["streamed"] or None,
    "gen_ai.response.model": _column("model"),
    "gen_ai.response.finish_reasons": _finish_reasons,
    "gen_ai.response.time_to_first_chunk": _seconds("ttft_ms"),
    "gen_ai.conversation.id": _column("conversation"),
    "gen_ai.prompt.name": _column("prompt"),
    "gen_ai.prompt.version": _column("version"),
    "gen_ai.usage.input_tokens": _sum("input_tokens", *_CACHED),
    "gen_ai.usage.output_tokens": _column("output_tokens"),
    "gen_ai.usage.cache_read.input_tokens": _column("cache_read_tokens"),
    "gen_ai.usage.cache_write.input_tokens": _sum("cache_write_5m_tokens", "cache_write_1h_tokens"),
    "error.type": _column("error"),
    "user.hash": _column("user"),
    "evalgate.request_id": _column("request_id"),
    "evalgate.provider_request_id": _column("provider_request_id"),
    "evalgate.feature": _column("feature"),
    "evalgate.arm": _column("arm"),
    "evalgate.assigned_by": _column("assigned_by"),
    "evalgate.pointer": _column("pointer"),
    "evalgate.prompt_hash": _column("prompt_hash"),
    "evalgate.route": _column("route"),
    "evalgate.region": _column("region"),
    "evalgate.served_by": _column("served_by"),
    "evalgate.degraded": _column("degraded"),
    "evalgate.cost_usd": _column("cost_usd"),
    "evalgate.price_rev": _column("price_rev"),
    "evalgate.smell": _column("smell"),
    "evalgate.tries": _column("tries_count"),
    "evalgate.failures": _failures,
}
"""Every attribute of a span, by the columns of the log that it is made of.

The conventions count cached tokens among the input tokens, and the log does not.
"""


class ClientSpan:
    """The span of one call, open until `end`."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def trace_id(self) -> str | None:
        """The id of the trace, 32 hexadecimal digits; None when nothing is traced."""
        context = self._span.get_span_context()
        return f"{context.trace_id:032x}" if context.is_valid else None

    @contextmanager
    def current(self) -> Iterator[None]:
        """Make it the parent of what is begun inside; nothing may be yielded to a caller there."""
        with use_span(
            self._span, end_on_exit=False, record_exception=False, set_status_on_exception=False
        ):
            yield

    def end(self, record: CallRecord) -> None:
        """Say what became of the call, and end the span."""
        if self._span.is_recording():
            self._span.set_attributes(attributes_of(record))
            if record.served_by is ServedBy.NOBODY:
                self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def open_span(*, model: str, prompt: str) -> ClientSpan | None:
    """Open the span of a call, as a child of the one that is current here.

    There is none where the application has set no provider of tracers.

    Args:
        model: that is asked for.
        prompt: whose call it is.
    """
    if isinstance(get_tracer_provider(), ProxyTracerProvider):
        return None
    asked, named = word(model), name_word(prompt)
    known = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": asked,
        "gen_ai.prompt.name": named,
    }
    return ClientSpan(_tracer().start_span(f"chat {asked}", kind=SpanKind.CLIENT, attributes=known))


@lru_cache(maxsize=1)
def _tracer() -> Tracer:
    # One that is asked for before the application sets a provider turns to it once it is set.
    return get_tracer(SCOPE, __version__)


def attributes_of(record: CallRecord) -> dict[str, AttributeValue]:
    """Return the attributes of a call; what is not known is left out."""
    row = row_of(record)
    found = ((name, take(row)) for name, take in ATTRIBUTES.items())
    return {name: _attribute(value) for name, value in found if value is not None}


def _attribute(value: Data) -> AttributeValue:
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if isinstance(value, bool | int | float | str) else str(value)
