"""What an application gets for a call: the answer, and who gave it at what cost."""

import json
from dataclasses import dataclass, field

from evalgate.model.call import Arm, ServedBy
from evalgate.model.chat import Usage
from evalgate.model.content import Block, ToolCall
from evalgate.model.document import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one call.

    `request_id` is evalgate's own and finds the call in the log; `provider_request_id` is what a
    provider's support asks for. `usage` and `cost_usd` are those of this call: nothing for an
    answer from the cache or from the application, and `cost_usd` is None where the price of the
    model is not known. `model`, `provider` and `route` are None where no model has answered.
    `blocks` are what the model said as it must be handed back to it, and `tool_calls` its wishes
    among them. `smell` names what looks wrong with the answer. What the model or a server said
    stands in no `repr`.
    """

    text: str = field(repr=False)
    prompt: str
    version: str
    arm: Arm
    model: str | None
    provider: str | None
    route: str | None
    served_by: ServedBy
    degraded: bool
    request_id: str
    provider_request_id: str | None = field(default=None, repr=False)
    usage: Usage
    cost_usd: float | None
    latency_ms: int
    stop_reason: str | None = field(default=None, repr=False)
    smell: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = field(default=(), repr=False)
    blocks: tuple[Block, ...] = field(default=(), repr=False)

    def json(self) -> Data:
        """Return the answer as JSON; raise ValueError when it is none."""
        parsed: Data = json.loads(self.text)
        return parsed
