"""Facts about the line of a sampled call."""

import json

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.spool_lines import line_of
from evalgate.model.content import Attachment, Opaque, Text, ToolCall, ToolResult
from tests.edges.samples import make_sample


def test_a_line_holds_what_scoring_needs() -> None:
    assert json.loads(line_of(make_sample())) == snapshot(
        {
            "schema": "sample/1",
            "ts": 1000.5,
            "request_id": "req-1",
            "prompt": "support-reply",
            "version": "v2",
            "prompt_hash": "abc",
            "arm": "canary",
            "feature": "support",
            "route": None,
            "provider": None,
            "model": None,
            "probability": 0.1,
            "stratum": "uniform",
            "marks": ["canary"],
            "smell": [],
            "request": {
                "model": "claude-haiku-5-5",
                "system": "Be kind.",
                "turns": [{"role": "user", "content": "Where is it?"}],
            },
            "text": "It is on its way.",
            "tool_calls": [],
            "stop_reason": "end_turn",
        }
    )


def test_blocks_are_told_without_files_and_thoughts() -> None:
    blocks = (
        Text(text="Look"),
        Attachment(name="a.png", media_type="image/png", sha256="0" * 64, content=b"secret"),
        ToolCall(id="t", name="look_up", input={"a": 1}),
        ToolResult(call="t", content="found"),
        Opaque(data={"thinking": "secret"}),
    )
    told = json.loads(line_of(make_sample(content=blocks)))["request"]["turns"][0]["content"]
    assert [each["type"] for each in told] == ["text", "attachment", "tool_use", "tool_result"]
    assert "secret" not in str(told)


@given(st.text(st.characters()))
def test_any_text_is_one_line_and_comes_back(text: str) -> None:
    line = line_of(make_sample(text))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line)["text"] == text
