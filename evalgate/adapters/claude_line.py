"""An open route: what it cannot be asked, and what its responses come to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.adapters.claude_clients import Client
from evalgate.adapters.claude_limits import read_limits
from evalgate.adapters.claude_reply import BadReply, read_reply
from evalgate.adapters.claude_telling import Teller
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind
from evalgate.model.route import WITHOUT_OUTPUT_SCHEMA, Provider, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A route with its client, and who tells its failures."""

    route: Route
    client: Client
    teller: Teller

    @property
    def streams(self) -> bool:
        """Whether answers can be streamed by events."""
        # InvokeModel streams in frames of its own, which take a package of AWS to read.
        return self.route.provider is not Provider.BEDROCK_INVOKE

    def refusal(self, request: ChatRequest) -> CallFailure | None:
        """Return why a request is not sent over this route, if it is not."""
        provider = self.route.provider
        if request.output_schema is None or provider not in WITHOUT_OUTPUT_SCHEMA:
            return None
        message = (
            f"{provider} offers no structured output: leave `output_schema` out of the prompt, "
            "or run it over direct, vertex or foundry"
        )
        return CallFailure(kind=FailureKind.REQUEST, message=message)

    def completion(
        self,
        answer: object,
        request: ChatRequest,
        *,
        headers: Mapping[str, str],
        latency_ms: int,
    ) -> Completion | CallFailure:
        """Return what a response comes to.

        Args:
            answer: the parsed JSON of its body, or why there is none.
            request: what was asked.
            headers: of the response.
            latency_ms: from the request to the last byte.
        """
        reply = (
            answer
            if isinstance(answer, BadReply)
            else read_reply(answer, requested=request.model, route=self.route)
        )
        if isinstance(reply, BadReply):
            return placed(self.teller.told(reply.kind, reply.message), headers)
        return reply.completion(headers, latency_ms=latency_ms)


def placed(failure: CallFailure, headers: Mapping[str, str]) -> CallFailure:
    """Return a failure with what the headers of the response say beside it."""
    return replace(failure, request_id=headers.get("request-id"), limits=read_limits(headers))
