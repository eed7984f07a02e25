"""Facts about reading one prompt from a folder."""

import os
from pathlib import Path

import pytest

from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.errors import UsageError


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    for name in ("reply", "reply/drafts", "other", "_shared", ".hidden"):
        (folder / name).mkdir(parents=True)
    for name in ("reply/v1.md", "reply/live.yaml", "other/v1.md", "_shared/tone.v1.md"):
        (folder / name).write_text(name)
    os.mkfifo(folder / "reply/pipe")
    return folder


def test_the_files_of_the_prompt_and_the_shared_ones_are_read(prompts: Path) -> None:
    assert read_prompt_folder(prompts, "reply") == {
        f"{prompts}/{name}": name.encode()
        for name in ("reply/live.yaml", "reply/v1.md", "_shared/tone.v1.md")
    }


def test_an_unknown_prompt_is_an_error_with_the_nearest(prompts: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no prompt `replay` .*did you mean `reply`"):
        read_prompt_folder(prompts, "replay")


@pytest.mark.parametrize("name", ["", ".", "..", "_shared", "reply/drafts", "../prompts", "a\0"])
def test_what_is_no_name_of_a_prompt_is_an_error(prompts: Path, name: str) -> None:
    with pytest.raises(UsageError, match="there is no prompt"):
        read_prompt_folder(prompts, name)


def test_a_folder_that_is_not_there_is_an_error_that_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No such file or directory; name .* with --folder"):
        read_prompt_folder(tmp_path / "none", "reply")
