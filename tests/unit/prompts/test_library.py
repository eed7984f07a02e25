"""Facts about the prompts of one tree."""

from evalgate.cli.adapters import FORMATS
from evalgate.prompts.library import Prompt, read_prompts


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
