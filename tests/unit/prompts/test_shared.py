"""Facts about the files of `prompts/_shared/`, and what a version that needs them is."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.prompts.shared import dependencies, identity, included, is_shared, own_identity

PLAIN = b"---\nmodel: m\n---\n## user\n\n{{q}}\n"
TONE = PLAIN + b'{% include "tone.v2.md" %}\n'


@pytest.mark.parametrize("name", ["tone.v2.md", "a.b-c_d.v10.txt", "x.v1.json", "größe.v1.md"])
def test_a_shared_file_is_named_with_its_version(name: str) -> None:
    assert is_shared(name)


@pytest.mark.parametrize(
    "name",
    ["tone.md", "tone.v0.md", "tone.v02.md", "tone.v1.yaml", "../x.v1.md", "a/x.v1.md", ".v1.md"],
)
def test_other_names_are_no_shared_files(name: str) -> None:
    assert not is_shared(name)


def test_identity_ignores_line_ends_and_byte_order_mark_and_nothing_else() -> None:
    same = b"\xef\xbb\xbf" + PLAIN.replace(b"\n", b"\r\n")
    assert own_identity(same) == own_identity(PLAIN) == sha256(PLAIN).hexdigest()
    assert own_identity(PLAIN + b" ") != own_identity(PLAIN)


def test_without_dependencies_the_identity_is_that_of_the_file() -> None:
    assert identity(PLAIN, {"tone.v2.md": b"x"}) == own_identity(PLAIN)


def test_with_dependencies_the_identity_counts_each_of_them_by_name() -> None:
    first = identity(TONE, {"tone.v2.md": b"kind"})
    assert first != own_identity(TONE)
    assert first == identity(TONE, {"tone.v2.md": b"kind", "other.v1.md": b""})
    assert first != identity(TONE, {"tone.v2.md": b"rude"})
    assert first == identity(TONE.replace(b"\n", b"\r\n"), {"tone.v2.md": b"\xef\xbb\xbfkind"})


def test_a_dependency_that_is_not_there_counts_as_missing() -> None:
    assert identity(TONE, {}) not in (own_identity(TONE), identity(TONE, {"tone.v2.md": b""}))


def test_dependencies_are_followed_through_circles_too() -> None:
    shared = {
        "tone.v2.md": b"{%- include 'b.v1.txt' -%}",
        "b.v1.txt": b'{% include "tone.v2.md" %}{%include "c.v1.json"%}',
    }
    assert dependencies(TONE, shared) == ("b.v1.txt", "c.v1.json", "tone.v2.md")


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ("output_schema: answer.v1.json", ("answer.v1.json",)),
        ("output_schema: 'answer.v1.json'", ("answer.v1.json",)),
        ("tools: [look-up.v2.json, b.v1.json]", ("b.v1.json", "look-up.v2.json")),
        ("tools:\n  - größe.v1.json", ("größe.v1.json",)),
        ("description: tone.v1.md", ()),
        ("output_schema: answer.v1.jsonl", ()),
        ("output_schema: answer.v1.json.bak", ()),
    ],
)
def test_json_files_are_found_in_the_front_matter(front: str, found: tuple[str, ...]) -> None:
    assert dependencies(f"---\n{front}\n---\n## user\nx\n".encode(), {}) == found


@pytest.mark.parametrize(
    "statement",
    [
        "{% include tone %}",
        '{% include ["a.v1.md"] %}',
        '{% include "a.v1.md" ignore missing %}',
        '{% include "\\x61.v1.md" %}',
        '{% include "a.md" %}',
        'see "a.v1.md"',
    ],
)
def test_only_the_plain_form_of_an_include_is_seen(statement: str) -> None:
    assert list(included(statement)) == []


def test_an_include_is_seen_with_its_line() -> None:
    text = "a\n{% include \"a.v1.md\" %}\n\n{%-\n  include 'b.v2.txt' +%}"
    assert list(included(text)) == [("a.v1.md", 2), ("b.v2.txt", 4)]


@given(st.binary())
def test_any_bytes_have_an_identity(content: bytes) -> None:
    assert len(identity(content, {"tone.v2.md": content})) == 64


@pytest.mark.parametrize("piece", [b"a.", b".v1", b'{% include "a', b"{% include ", b"{% "])
def test_hostile_repetitions_are_scanned_in_time(piece: bytes) -> None:
    content = b"---\n" + piece * 200_000 + b"\n---\n" + piece * 200_000
    assert dependencies(content, {}) == ()
