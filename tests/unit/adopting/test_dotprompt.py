"""Facts about adopting dotprompt files."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adopting.adoption import Adoption
from evalgate.adopting.dotprompt import adopt_dotprompt
from evalgate.errors import ConfigurationError

FILE = """\
---
model: googleai/gemini-3.0-flash
description: Greets.
config: {temperature: 0.9, maxOutputTokens: 300, stopSequences: [x]}
input:
  schema: {name: string, style?: string}
  default: {style: plain}
output:
  format: json
  schema: {greeting: string}
tools: [lookup]
---
{{role "system"}}
Greet in style {{style}}.
{{role "user"}}
I am {{name}}.
"""


def adopted(text: str = FILE, path: str = "x/greet.formal.prompt") -> Adoption:
    return adopt_dotprompt(path, text, parser=FORMATS, partials={"tone": "Be kind, {{name}}."})


def test_settings_and_messages_are_taken_over() -> None:
    adoption = adopted()
    assert adoption.name == "greet-formal"
    assert adoption.max_tokens == 300
    assert adoption.model is None
    assert [part.role for part in adoption.messages] == ["system", "user"]
    assert adoption.front["inputs"] == ["name", "style"]
    schema = adoption.front["output_schema"]
    assert isinstance(schema, dict)
    assert schema["required"] == ["greeting"]


def test_everything_left_out_is_said() -> None:
    notes = " ".join(adopted().notes)
    for word in ("gemini", "temperature", "stopSequences", "defaults", "tools"):
        assert word in notes


def test_a_claude_model_is_kept() -> None:
    text = FILE.replace("googleai/gemini-3.0-flash", "anthropic/claude-haiku-5-5")
    assert adopted(text).model == "claude-haiku-5-5"


def test_kinds_of_inputs_are_declared() -> None:
    text = "---\nmodel: m\n---\n{{history}}Look: {{media url=photo}} {{q}}"
    assert adopted(text).front["inputs"] == {"history": "messages", "photo": "image"}


def test_a_partial_becomes_a_shared_file() -> None:
    adoption = adopted("---\nmodel: m\n---\n{{> tone}} {{name}}")
    assert adoption.shared == {"tone.v1.md": "Be kind, {{name}}.\n"}
    assert adoption.front["template"] == "jinja"


def test_a_missing_partial_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"no file `_nothere\.prompt`"):
        adopted("---\nmodel: m\n---\n{{> nothere}}")


def test_a_wrong_tag_is_placed_in_the_file() -> None:
    with pytest.raises(ConfigurationError, match="cannot be translated") as caught:
        adopted(FILE.replace("I am {{name}}.", "{{#with name}}"))
    assert [problem.line for problem in caught.value.problems] == [16]


def test_a_file_without_front_matter_is_all_body() -> None:
    assert adopted("Hi {{name}}").messages[0].text == "Hi {{name}}"
