"""One call to a model: what is asked, what came back, or in which way it failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.content import Block, Tool, ToolCall, Turn
from evalgate.model.document import Data

EFFORTS = ("low", "medium", "high", "xhigh", "max")
"""How hard a model may be asked to think."""


class Purpose(StrEnum):
    """What a call is made for."""

    ANSWER = "answer"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """Everything that shapes an answer, and on whose behalf it is asked.

    `trial` is `<case>/<index>`; it travels as the header `X-Evalgate-Trial`. `sample` tells apart
    the answers that are wanted to one and the same request, from 0. `fence` is the random marker
    in the texts, if there is one: another marker makes no other request. `caches_prefix` asks the
    provider to remember tools and system prompt for the next call. `route` names the route of
    the policy that serves the call; empty means the Claude API itself.
    """

    model: str
    max_tokens: int
    turns: tuple[Turn, ...]
    system: str = ""
    effort: str | None = None
    output_schema: Mapping[str, Data] | None = None
    tools: tuple[Tool, ...] = ()
    trial: str = ""
    sample: int = 0
    purpose: Purpose = Purpose.ANSWER
    fence: str = ""
    caches_prefix: bool = False
    route: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, by the price that each kind is billed at."""

    input_tokens: int
    output_tokens: int
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One rate limit as the server states it: units per minute, and how many are left right now."""

    limit: int
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The rate limits that a response states; None where it states none."""

    requests: Allowance | None = None
    input_tokens: Allowance | None = None
    output_tokens: Allowance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `simulated` is true when the server says that it is a simulator.

    `blocks` are what the model said, in order, as it must be handed back to go on with the
    conversation. `tool_calls` are all its wishes to use a tool, those of earlier rounds included.
    `limits` are the rate limits that the response stated.
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
    limits: RateLimits | None = field(default=None, compare=False)


class FailureKind(StrEnum):
    """Every way in which a call can fail.

    `cut` is a response that broke off in the middle, so that the server has worked for it.
    `cost_limit` is our own: the call was not made, because it could have passed the cost limit. So
    is `call_needed`: a run that may call nothing would have had to.
    `expired` is a request of a batch that ran out of time, `worker_lost` a call whose worker in a
    cluster went away.
    """

    CONNECTION = "connection"
    CUT = "cut"
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
    COST_LIMIT = "cost_limit"
    EXPIRED = "expired"
    WORKER_LOST = "worker_lost"
    CALL_NEEDED = "call_needed"


MAY_BE_BILLED = frozenset(
    {
        FailureKind.CUT,
        FailureKind.TIMEOUT,
        FailureKind.MALFORMED,
        FailureKind.WRONG_MODEL,
        FailureKind.WORKER_LOST,
    }
)
"""The failures that a server may have worked for, so that what they cost is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """A call that gave no answer. `retry_after` is in seconds, when the server named it."""

    kind: FailureKind
    message: str
    retry_after: float | None = None
    request_id: str | None = None
    limits: RateLimits | None = field(default=None, compare=False)
