"""Spans with the real SDK of OpenTelemetry, around calls of the real Claude SDK over real HTTP."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace

from evalgate.model.chat import Usage
from evalgate.runtime.logbook.telemetry import ATTRIBUTES, attributes_of
from tests.unit.runtime.records import RECORD

SPANS = """
import asyncio, json
from dataclasses import replace
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from evalgate.adapters.claude import ClaudeModel
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.content import Turn
from evalgate.runtime.logbook.tracing import open_span
from evalgate.simulator.rules import Behaviour, Rules
from evalgate.simulator.server import SimulatorServer
from tests.unit.runtime.records import RECORD

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
RULES = Rules(path="r", seed="s", behaviours=(Behaviour(name="all", says="ANSWER-CANARY"),))


async def call(url, tokens):
    turn = Turn(role="user", content="PROMPT-CANARY")
    request = ChatRequest(model="claude-haiku-5-5", max_tokens=tokens, turns=(turn,))
    async with ClaudeModel(api_key="any", base_url=url) as claude:
        with trace.get_tracer("application").start_as_current_span("request"):
            span = open_span(model=request.model, prompt="support-reply")
            with span.current():
                answers = [await claude.send(request, within=10) for _ in range(2)]
            span.end(replace(RECORD, trace_id=span.trace_id))
        assert all(isinstance(answer, Completion) for answer in answers), answers
    return span.trace_id


async def sdk(url):
    from anthropic import AsyncAnthropic
    async with AsyncAnthropic(api_key="any", base_url=url) as client:
        messages = [{"role": "user", "content": "Hi"}]
        await client.messages.create(model="claude-haiku-5-5", max_tokens=9, messages=messages)


async def main():
    async with SimulatorServer([RULES]) as server:
        ids = [await call(server.base_url, tokens) for tokens in (64, 60_000)]
        ours = exporter.get_finished_spans()
        exporter.clear()
        await sdk(server.base_url)
    theirs = exporter.get_finished_spans()
    print(json.dumps({
        "ids": ids,
        "ours": [json.loads(span.to_json()) for span in ours],
        "theirs": [json.loads(span.to_json()) for span in theirs],
    }))


asyncio.run(main())
"""


def run(program: str, **environment: str) -> str:
    command = (sys.executable, "-W", "error::DeprecationWarning:opentelemetry", "-c", program)
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_call_of_several_attempts_has_one_client_span_and_no_content() -> None:
    told = run(SPANS, ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE="content")
    found = json.loads(told)
    client = [span for span in found["ours"] if span["kind"] == "SpanKind.CLIENT"]
    parents = [span for span in found["ours"] if span["name"] == "request"]
    assert [span["name"] for span in client] == ["chat claude-haiku-5-5"] * 2
    assert len(found["ours"]) == 4
    assert [span["parent_id"] for span in client] == [
        span["context"]["span_id"] for span in parents
    ]
    assert [span["context"]["trace_id"] for span in client] == [
        f"0x{each}" for each in found["ids"]
    ]
    assert "CANARY" not in json.dumps(found["ours"])
    attributes = client[0]["attributes"]
    assert attributes["gen_ai.prompt.name"] == "support-reply"
    assert attributes["gen_ai.prompt.version"] == "v3"
    assert attributes["evalgate.arm"] == "canary"
    assert attributes["evalgate.cost_usd"] == RECORD.cost_usd
    assert [span["name"] for span in found["theirs"]] == ["anthropic.messages.create"]


UNTRACED = """
import sys
from evalgate.runtime.logbook.tracing import open_span
from tests.unit.runtime.records import RECORD

span = open_span(model="m", prompt="p")
with span.current():
    pass
span.end(RECORD)
print(span.trace_id, *[name for name in sys.modules if name.startswith("opentelemetry")])
import opentelemetry.trace
span = open_span(model="m", prompt="p")
with span.current():
    pass
span.end(RECORD)
print(span.trace_id, "opentelemetry.sdk" in sys.modules)
"""


def test_opentelemetry_is_not_loaded_for_a_process_that_does_without_it() -> None:
    assert run(UNTRACED).splitlines() == ["None", "None False"]


def test_input_tokens_of_a_span_count_the_cached_ones() -> None:
    usage = Usage(
        input_tokens=1,
        output_tokens=20,
        cache_write_5m_tokens=300,
        cache_write_1h_tokens=4000,
        cache_read_tokens=50_000,
    )
    tokens = {
        name.removeprefix("gen_ai.usage."): value
        for name, value in attributes_of(replace(RECORD, usage=usage)).items()
        if name.startswith("gen_ai.usage.")
    }
    assert tokens == {
        "input_tokens": 54_301,
        "output_tokens": 20,
        "cache_read.input_tokens": 50_000,
        "cache_write.input_tokens": 4300,
    }


def test_what_is_not_known_of_a_call_is_no_attribute() -> None:
    bare = replace(
        RECORD, usage=None, cost_usd=None, model=None, provider=None, tries=(), ttft_ms=None
    )
    found: Mapping[str, object] = attributes_of(bare)
    assert not [name for name in found if name.startswith("gen_ai.usage.")]
    assert "evalgate.cost_usd" not in found
    assert "gen_ai.provider.name" not in found
    assert "evalgate.failures" not in found
    assert set(found) <= set(ATTRIBUTES)


def test_failed_attempts_are_told_in_words() -> None:
    assert attributes_of(RECORD)["evalgate.failures"] == ["direct overloaded"]
    assert attributes_of(RECORD)["gen_ai.response.time_to_first_chunk"] == 0.21
