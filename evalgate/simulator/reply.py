"""The whole reply to a request: what it says or calls, why it stopped, and the tokens it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest, Usage
from evalgate.model.content import Text, ToolCall
from evalgate.simulator.answer import answer_text
from evalgate.simulator.calling import due_calls
from evalgate.simulator.judge import judge_task, judgement
from evalgate.simulator.rules import Rules
from evalgate.simulator.tokens import (
    CHARACTERS_PER_TOKEN,
    call_tokens,
    count_tokens,
    input_tokens,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the simulated model says, and which tools it calls."""

    text: str
    stop_reason: str
    usage: Usage
    calls: tuple[ToolCall, ...] = ()

    @property
    def blocks(self) -> tuple[Text | ToolCall, ...]:
        """The content as blocks; no text, no text block."""
        said = (Text(text=self.text),) if self.text else ()
        return (*said, *self.calls)


def reply_to(rules: Sequence[Rules], request: ChatRequest) -> Reply:
    """Answer a request, or judge the answer it holds, within its `max_tokens`.

    Tools are called before anything is said; what there is to say comes once all are answered.
    """
    task = judge_task(request)
    if task is not None:
        return _spoken(judgement(rules, task, trial=request.trial), request)
    calls = due_calls(rules, request)
    return _calling(calls, request) if calls else _spoken(answer_text(rules, request), request)


def _spoken(text: str, request: ChatRequest) -> Reply:
    room = request.max_tokens * CHARACTERS_PER_TOKEN
    said = text[:room]
    return Reply(
        text=said,
        stop_reason="end_turn" if len(text) <= room else "max_tokens",
        usage=Usage(input_tokens=input_tokens(request), output_tokens=count_tokens(said)),
    )


def _calling(calls: tuple[ToolCall, ...], request: ChatRequest) -> Reply:
    """Return the calls; such as do not fit into `max_tokens` are lost altogether."""
    tokens = sum(map(call_tokens, calls))
    fits = tokens <= request.max_tokens
    spent = tokens if fits else request.max_tokens
    return Reply(
        text="",
        stop_reason="tool_use" if fits else "max_tokens",
        usage=Usage(input_tokens=input_tokens(request), output_tokens=spent),
        calls=calls if fits else (),
    )
