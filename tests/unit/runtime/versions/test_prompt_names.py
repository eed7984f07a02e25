"""Facts about the names of prompts."""

from pathlib import Path

import pytest

from evalgate.errors import ConfigurationError
from evalgate.runtime.versions.prompt_names import LONGEST_NAME, is_prompt_name, prompt_names


@pytest.mark.parametrize("name", ["support-reply", "rechnung-prüfen", "a", "x" * LONGEST_NAME])
def test_plain_words_are_names(name: str) -> None:
    assert is_prompt_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "..data", "_shared", "a/b", "a\\b", "a\0", "a\n", "\ud800", "x" * 201]
)
def test_what_leads_elsewhere_is_none(name: str) -> None:
    assert not is_prompt_name(name)


def test_hidden_and_shared_folders_are_no_prompts(tmp_path: Path) -> None:
    for name in ("b", "a", "_shared", "..data", ".git"):
        (tmp_path / name).mkdir()
    assert prompt_names(tmp_path) == ["a", "b"]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="gone: cannot be listed: No such file"):
        prompt_names(tmp_path / "gone")
