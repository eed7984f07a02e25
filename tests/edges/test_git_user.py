"""Facts about who works here, as git knows them."""

from pathlib import Path

import pytest

from evalgate.adapters.git_process import check
from evalgate.adapters.git_user import git_user
from evalgate.adapters.git_writing import create_repository


def test_the_name_is_that_of_the_repository(tmp_path: Path) -> None:
    create_repository(tmp_path, "main")
    check(tmp_path, "config", "user.name", "Ann")
    assert git_user(tmp_path) == "Ann"


def test_without_git_or_a_name_it_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    assert git_user(tmp_path) == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_user(tmp_path) == ""
