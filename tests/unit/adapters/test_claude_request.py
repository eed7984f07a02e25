"""Facts about the wire form of a request; the SDK takes it from there in the edge tests."""

import pytest

from evalgate.adapters.claude_request import message, output_config, tool, trial_header
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
