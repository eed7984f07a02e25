"""Secrets in all that callers and servers say, through the real runtimes, and in nothing told."""

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from evalgate.errors import CallError, EvalgateError, UsageError
from evalgate.model.call_ports import Event
from evalgate.model.document import Data
from evalgate.model.override import Forced
from evalgate.runtime.asked import Unserved
from evalgate.runtime.async_runtime import AsyncRuntime
from evalgate.runtime.runtime import Runtime
from tests.edges.stranger import ANSWERS, FAILURES, STREAMS, Stranger, stranger

MARK = "CANARY"
KEY = "sk-ant-api03-CANARYAPIKEY0123456789"
PROMPT = """---
model: claude-sonnet-5-5
max_tokens: 300
inputs: {question: text, order: text, history: messages, photo: image}
---
## system

You answer customers of a shop.

## user

{{history}}

## user

{{question}} {{order}} {{photo}}
"""
JINJA = """---
model: claude-sonnet-5-5
max_tokens: 300
template: jinja
---
## user

{{ order[question] }}
"""
SETTINGS = """schema: runtime/1
timeout: 0.4
deadline: 0.8
retry: {pause: 0.001, least: 1}
"""
STATE = '{"CANARYSTATE": 1}'
IMAGE = b"\x89PNG\r\n\x1a\nCANARYPIXELS"
HISTORY: list[Data] = [
    {"role": "user", "content": "CANARYTURN"},
    {
        "role": "assistant",
        "content": [
            {"type": "tool_use", "id": "CANARYID", "name": "CANARYNAME", "input": {"CANARYA": "b"}}
        ],
    },
    {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": "CANARYID", "content": "CANARYRESULT"}],
    },
    {"role": "assistant", "content": "CANARYSAID"},
]
VARIABLES: Mapping[str, Data] = {
    "question": "CANARYQUESTION",
    "order": {"CANARYFIELD": ["CANARYITEM", {"deep": "CANARYDEEP"}]},
    "history": HISTORY,
    "photo": {"file": "CANARYFILE.png"},
}
OPTIONS: Mapping[str, object] = {
    "feature": "CANARYFEATURE of a user",
    "user": "CANARYUSER",
    "conversation": "CANARYCONVERSATION",
    "tenant": "CANARYTENANT",
    "pin": "CANARYPIN",
    "files": {"CANARYFILE.png": IMAGE},
}


class Ear:
    """Keeps what the application is told, as text."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def note(self, *things: object) -> None:
        self.told += [str(each) for each in things] + [repr(each) for each in things]

    def caught(self, error: BaseException) -> None:
        self.note(error, error.args)
        self.told.append("".join(traceback.format_exception(error)))

    def event(self, event: Event) -> None:
        self.note(event)
        raise LookupError("CANARYLISTENER")


@pytest.fixture
def server() -> Iterator[Stranger]:
    with stranger() as served:
        yield served


@pytest.fixture
def prompts(tmp_path: Path, server: Stranger, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.setenv("EVALGATE_USER_KEY", "CANARYUSERKEY-0123456789")
    folder = tmp_path / "prompts"
    for path, text in {
        "shop/v1.md": PROMPT,
        "shop/live.yaml": "stable: v1\n",
        "plan/v1.md": JINJA,
        "plan/live.yaml": "stable: v1\n",
        "runtime.yml": SETTINGS,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def choosing(prompt: str, unit: str) -> str | None:
    raise LookupError(f"CANARYCHOOSER {prompt} {unit}")


def failing(told: Unserved) -> str:
    raise LookupError(f"CANARYFALLBACK {told.variables}")


@pytest.fixture
def outside(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Callable[[], str]:
    """Return what tells all that has come out: files of the log, loggers, stdout and stderr."""
    caplog.set_level(logging.DEBUG)

    def found() -> str:
        files = [path.read_text() for path in (tmp_path / "logs").glob("*")]
        records = [f"{each.getMessage()} {each.args!r}" for each in caplog.records]
        return "\n".join([*files, *records, caplog.text, *capfd.readouterr()])

    return found


def leaks(text: str) -> list[str]:
    return [line[:300] for line in text.splitlines() if MARK in line]


def ask_all(served: Runtime, server: Stranger, ear: Ear) -> None:
    """Make every kind of call, whole and streamed, and keep what comes of it."""
    served.force("direct", Forced.CLOSED)
    for mode in (*ANSWERS, *FAILURES):
        server.mode = mode
        try:
            ear.note(repr(served.reply("shop", VARIABLES, **OPTIONS)))  # type: ignore[arg-type]
        except EvalgateError as error:
            ear.caught(error)
    for mode in (*STREAMS, *FAILURES):
        server.mode = mode
        try:
            with served.stream("shop", VARIABLES, **OPTIONS) as stream:  # type: ignore[arg-type]
                list(stream)
            ear.note(repr(stream), repr(stream.reply))
        except EvalgateError as error:
            ear.caught(error)
    with suppress(LookupError):
        server.mode = "overloaded"
        served.reply("shop", VARIABLES, fallback=failing, files={"CANARYFILE.png": IMAGE})
    server.mode = "wish"
    talk = served.conversation("shop", VARIABLES, **OPTIONS)  # type: ignore[arg-type]
    reply = talk.reply()
    server.mode = "answer"
    ear.note(repr(talk.give({each.id: "CANARYGIVEN" for each in reply.tool_calls})), repr(talk))
    ear.note(served, served.breakers(), served.live("shop"))


def test_a_runtime_tells_nobody_what_callers_and_servers_say(
    prompts: Path, tmp_path: Path, server: Stranger, outside: Callable[[], str]
) -> None:
    ear = Ear()
    with Runtime(prompts, log=tmp_path / "logs", chooser=choosing, on_event=ear.event) as served:
        ask_all(served, server, ear)
    assert leaks("\n".join(ear.told)) == []
    text = outside()
    assert leaks(text) == []
    assert text.count('"schema":"call/1"') == len((*ANSWERS, *FAILURES, *STREAMS, *FAILURES)) + 3


async def test_an_asynchronous_one_neither_and_a_cancelled_call_neither(
    prompts: Path, tmp_path: Path, server: Stranger, outside: Callable[[], str]
) -> None:
    ear = Ear()
    async with AsyncRuntime(prompts, log=tmp_path / "logs", on_event=ear.event) as served:
        served.force("direct", Forced.CLOSED)
        for mode in (*ANSWERS, *FAILURES):
            server.mode = mode
            try:
                ear.note(repr(await served.reply("shop", VARIABLES, **OPTIONS)))  # type: ignore[arg-type]
            except CallError as error:
                ear.caught(error)
        for mode in STREAMS:
            server.mode = mode
            try:
                async with served.stream("shop", VARIABLES, **OPTIONS) as stream:  # type: ignore[arg-type]
                    _ = [each async for each in stream]
            except CallError as error:
                ear.caught(error)
        server.mode = "slow"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await served.reply("shop", VARIABLES, **OPTIONS)  # type: ignore[arg-type]
    assert leaks("\n".join(ear.told)) == []
    text = outside()
    assert leaks(text) == []
    assert '"error":"cancelled"' in text


@pytest.mark.parametrize("cache", ["{kind: memory}", "{kind: sqlite, path: %s}"])
def test_what_is_remembered_stays_where_it_is(
    cache: str, prompts: Path, tmp_path: Path, outside: Callable[[], str]
) -> None:
    kept = tmp_path / "remembered.sqlite"
    rules = cache.replace("%s", str(kept))
    (prompts / "runtime.yml").write_text(f"{SETTINGS}cache: {rules}\nsampling: {{rate: 0}}\n")
    ear = Ear()
    with Runtime(prompts, log=tmp_path / "logs") as served:
        for key in ("", "CANARYIDEMPOTENCY", "CANARYIDEMPOTENCY", ""):
            reply = served.reply("shop", VARIABLES, idempotency_key=key, **OPTIONS)  # type: ignore[arg-type]
            ear.note(repr(reply))
        with pytest.raises(UsageError) as caught:
            served.reply(
                "shop",
                {**VARIABLES, "question": "another"},
                idempotency_key="CANARYIDEMPOTENCY",
                **OPTIONS,  # type: ignore[arg-type]
            )
        ear.caught(caught.value)
    assert leaks("\n".join(ear.told) + outside()) == []
    if kept.exists():
        with sqlite3.connect(kept) as connection:
            keys = [row[0] for row in connection.execute("SELECT key FROM remembered")]
        connection.close()
        assert keys
        assert MARK not in str(keys)


WRONG: Mapping[str, tuple[str, Mapping[str, object], Mapping[str, object]]] = {
    "an unknown variable": ("shop", {**VARIABLES, "my CANARYVARIABLE": "x"}, {}),
    "a missing variable": ("shop", {"question": "CANARYQUESTION"}, {}),
    "a wrong role": ("shop", {**VARIABLES, "history": [{"role": "CANARYROLE"}]}, {}),
    "a wrong conversation": ("shop", {**VARIABLES, "history": "CANARYTALK"}, {}),
    "a wrong turn": ("shop", {**VARIABLES, "history": ["CANARYTURN"]}, {}),
    "a wrong content": ("shop", {**VARIABLES, "history": [{"role": "user", "content": 77123}]}, {}),
    "a wrong block": (
        "shop",
        {**VARIABLES, "history": [{"role": "user", "content": [{"type": "CANARYTYPE"}]}]},
        {},
    ),
    "a result of no call": (
        "shop",
        {
            **VARIABLES,
            "history": [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "CANARYCALL", "content": "x"}
                    ],
                }
            ],
        },
        {},
    ),
    "a file that is not there": ("shop", {**VARIABLES, "photo": {"file": "CANARYGONE"}}, {}),
    "a text for a file": ("shop", {**VARIABLES, "photo": "CANARYTEXT"}, {}),
    "a file of no kind": ("shop", VARIABLES, {"files": {"CANARYFILE.png": b"\xff\xfeCANARY\x00"}}),
    "a value that is no JSON": ("shop", {**VARIABLES, "order": {"CANARYSET"}}, {}),
    "a key that a template looks for": ("plan", {"order": {"a": 1}, "question": "CANARYKEY"}, {}),
    "too long a key": ("shop", VARIABLES, {"idempotency_key": "CANARY" * 100}),
}


@pytest.mark.parametrize("name", WRONG)
def test_no_error_of_use_repeats_a_value(
    name: str, prompts: Path, tmp_path: Path, outside: Callable[[], str]
) -> None:
    prompt, variables, options = WRONG[name]
    given = {"files": {"CANARYFILE.png": IMAGE}, **options} if prompt == "shop" else options
    ear = Ear()
    with Runtime(prompts, log=tmp_path / "logs") as served:
        with pytest.raises(UsageError) as caught:
            served.reply(prompt, variables, **given)  # type: ignore[arg-type]
        ear.caught(caught.value)
        with pytest.raises(UsageError) as caught:
            served.conversation("shop", variables, state=STATE)  # type: ignore[arg-type]
        ear.caught(caught.value)
    assert leaks("\n".join(ear.told) + outside()) == []
    assert "77123" not in "\n".join(ear.told)
