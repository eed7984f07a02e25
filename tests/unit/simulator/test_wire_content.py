import base64
import hashlib
from collections.abc import Mapping

import pytest

from evalgate.model.content import Attachment, Opaque, Text, ToolCall, ToolResult
from evalgate.model.document import Data
from evalgate.simulator.wire_content import LARGEST_IMAGE, content_problems, read_content

PNG = b"\x89PNG\r\n\x1a\n0123"
PDF = b"%PDF-1.7 x"
BEGINNINGS = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/gif": b"GIF89a",
    "image/webp": b"RIFF\n\x00\x00\x00WEBPVP8 ",
}
CALL: dict[str, Data] = {"type": "tool_use", "id": "t1", "name": "get", "input": {"a": [1]}}
RESULT: dict[str, Data] = {"type": "tool_result", "tool_use_id": "t1"}


def encoded(content: bytes, media_type: str) -> dict[str, Data]:
    data = base64.b64encode(content).decode()
    return {"type": "base64", "media_type": media_type, "data": data}


def image(content: bytes = PNG, media_type: str = "image/png", **changes: Data) -> dict[str, Data]:
    return {"type": "image", "source": {**encoded(content, media_type), **changes}}


def document(source: Data, **more: Data) -> dict[str, Data]:
    return {"type": "document", "source": source, **more}


def plain(text: Data) -> dict[str, Data]:
    return {"type": "text", "media_type": "text/plain", "data": text}


def result(**changes: Data) -> dict[str, Data]:
    return {**RESULT, **changes}


def attachment(name: str, media_type: str, content: bytes) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name=name, media_type=media_type, sha256=digest, content=content)


def problems(block: Data, *, role: str = "user") -> list[str]:
    return list(content_problems([block], role=role))


@pytest.mark.parametrize(("media_type", "content"), BEGINNINGS.items())
def test_an_image_of_each_type_is_read(media_type: str, content: bytes) -> None:
    block = image(content, media_type)
    assert problems(block) == []
    assert read_content([block]) == (attachment("", media_type, content),)


def test_documents_are_read_with_their_titles() -> None:
    pdf = document(encoded(PDF, "application/pdf"), title="a.pdf")
    note = document(plain("größe"))
    assert problems(pdf) == problems(note) == []
    assert read_content([pdf, note]) == (
        attachment("a.pdf", "application/pdf", PDF),
        attachment("", "text/plain", "größe".encode()),
    )


def test_calls_results_and_thinking_are_read() -> None:
    thinking: dict[str, Data] = {"type": "thinking", "thinking": "", "signature": "s"}
    assert content_problem_free([thinking, CALL], role="assistant") == (
        Opaque(data=thinking),
        ToolCall(id="t1", name="get", input={"a": [1]}),
    )
    failed = result(content="gone", is_error=True)
    assert content_problem_free([RESULT, failed, {"type": "text", "text": "?"}], role="user") == (
        ToolResult(call="t1", content=""),
        ToolResult(call="t1", content="gone", failed=True),
        Text(text="?"),
    )


def content_problem_free(blocks: list[Data], *, role: str) -> object:
    assert list(content_problems(blocks, role=role)) == []
    return read_content(blocks)


def test_of_blocks_in_a_result_what_can_be_read_remains() -> None:
    inner: list[Data] = [{"type": "text", "text": "a"}, image(), {"type": "text", "text": "b"}]
    digest = hashlib.sha256(PNG).hexdigest()[:12]
    assert content_problem_free([result(content=inner)], role="user") == (
        ToolResult(call="t1", content=f"a\n[image: {digest}]\nb"),
    )


@pytest.mark.parametrize(
    ("block", "start"),
    [
        ({"type": "video"}, ".0.type: expected one of text, image, document, tool_use"),
        ({"type": 7}, ".0.type: expected one of"),
        ("text", ".0.type: expected one of"),
        ({"type": "text"}, ".0.text: expected a text"),
        ({"type": "text", "text": " \n"}, ".0.text: expected a text that is not empty"),
        ({"type": "image"}, ".0.source.type: expected `base64`"),
        ({"type": "image", "source": {"type": "url", "url": "x"}}, ".0.source.type:"),
        (image(media_type="image/bmp"), ".0.source.media_type: expected one of image/jpeg"),
        (image(data="not base64!"), ".0.source.data: expected base64"),
        (image(data="iVBOR!w0KGgo="), ".0.source.data: expected base64"),
        (image(data="größe"), ".0.source.data: expected base64"),
        (image(data=""), ".0.source.data: expected base64"),
        (image(data=7), ".0.source.data: expected base64"),
        (image(b"GIF89a"), ".0.source.data: what it holds is not image/png"),
        (image(data="A" * (LARGEST_IMAGE + 1)), ".0.source.data: the image exceeds 10 MB"),
        (document({"type": "url", "url": "x"}), ".0.source: expected `base64` of application/pdf"),
        (document(encoded(PNG, "image/png")), ".0.source: expected `base64` of application/pdf"),
        (document(encoded(b"text", "application/pdf")), ".0.source.data: what it holds is not"),
        (document(plain("")), ".0.source.data: expected a text that is not empty"),
        (document(plain("a"), title=7), ".0.title: expected a text"),
        (result(tool_use_id="a b"), ".0.tool_use_id: expected a text like"),
        (result(tool_use_id=None), ".0.tool_use_id: expected a text like"),
        (result(content=7), ".0.content: expected a text or a list of blocks"),
        (result(is_error="yes"), ".0.is_error: expected true or false"),
        (result(is_error=True, content=""), ".0.content: expected a text that says what failed"),
        (result(content=[{"type": "x"}]), ".0.content.0.type: expected one of"),
        (result(content=[RESULT]), ".0.content: a result cannot hold another one"),
        (CALL, ".0: a `tool_use` block belongs in a turn of the assistant"),
        ({"type": "thinking"}, ".0: a `thinking` block belongs in a turn of the assistant"),
    ],
)
def test_what_the_api_refuses_in_a_user_s_turn_is_refused(block: Data, start: str) -> None:
    assert problems(block)[0].startswith(start)


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"id": "a b"}, ".0.id:"),
        ({"id": None}, ".0.id:"),
        ({"name": "get order"}, ".0.name:"),
        ({"name": "g" * 65}, ".0.name:"),
        ({"input": "a"}, ".0.input: expected an object"),
        ({"type": "thinking"}, ".0.thinking: expected a text"),
        ({"type": "redacted_thinking"}, ".0.data: expected a text"),
        ({"type": "tool_result"}, ".0: a `tool_result` block belongs in a turn of the user"),
        ({"type": "document"}, ".0: a `document` block belongs in a turn of the user"),
        ({"type": "image"}, ".0: a `image` block belongs in a turn of the user"),
    ],
)
def test_what_the_api_refuses_in_an_assistant_s_turn_is_refused(
    changes: Mapping[str, Data], start: str
) -> None:
    assert problems({**CALL, **changes}, role="assistant")[0].startswith(start)
