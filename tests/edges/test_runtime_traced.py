"""Spans of the real runtimes with the real SDK of OpenTelemetry: one for each line of the log."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio, json, sys, time
from contextlib import suppress
from pathlib import Path
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from evalgate import AsyncRuntime, CallError, Runtime, UsageError
from tests.edges.applications import application

exporter, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("application")
span = lambda name: tracer.start_as_current_span(name)
asked = lambda text: {"question": text}


def threads(runtime):
    with span("reply"):
        runtime.reply("shop", asked("CANARY"))
    with span("remembered"):
        runtime.reply("shop", asked("CANARY"))
    with span("stream"), runtime.stream("shop", asked("b")) as stream:
        list(stream)
    with span("left"), runtime.stream("shop", asked("c")):
        pass
    with span("late"), suppress(CallError):
        runtime.reply("shop", asked("d"), deadline=0.02)
    with span("wrong"), suppress(UsageError):
        runtime.reply("shop", {"CANARY": "CANARY"})


async def loop(runtime):
    async def one(name, text):
        with span(name):
            await runtime.reply("shop", asked(text))

    await asyncio.gather(one("one", "e"), one("two", "f"), one("three", "f"))
    with span("streams"):
        async with runtime.stream("shop", asked("g")) as stream:
            _ = [piece async for piece in stream]
    with span("leaves"):
        async with runtime.stream("shop", asked("h")):
            pass
    with span("cancels"):
        task = asyncio.create_task(runtime.reply("shop", asked("i")))
        await asyncio.sleep(0.03)
        task.cancel()
        await asyncio.wait({task})


async def asynchronous(*arguments, **options):
    async with AsyncRuntime(*arguments, **options) as runtime:
        await loop(runtime)


rules = {"runtime.yml": "schema: runtime/1\\ncache: {kind: memory}\\n"}
with application(Path(sys.argv[1]), files=rules, latency_ms=60) as app:
    with Runtime(app.prompts, log=app.logs, server=app.server.base_url) as runtime:
        threads(runtime)
    asyncio.run(asynchronous(app.prompts, log=app.logs, server=app.server.base_url))
    spans = [json.loads(each.to_json()) for each in exporter.get_finished_spans()]
    print(json.dumps({"spans": spans, "lines": app.lines()}))
"""
CALLS = (
    *("reply", "remembered", "stream", "left", "late"),
    *("one", "two", "three", "streams", "leaves", "cancels"),
)


def test_every_call_is_one_client_span_below_that_of_its_caller(tmp_path: Path) -> None:
    command = (sys.executable, "-c", PROGRAM, str(tmp_path))
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    client = [each for each in found["spans"] if each["kind"] == "SpanKind.CLIENT"]
    others = {each["context"]["span_id"]: each for each in found["spans"] if each not in client}
    parents = [others[each["parent_id"]] for each in client]
    assert sorted(each["name"] for each in parents) == sorted(CALLS)
    assert {each["name"] for each in others.values()} == {*CALLS, "wrong"}
    told = {each["attributes"]["evalgate.request_id"]: each for each in client}
    logged = {each["request_id"]: each for each in found["lines"]}
    assert told.keys() == logged.keys()
    for name, line in logged.items():
        assert told[name]["context"]["trace_id"] == f"0x{line['trace_id']}"
        assert told[name]["attributes"]["evalgate.served_by"] == line["served_by"]
    assert "CANARY" not in ended.stdout
