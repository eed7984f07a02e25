"""Facts about the tools and the answer's schema that a version declares."""

import json

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.model.content import Tool
from evalgate.model.document import Data
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.version import read_version

SCHEMA: Data = {"type": "object", "properties": {"order": {"type": "string"}}}
LOOK_UP: dict[str, Data] = {"name": "look_up", "description": "Finds it.", "input_schema": SCHEMA}
TOOL = Tool(name="look_up", description="Finds it.", input_schema={**SCHEMA})  # type: ignore[dict-item]
SHARED = {
    "look-up.v1.json": json.dumps(LOOK_UP).encode(),
    "broken.v1.json": b"{",
    "list.v1.json": b"[]",
    "tone.v1.md": b"Be kind.",
}


def read(front: str) -> PromptVersion:
    text = f"---\nmodel: m\nmax_tokens: 100\n{front}\n---\n## user\nx\n"
    return read_version(
        "p", "prompts/p/v1.md", content=text.encode(), parser=FORMATS, shared=SHARED
    )


def problems(front: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(front)
    return [str(problem) for problem in caught.value.problems]


def test_a_tool_is_written_in_place_or_in_a_shared_file() -> None:
    assert read(f"tools: [{json.dumps(LOOK_UP)}]").tools == (TOOL,)
    assert read("tools: [look-up.v1.json]").tools == (TOOL,)
    assert read("tools: []").tools == read("").tools == ()


def test_the_answer_s_schema_is_written_in_place_or_in_a_shared_file() -> None:
    assert read("output_schema: {type: object}").output_schema == {"type": "object"}
    assert read("output_schema: look-up.v1.json").output_schema == LOOK_UP
    assert read("").output_schema is None


def test_shared_files_that_are_named_count_as_dependencies() -> None:
    version = read("tools: [look-up.v1.json]")
    assert version.dependencies == ("prompts/_shared/look-up.v1.json",)
    assert version.hash != read("tools: []").hash


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("tools: look-up.v1.json", ":4: tools: expected a list, got `look-up.v1.json`"),
        ("tools: [1]", ":4: tools[0]: expected a mapping, got the number 1"),
        (
            "tools: [look-pu.v1.json]",
            ":4: tools[0]: there is no file `look-pu.v1.json` in prompts/_shared/ "
            "(did you mean `look-up.v1.json`?)",
        ),
        ("tools: [look-up.json]", "<name>.v<N>.md, .txt or .json; got `look-up.json`"),
        ("tools: [../../secret.v1.json]", "expected the name of a file in prompts/_shared/"),
        ("tools: [tone.v1.md]", "tools[0]: expected the name of a JSON file"),
        ('tools: ["\\x6cook-up.v1.json"]', "write the name `look-up.v1.json` plainly"),
        ("tools: [broken.v1.json]", "prompts/_shared/broken.v1.json:1: not JSON"),
        ("tools: [list.v1.json]", "prompts/_shared/list.v1.json: expected a mapping, got a list"),
        (
            "tools: [look-up.v1.json, look-up.v1.json]",
            "tools[1]: the tool `look_up` is given twice",
        ),
        ("tools: [{name: a b, description: d, input_schema: {type: object}}]", "1 to 64 letters"),
        (f"tools: [{{name: {'a' * 65}, description: d}}]", "1 to 64 letters"),
        ("tools: [{name: a, input_schema: {type: object}}]", "the key `description` is missing"),
        ("tools: [{name: a, description: d}]", "the key `input_schema` is missing"),
        ("tools: [{name: a, description: d, input_schema: {}}]", "its type is nothing"),
        ("tools: [{name: a, description: d, input_schema: {type: array}}]", "its type is `array`"),
        (
            "tools: [{name: a, description: d, input_schema: 1}]",
            "expected a mapping, got the number",
        ),
        ("tools: [{nme: a}]", "unknown key (did you mean `name`?)"),
        ("output_schema: other.v1.json", "output_schema: there is no file `other.v1.json`"),
        ("output_schema: [1]", "output_schema: expected a mapping, got a list"),
        ("output_schema: broken.v1.json", "prompts/_shared/broken.v1.json:1: not JSON"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(front: str, expected: str) -> None:
    assert expected in problems(front)[0]
