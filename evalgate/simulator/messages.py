"""Answers `POST /v1/messages`, streamed or not, and counts the tokens of requests."""

from collections import Counter
from collections.abc import Mapping

from evalgate.model.chat import ChatRequest
from evalgate.simulator.actor import Actor, Outcome
from evalgate.simulator.exchange import Incoming, Line, Outgoing
from evalgate.simulator.fault_rules import FaultKind
from evalgate.simulator.faults import Circumstances, Surface
from evalgate.simulator.limits import Meter
from evalgate.simulator.response import (
    REJECTIONS,
    carrying,
    failed,
    limited,
    message_of,
    rejected,
)
from evalgate.simulator.streaming import event_stream, events, paced
from evalgate.simulator.tokens import input_tokens
from evalgate.simulator.wire import Rejection, read_body, read_request

_LINES: Mapping[FaultKind | None, Line] = {FaultKind.CUT: Line.CUT, FaultKind.DROPPED: Line.DROPPED}
_UNSTREAMED = frozenset({*REJECTIONS, FaultKind.HTML})
"""The faults that keep a stream from starting."""


class Messages:
    """The Messages API itself.

    Args:
        actor: plays the model.
        meter: the rate limits, which the server settles once it sends an answer.
        counts: gains one `rejected` or `limited` for each request that is not answered.
        latency: seconds that every answer takes at least.
    """

    def __init__(self, actor: Actor, meter: Meter, *, counts: Counter[str], latency: float) -> None:
        self._actor = actor
        self._meter = meter
        self._counts = counts
        self._latency = latency

    def answer(self, call: Incoming) -> Outgoing:
        """Answer a message, unless it is wrong or over the rate limit."""
        data = read_body(call.body)
        if isinstance(data, Rejection):
            return self._refused(data, call)
        request = read_request(data, trial=call.trial)
        if isinstance(request, Rejection):
            return self._refused(request, call)
        wait = self._wait(request, now=call.now)
        if wait is not None:
            self._counts["limited"] += 1
            return Outgoing(response=limited(wait, key=call.key), output_tokens=0)
        streamed = data.get("stream") is True
        surface = Surface.STREAM if streamed else Surface.MESSAGE
        came = Circumstances(
            surface=surface,
            provider=call.caller.provider,
            region=call.caller.region,
            model=call.caller.model,
            now=call.now,
        )
        outcome = self._actor.play(request, key=call.key, came=came)
        return self._sent(outcome, key=call.key, streamed=streamed)

    def count(self, call: Incoming) -> Outgoing:
        """Count the tokens of a request; the rate limits have no part in it."""
        data = read_body(call.body)
        # The count takes what a message takes, but no limit of the answer.
        request = (
            data
            if isinstance(data, Rejection)
            else read_request({**data, "max_tokens": 1}, trial=call.trial)
        )
        if isinstance(request, Rejection):
            return self._refused(request, call)
        self._counts["token_counts"] += 1
        counted = {"input_tokens": input_tokens(request)}
        return Outgoing(response=carrying(counted, key=call.key))

    def _wait(self, request: ChatRequest, *, now: float) -> float | None:
        if not self._meter.is_limited:
            return None
        return self._meter.admit(input_tokens(request), now=now)

    def _refused(self, rejection: Rejection, call: Incoming) -> Outgoing:
        self._counts["rejected"] += 1
        return Outgoing(response=rejected(rejection, key=call.key))

    def _sent(self, outcome: Outcome, *, key: str, streamed: bool) -> Outgoing:
        message = message_of(outcome.reply, model=outcome.model, key=key)
        fault = outcome.fault
        slow = fault is not None and fault.kind is FaultKind.SLOW
        streamed = streamed and outcome.kind not in _UNSTREAMED
        if streamed:
            response = event_stream(key=key)
        else:
            response = carrying(message, key=key)
            response = response if fault is None else failed(fault, response, key=key)
        return Outgoing(
            response=response,
            seconds=self._latency + (fault.seconds if fault is not None and slow else 0.0),
            pieces=paced(events(message, outcome.kind), fault) if streamed else None,
            line=_LINES.get(outcome.kind, Line.WHOLE),
            output_tokens=0 if outcome.kind in REJECTIONS else outcome.reply.usage.output_tokens,
        )
