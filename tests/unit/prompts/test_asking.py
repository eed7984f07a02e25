"""Facts about versions that ask the same."""

from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.asking import asks_alike
from evalgate.prompts.library import read_prompts

TEXT = """---
model: claude-haiku-5-5
max_tokens: 50
description: the first
{more}---
## system
You are kind.
## user
{{{{question}}}}
"""


def version(more: str = "", *, old: str = "", new: str = "") -> PromptVersion:
    text = TEXT.format(more=more).replace(old, new) if old else TEXT.format(more=more)
    tree = {"prompts/p/v1.md": text.encode(), "prompts/p/live.yaml": b"stable: v1\n"}
    return read_prompts(tree, "prompts", FORMATS)["p"].read("v1", FORMATS)


def test_what_is_never_sent_makes_no_difference() -> None:
    other = version("metadata: {owner: support}\n", old="the first", new="the second")
    assert asks_alike(version(), other)
    assert version().hash != other.hash


@pytest.mark.parametrize(
    "other",
    [
        version("effort: low\n"),
        version("output_schema: {type: object}\n"),
        version("tools: [{name: t, description: d, input_schema: {type: object}}]\n"),
        version(old="max_tokens: 50", new="max_tokens: 51"),
        version(old="haiku-5-5", new="sonnet-5-5"),
        version(old="kind", new="brief"),
        version(old="{{question}}", new="{{question}}!"),
        version(old="## user", new="## user\nHi\n## assistant\nHello\n## user"),
        version("template: jinja\n"),
    ],
)
def test_whatever_is_sent_makes_a_difference(other: PromptVersion) -> None:
    assert not asks_alike(version(), other)


ORDERED = "{type: object, properties: {why: {enum: [1]}, what: {type: string}}}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("why: {enum: [1]}, what: {type: string}", "what: {type: string}, why: {enum: [1]}"),
        ("[1]", "[true]"),
        ("[1]", "[1.0]"),
    ],
)
@pytest.mark.parametrize(
    "key",
    ["output_schema: {}\n", "tools: [{{name: t, description: d, input_schema: {}}}]\n"],
)
def test_schemas_are_alike_only_when_they_are_written_alike(key: str, old: str, new: str) -> None:
    # A model answers in the order of the keys, and true is another value than 1.
    one, other = key.format(ORDERED), key.format(ORDERED.replace(old, new))
    assert asks_alike(version(one), version(one + "metadata: {owner: us}\n"))
    assert not asks_alike(version(one), version(other))


def test_versions_that_include_shared_files_are_never_taken_for_alike() -> None:
    including = replace(version(), dependencies=("prompts/_shared/tone.v1.md",))
    assert not asks_alike(including, including)
