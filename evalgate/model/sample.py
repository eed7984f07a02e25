"""A call that was chosen for scoring, with the texts that are needed for that."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.call import Arm
from evalgate.model.chat import ChatRequest
from evalgate.model.content import ToolCall
from evalgate.model.serving import Mark


class Stratum(StrEnum):
    """What a sampled call speaks for.

    `uniform` calls are a plain share of all that were answered anew, and carry the headline.
    `raised` ones were chosen for a mark alone. `cached` ones repeat an answer, and speak for
    themselves.
    """

    UNIFORM = "uniform"
    RAISED = "raised"
    CACHED = "cached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """That a call was chosen, with the chance that it had, above 0 and at most 1."""

    probability: float
    stratum: Stratum
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is kept of a chosen call: unlike its line in the log, it holds what was said.

    `ts` is in seconds since 1970. `provider` and `model` are of who answered. `text` and
    `tool_calls` are the answer's, and empty where there is none.
    """

    ts: float
    request_id: str
    prompt: str
    version: str
    prompt_hash: str
    arm: Arm
    feature: str
    route: str | None
    sampled: Sampled
    request: ChatRequest
    text: str
    stop_reason: str | None = None
    smell: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    provider: str | None = None
    model: str | None = None
