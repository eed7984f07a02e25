"""The whole reply to a request: its text, why it stopped, and the tokens it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.chat import ChatRequest, Usage
from evalgate.simulator.answer import answer_text
from evalgate.simulator.judge import judge_task, judgement
from evalgate.simulator.rules import Rules

CHARACTERS_PER_TOKEN = 4
"""The whole tokenizer of the simulator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the simulated model says."""

    text: str
    stop_reason: str
    usage: Usage


def reply_to(rules: Sequence[Rules], request: ChatRequest) -> Reply:
    """Answer a request, or judge the answer it holds, within its `max_tokens`."""
    task = judge_task(request)
    text = answer_text(rules, request) if task is None else judgement(rules, task)
    room = request.max_tokens * CHARACTERS_PER_TOKEN
    asked = request.system + "".join(turn.text for turn in request.turns)
    said = text[:room]
    return Reply(
        text=said,
        stop_reason="end_turn" if len(text) <= room else "max_tokens",
        usage=Usage(input_tokens=count_tokens(asked), output_tokens=count_tokens(said)),
    )


def count_tokens(text: str) -> int:
    """Return a quarter of the characters, rounded up, and at least 1."""
    return max(1, -(-len(text) // CHARACTERS_PER_TOKEN))
