"""A conversation of several turns: what has been said, and the version that it stays with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evalgate.adapters.claude_request import message
from evalgate.errors import UsageError
from evalgate.model.content import Block, Role, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.reply import Reply
from evalgate.prompts.conversation import read_conversation
from evalgate.runtime.asked import Asked
from evalgate.runtime.asking import said_aloud
from evalgate.runtime.stating import check_results, check_words

SCHEMA = "conversation/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The turns of a conversation since those of its prompt, and whose version it has.

    `pin` is the version that the first answer came from. `thought_over` is the route and the model
    of all answers so far; None once there were several, so that thoughts are no longer sent.
    """

    turns: tuple[Turn, ...] = ()
    pin: str = ""
    thought_over: tuple[str, str] | None = None

    @classmethod
    def of(cls, state: str, *, pin: str = "") -> "Talk":
        """Return the conversation that a text holds; an empty one is new.

        Raises:
            UsageError: when the text is none that `text` gave.
        """
        if not state:
            return cls(pin=pin)
        try:
            document: Data = json.loads(state)
            if not isinstance(document, dict) or document.get("schema") != SCHEMA:
                raise ValueError
            held = document["messages"]
            turns = read_conversation(held, {}, key="state") if held else ()
        except (ValueError, KeyError, RecursionError):
            raise UsageError(
                f"this is no state of a conversation: expected the JSON of schema {SCHEMA} that "
                "`conversation.state` gives"
            ) from None
        return cls(turns=turns, pin=pin or str(document.get("pin", "")))

    def text(self) -> str:
        """Return the conversation as JSON, without what the model has thought."""
        messages = [message(said_aloud(turn)) for turn in self.turns]
        return json.dumps({"schema": SCHEMA, "pin": self.pin, "messages": messages})

    def asks(self, asked: Asked, *, streamed: bool = False) -> Asked:
        """Return the call that asks for the next answer.

        Raises:
            UsageError: when the last word is the model's.
        """
        if self.turns and self.turns[-1].role == "assistant":
            raise UsageError(
                "the model has the last word: say something, or give the results of its tools"
            )
        key = asked.idempotency_key
        return replace(
            asked,
            further=self.turns,
            pin=self.pin,
            thought_over=self.thought_over,
            idempotency_key=f"{key}/{len(self.turns)}" if key else "",
            streamed=streamed,
        )

    def said(self, text: str) -> "Talk":
        """Return the conversation with some words of the user at its end.

        Raises:
            UsageError: when there are no words, or the model waits for the results of tools.
        """
        check_words(text)
        waiting = self.waiting()
        if waiting:
            names = ", ".join(f"`{call.name}`" for call in waiting)
            raise UsageError(f"the model waits for the results of {names}: give these first")
        return self._with("user", (Text(text=text),))

    def resulted(self, results: Mapping[str, str | ToolResult]) -> "Talk":
        """Return the conversation with the results of all tools that the model has called.

        Args:
            results: by the id of the call, the words of a result; a ToolResult for one that failed.

        Raises:
            UsageError: when a result is missing, is no text, or belongs to no call.
        """
        check_results(results)
        waiting = self.waiting()
        asked, given = {call.id for call in waiting}, set(results)
        if not waiting or asked != given:
            missing = ", ".join(f"`{call.name}`" for call in waiting if call.id not in given)
            told = f"results for {missing} are missing" if missing else "no tool was called so"
            raise UsageError(f"{told}: give one result for each of `reply.tool_calls`, by its `id`")
        return self._with("user", tuple(_result(call, results[call.id]) for call in waiting))

    def answered(self, reply: Reply) -> "Talk":
        """Return the conversation with the answer at its end."""
        place = (reply.route, reply.model) if reply.route is not None and reply.model else None
        first = not any(turn.role == "assistant" for turn in self.turns)
        grown = self._with("assistant", reply.blocks or (Text(text=reply.text),))
        over = place if first or place == self.thought_over else None
        return replace(grown, pin=self.pin or reply.version, thought_over=over)

    def waiting(self) -> tuple[ToolCall, ...]:
        """Return the calls of tools whose results are still to be given."""
        if not self.turns or self.turns[-1].role != "assistant":
            return ()
        return tuple(block for block in self.turns[-1].blocks if isinstance(block, ToolCall))

    def _with(self, role: Role, blocks: tuple[Block, ...]) -> "Talk":
        return replace(self, turns=(*self.turns, Turn(role=role, content=blocks)))


def _result(call: ToolCall, given: str | ToolResult) -> ToolResult:
    if isinstance(given, ToolResult):
        return replace(given, call=call.id)
    return ToolResult(call=call.id, content=given)
