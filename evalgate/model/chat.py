"""One call to a model: what is asked, what came back, or in which way it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.content import Block, Tool, ToolCall, Turn
from evalgate.model.document import Data

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""How hard a model may be asked to think."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """Everything that shapes an answer, and the trial on whose behalf it is asked.

    `trial` is `<case>/<index>`; it travels as the header `X-Evalgate-Trial`.
    """

    model: str
    max_tokens: int
    turns: tuple[Turn, ...]
    system: str = ""
    effort: str | None = None
    output_schema: Mapping[str, Data] | None = None
    tools: tuple[Tool, ...] = ()
    trial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, by the price that each kind is billed at."""

    input_tokens: int
    output_tokens: int
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `simulated` is true when the server says that it is a simulator.

    `blocks` are what the model said, in order, as it must be handed back to go on with the
    conversation. `tool_calls` are all its wishes to use a tool, those of earlier rounds included.
    """

    text: str
    model: str
    stop_reason: str
    usage: Usage
    latency_ms: int
    request_id: str | None = None
    simulated: bool = False
    blocks: tuple[Block, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()


class FailureKind(StrEnum):
    """Every way in which a call can fail."""

    CONNECTION = "connection"
    TIMEOUT = "timeout"
    DEADLINE = "deadline"
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"
    SERVER = "server"
    MALFORMED = "malformed"
    WRONG_MODEL = "wrong_model"
    REQUEST = "request"
    TOO_LARGE = "too_large"
    MODEL_NOT_FOUND = "model_not_found"
    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    BILLING = "billing"
    SPEND_LIMIT = "spend_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """A call that gave no answer. `retry_after` is in seconds, when the server named it."""

    kind: FailureKind
    message: str
    retry_after: float | None = None
    request_id: str | None = None
