"""Facts about the wire form of a request; the SDK takes it from there in the edge tests."""

import pytest

from evalgate.adapters.claude_request import body, message, output_config, tool, trial_header
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Opaque, Text, Tool, ToolCall, ToolResult, Turn
from evalgate.model.document import Data


def content(*blocks: Text | Attachment | ToolCall | ToolResult | Opaque) -> Data:
    return message(Turn(role="user", content=blocks))["content"]


def file(name: str, media_type: str, body: bytes) -> Attachment:
    return Attachment(name=name, media_type=media_type, sha256="", content=body)


def test_plain_words_stay_plain_even_when_there_are_none() -> None:
    assert message(Turn(role="assistant", content="Hi")) == {"role": "assistant", "content": "Hi"}
    assert message(Turn(role="user", content="")) == {"role": "user", "content": ""}


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_an_image_goes_out_without_its_name(kind: str) -> None:
    source: Data = {"type": "base64", "media_type": f"image/{kind}", "data": "AP8="}
    image = file("a/b.img", f"image/{kind}", b"\x00\xff")
    assert content(image) == [{"type": "image", "source": source}]


def test_a_text_that_is_not_utf_8_is_sent_with_replacements() -> None:
    source: Data = {"type": "text", "media_type": "text/plain", "data": "a\ufffdb"}
    sent = content(file("a/b.md", "text/markdown", b"a\xffb"))
    assert sent == [{"type": "document", "source": source, "title": "b.md"}]


def test_a_tool_is_written_whole() -> None:
    schema: dict[str, Data] = {"type": "object", "required": ["\ud800"]}
    assert tool(Tool(name="get", description="d", input_schema=schema)) == {
        "name": "get",
        "description": "d",
        "input_schema": {"type": "object", "required": ["?"]},
    }


def test_only_what_is_asked_for_stands_in_the_output_configuration() -> None:
    plain = ChatRequest(model="m", max_tokens=1, turns=())
    assert output_config(plain) == {}
    asked = ChatRequest(model="m", max_tokens=1, turns=(), effort="max", output_schema={})
    assert output_config(asked) == {
        "effort": "max",
        "format": {"type": "json_schema", "schema": {}},
    }


def test_a_trial_is_escaped_for_the_header_and_none_has_none() -> None:
    assert trial_header("a b/\ud800") == {"X-Evalgate-Trial": "a b/?"}
    assert trial_header("ü%/0") == {"X-Evalgate-Trial": "%C3%BC%/0"}
    assert trial_header("") == {}


TOOLS = tuple(Tool(name=name, description="d", input_schema={}) for name in ("a", "b"))
MARK: Data = {"type": "ephemeral"}


def asked(
    *, system: str = "", tools: tuple[Tool, ...] = (), caches_prefix: bool = False
) -> dict[str, Data]:
    request = ChatRequest(
        model="m",
        max_tokens=1,
        turns=(Turn(role="user", content="Hi"),),
        system=system,
        tools=tools,
        caches_prefix=caches_prefix,
    )
    return body(request, model="id")


def test_a_body_holds_nothing_that_was_not_asked_for() -> None:
    assert asked() == {
        "model": "id",
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    assert asked(caches_prefix=True) == asked()


def test_what_is_remembered_ends_with_the_system_prompt() -> None:
    remembered = asked(system="s", tools=TOOLS, caches_prefix=True)
    assert remembered["system"] == [{"type": "text", "text": "s", "cache_control": MARK}]
    assert remembered["tools"] == asked(tools=TOOLS)["tools"]
    assert asked(system="s", tools=TOOLS)["system"] == "s"


@pytest.mark.parametrize("system", ["", " \n"])
def test_without_words_in_the_system_prompt_it_ends_with_the_last_tool(system: str) -> None:
    tools = asked(system=system, tools=TOOLS, caches_prefix=True)["tools"]
    assert isinstance(tools, list)
    assert ["cache_control" in tool for tool in tools if isinstance(tool, dict)] == [False, True]
    assert "cache_control" not in asked(system=system, tools=TOOLS, caches_prefix=True)
