"""One call to a model: what is asked, what came back, or in which way it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from evalgate.model.document import Data

Role = Literal["user", "assistant"]

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""How hard a model may be asked to think."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


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
    """A model's answer. `simulated` is true when the server says that it is a simulator."""

    text: str
    model: str
    stop_reason: str
    usage: Usage
    latency_ms: int
    request_id: str | None = None
    simulated: bool = False


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
