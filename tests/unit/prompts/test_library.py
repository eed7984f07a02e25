"""Facts about the prompts of one tree."""

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.shared import own_identity


def prompts(*paths: str, folder: str = "prompts") -> dict[str, Prompt]:
    tree = {path: b"stable: v1\n" if path.endswith("live.yaml") else b"" for path in paths}
    return read_prompts(tree, folder, FORMATS)


def test_a_prompt_is_a_folder_with_versions_or_a_live_pointer() -> None:
    found = prompts("prompts/a/v1.md", "prompts/b/live.yaml", "prompts/c/notes.md", "prompts/v1.md")
    assert sorted(found) == ["a", "b"]


def test_folders_that_start_with_an_underscore_hold_no_prompts() -> None:
    assert prompts("prompts/_shared/v1.md") == {}


def test_only_v_and_a_number_names_a_version() -> None:
    found = prompts("prompts/a/v1.md", "prompts/a/v02.md", "prompts/a/v3.txt", "prompts/a/x/v4.md")
    assert list(found["a"].versions) == ["v1"]


def test_the_folder_of_prompts_may_lie_deeper_and_is_no_prefix_of_another() -> None:
    paths = ("apps/x/prompts/a/v1.md", "apps/x/prompts-old/b/v1.md")
    found = prompts(*paths, folder="apps/x/prompts")
    assert list(found) == ["a"]
    assert found["a"].path("v1") == "apps/x/prompts/a/v1.md"


def test_without_a_live_pointer_nothing_was_ever_pointed_to() -> None:
    assert not prompts("prompts/a/v1.md")["a"].has_pointed_to("v1")


def test_what_a_rollout_gave_traffic_to_was_pointed_to_and_not_stable() -> None:
    live = (
        "stable: v1\nhistory: [{stable: v1, rollout: {version: v2, phase: rolled_back, hash: "
        f"{'ab' * 32}}}}}]\n"
    )
    files = {"prompts/a/v1.md": b"", "prompts/a/v2.md": b"", "prompts/a/live.yaml": live.encode()}
    prompt = read_prompts(files, "prompts", FORMATS)["a"]
    assert (prompt.has_pointed_to("v2"), prompt.was_stable("v2")) == (True, False)


VERSION = b"""---
model: m
max_tokens: 100
template: jinja
---
## user
{% include "tone.v1.md" %}
"""
TREE = {
    "prompts/a/v1.md": VERSION,
    "prompts/b/v1.md": b"broken",
    "prompts/_shared/tone.v1.md": b'Kind. {% include "names.v2.md" %}',
    "prompts/_shared/names.v2.md": b"Ada",
    "prompts/_shared/unused.v1.md": b"",
    "prompts/_shared/deeper/x.v1.md": b"",
    "prompts/_private/y.v1.md": b"",
}


def test_shared_files_are_read_once_for_all_prompts() -> None:
    found = read_prompts(TREE, "prompts", FORMATS)
    assert sorted(found["a"].shared) == ["names.v2.md", "tone.v1.md", "unused.v1.md"]
    assert found["a"].shared is found["b"].shared


def test_a_version_depends_on_what_it_includes_and_what_that_includes() -> None:
    found = read_prompts(TREE, "prompts", FORMATS)
    assert found["a"].dependencies("v1") == ("names.v2.md", "tone.v1.md")
    assert found["b"].dependencies("v1") == ()
    assert found["a"].dependencies("v9") == ()


def test_an_edited_include_changes_the_identity_but_not_the_file_s_own() -> None:
    before = read_prompts(TREE, "prompts", FORMATS)["a"]
    after = read_prompts(TREE | {"prompts/_shared/names.v2.md": b"Eve"}, "prompts", FORMATS)["a"]
    assert before.identity("v1") != after.identity("v1")
    assert before.own_identity("v1") == after.own_identity("v1") == own_identity(VERSION)
    assert before.shared_identity("names.v2.md") != after.shared_identity("names.v2.md")
    assert before.shared_identity("tone.v1.md") == after.shared_identity("tone.v1.md")


def test_an_unused_shared_file_changes_nothing() -> None:
    before = read_prompts(TREE, "prompts", FORMATS)["a"]
    after = read_prompts(TREE | {"prompts/_shared/unused.v1.md": b"x"}, "prompts", FORMATS)["a"]
    assert before.identity("v1") == after.identity("v1")


def test_a_missing_include_has_an_identity_and_cannot_be_read() -> None:
    tree = {"prompts/a/v1.md": VERSION}
    prompt = read_prompts(tree, "prompts", FORMATS)["a"]
    whole = read_prompts(TREE, "prompts", FORMATS)["a"]
    assert prompt.identity("v1") not in (None, own_identity(VERSION), whole.identity("v1"))
    assert (prompt.dependencies("v1"), prompt.shared_identity("tone.v1.md")) == (
        ("tone.v1.md",),
        None,
    )
    with pytest.raises(ConfigurationError, match=r"prompts/_shared/"):
        prompt.read("v1", FORMATS)


def test_what_is_not_there_has_no_identity() -> None:
    prompt = read_prompts(TREE, "prompts", FORMATS)["a"]
    assert (prompt.identity("v2"), prompt.own_identity("v2")) == (None, None)


def test_a_version_is_read_with_the_shared_files_of_its_tree() -> None:
    prompt = read_prompts(TREE, "prompts", FORMATS)["a"]
    version = prompt.read("v1", FORMATS)
    assert version.hash == prompt.identity("v1")
    assert version.parts[0].template.fill({}) == "Kind. Ada"


def test_the_problems_of_all_live_pointers_are_told_at_once() -> None:
    tree = {f"prompts/{name}/live.yaml": b"stabel: v1\n" for name in ("a", "b")}
    with pytest.raises(ConfigurationError) as caught:
        read_prompts(tree, "prompts", FORMATS)
    assert [problem.path for problem in caught.value.problems] == [
        "prompts/a/live.yaml",
        "prompts/b/live.yaml",
    ]
