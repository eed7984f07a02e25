"""What a type checker says of an application that uses the public names."""

import re
from pathlib import Path

from mypy import api

GOOD = """
from collections.abc import AsyncIterator

from evalgate import (
    AsyncRuntime,
    BrokenStreamError,
    CallError,
    DeadlineError,
    Forced,
    PromptDisabledError,
    Reply,
    Runtime,
    ServedBy,
    ToolResult,
    Unserved,
    UsageError,
    deadline,
    load_prompt,
)


def by_hand(told: Unserved) -> str:
    return f"We will write back ({told.error})."


async def later(told: Unserved) -> str:
    return by_hand(told)


def ask(runtime: Runtime, user: str) -> Reply:
    try:
        with deadline(2.0):
            return runtime.reply(
                "shop",
                {"question": "May I?", "order": {"id": 7, "items": ["hat"]}},
                feature="support",
                user=user,
                fallback=by_hand,
            )
    except (PromptDisabledError, DeadlineError, BrokenStreamError) as error:
        raise LookupError(error.kind, error.request_id) from error
    except (CallError, UsageError):
        runtime.force("direct", Forced.OPEN)
        runtime.force("direct", None)
        raise


def told(reply: Reply) -> float:
    assert reply.served_by is ServedBy.PRIMARY
    words: str = reply.text + (reply.model or "") + reply.version
    return (reply.cost_usd or 0.0) + len(words) + reply.usage.input_tokens


def talk(runtime: Runtime) -> str:
    conversation = runtime.conversation("shop", {}, conversation="c-17")
    reply = conversation.reply()
    results = {each.id: ToolResult(call="", content="none", failed=True) for each in reply.tool_calls}
    conversation.give(results)
    conversation.give({"a": "b"})
    return conversation.state


def words(runtime: Runtime) -> list[str]:
    with runtime.stream("shop", {"question": "x"}, deadline=3) as stream:
        return list(stream)


async def more_words(runtime: AsyncRuntime) -> AsyncIterator[str]:
    async with runtime.stream("shop", {"question": "x"}, fallback=later) as stream:
        async for word in stream:
            yield word


async def main() -> str:
    async with AsyncRuntime("prompts", fallbacks={"shop": later, "more": by_hand}) as runtime:
        return (await runtime.reply("shop")).text


with Runtime(fallbacks={"shop": by_hand}, on_event=print) as served:
    ask(served, "ann")
load_prompt("shop")
"""

WRONG = {
    'runtime.reply("shop", feature=1)': "arg-type",
    'runtime.reply("shop", {"question": object()})': "dict-item",
    'runtime.reply("shop", user=None)': "arg-type",
    'runtime.reply("shop", usr="ann")': "call-arg",
    'runtime.reply("shop", deadline="2")': "arg-type",
    'runtime.reply("shop", files={"a.png": "text"})': "dict-item",
    'runtime.reply("shop", fallback=lambda told: None)': "arg-type,return-value",
    'runtime.reply("shop", fallback=later)': "arg-type",
    'runtime.reply("shop").txt': "attr-defined",
    'runtime.reply("shop").cost_usd + 1': "operator",
    'runtime.reply("shop").text = "x"': "misc",
    'runtime.force("direct", "open")': "arg-type",
    'runtime.conversation("shop").give({"a": 1})': "dict-item",
    'Runtime("prompts", logs="x")': "call-arg",
    "Runtime(log=3)": "arg-type",
    "evalgate.Nothing": "attr-defined",
}

FRAME = """
import evalgate
from evalgate import Runtime, Unserved


async def later(told: Unserved) -> str:
    return told.error


def ask(runtime: Runtime) -> None:
"""


def checked(path: Path, text: str) -> str:
    """Return what mypy says of a file, strictly."""
    path.write_text(text)
    root = Path(__file__).parents[2]
    cache = f"--cache-dir={root / '.mypy_cache'}"
    out, err, _ = api.run(["--strict", "--config-file=", cache, str(path)])
    return out + err


def test_the_public_names_fit_where_the_documentation_uses_them(tmp_path: Path) -> None:
    assert checked(tmp_path / "application.py", GOOD).startswith("Success")


def test_wrong_uses_are_found(tmp_path: Path) -> None:
    lines = [f"    {call}  # type: ignore[{code}]" for call, code in WRONG.items()]
    said = checked(tmp_path / "wrong.py", FRAME + "\n".join(lines) + "\n")
    assert said.startswith("Success"), re.sub(r"\S*wrong.py", "wrong.py", said)
