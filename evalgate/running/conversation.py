"""Goes on with a conversation while the model calls tools whose results the case holds."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from evalgate.grading.json_text import holds_all
from evalgate.model.chat import CallFailure, ChatRequest, Completion, Usage
from evalgate.model.content import ToolCall, ToolResult, Turn
from evalgate.model.evalset import CannedResult

MOST_ROUNDS = 10
"""How many answers one conversation may take; the last one counts as it stands."""

Send = Callable[[ChatRequest], Awaitable[Completion | CallFailure]]


async def converse(
    send: Send, request: ChatRequest, *, results: Sequence[CannedResult]
) -> Completion | CallFailure:
    """Return the answer that ends the conversation, or the failure of any of its calls.

    An answer that calls tools gets their results, and the model is asked again. A call for which
    the case holds no result ends the conversation: that answer is what is graded. So does the
    answer of round `MOST_ROUNDS`, whose stop reason is then still `tool_use`.

    The answer has the words, blocks and stop reason of the last round, the tool calls of all
    rounds in order, and the tokens and the latency of all rounds together. A deadline that `send`
    keeps is that of one round.

    Args:
        send: sends one request, with the retries and the booking that the caller chose.
        request: the first request; all rounds keep its trial, tools and settings.
        results: what the tools give back.
    """
    rounds: list[Completion] = []
    while True:
        answer = await send(request)
        if isinstance(answer, CallFailure):
            return answer
        rounds.append(answer)
        given = tool_results(answer, results)
        if not given or len(rounds) == MOST_ROUNDS:
            return _summed(rounds)
        asked = Turn(role="assistant", content=answer.blocks)
        told = Turn(role="user", content=given)
        request = replace(request, turns=(*request.turns, asked, told))


def tool_results(answer: Completion, results: Sequence[CannedResult]) -> tuple[ToolResult, ...]:
    """Return a result for every tool call of an answer, in order; none when any is missing.

    The first result for the tool whose `input` is all found in the call's arguments is taken.
    """
    if answer.stop_reason != "tool_use":
        return ()
    calls = [block for block in answer.blocks if isinstance(block, ToolCall)]
    given = [_result(call, results) for call in calls]
    found = tuple(result for result in given if result is not None)
    return found if len(found) == len(given) else ()


def _result(call: ToolCall, results: Iterable[CannedResult]) -> ToolResult | None:
    arguments = dict(call.input)
    for canned in results:
        if canned.tool == call.name and holds_all(arguments, dict(canned.input)):
            return ToolResult(call=call.id, content=canned.content, failed=canned.failed)
    return None


def _summed(rounds: Sequence[Completion]) -> Completion:
    if len(rounds) == 1:
        return rounds[0]
    return replace(
        rounds[-1],
        usage=_total([each.usage for each in rounds]),
        latency_ms=sum(each.latency_ms for each in rounds),
        tool_calls=tuple(call for each in rounds for call in each.tool_calls),
    )


def _total(usages: Sequence[Usage]) -> Usage:
    return Usage(
        input_tokens=sum(each.input_tokens for each in usages),
        output_tokens=sum(each.output_tokens for each in usages),
        cache_write_5m_tokens=sum(each.cache_write_5m_tokens for each in usages),
        cache_write_1h_tokens=sum(each.cache_write_1h_tokens for each in usages),
        cache_read_tokens=sum(each.cache_read_tokens for each in usages),
    )
