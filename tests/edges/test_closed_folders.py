"""Facts about folders of prompts that the user may not read, with the real git."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.act.runner import git

SETPRIV = shutil.which("setpriv")
READS_ALL = "-dac_override,-dac_read_search"
"""What the superuser has to give up to be as other users are."""

pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and SETPRIV is None, reason="root may read everything"
)


def evalgate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evalgate", *words]
    if os.geteuid() == 0:
        command = [
            *("setpriv", f"--bounding-set={READS_ALL}", f"--inh-caps={READS_ALL}"),
            *command,
        ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "prompts" / "p").mkdir(parents=True)
    (tmp_path / "prompts" / "p" / "v1.md").write_text("---\nmodel: claude-haiku-5-5\n---\nHello.\n")
    return tmp_path


@pytest.mark.parametrize("words", [("check",), ("prompts", "list")])
@pytest.mark.parametrize("is_tracked", [True, False])
@pytest.mark.parametrize("closed", ["prompts", "prompts/p", "prompts/p/v1.md"])
def test_what_cannot_be_read_is_an_error_and_never_green(
    shop: Path, closed: str, is_tracked: bool, words: tuple[str, ...]
) -> None:
    if is_tracked:
        git(shop, "add", "--all")
    (shop / closed).chmod(0)
    done = evalgate(shop, *words)
    (shop / closed).chmod(0o700)
    assert done.returncode == 2, done.stderr
    assert closed in done.stderr
    assert "Permission denied" in done.stderr


@pytest.mark.parametrize("words", [("monitor", "--once"), ("alert", "list")])
def test_a_policy_that_cannot_be_read_is_an_error_and_not_taken_for_none(
    shop: Path, words: tuple[str, ...]
) -> None:
    (shop / ".github").mkdir(mode=0)
    done = evalgate(shop, *words)
    (shop / ".github").chmod(0o700)
    assert done.returncode == 2, done.stderr
    assert "cannot read" in done.stderr


def test_prompts_that_cannot_be_read_hide_no_other_item_of_the_doctor(shop: Path) -> None:
    (shop / "prompts").chmod(0)
    done = evalgate(shop, "doctor")
    (shop / "prompts").chmod(0o700)
    assert done.returncode == 1, done.stderr
    assert "Permission denied" in done.stdout
    assert "42 items" in done.stdout


def test_scores_that_cannot_be_read_are_missing_on_the_board(shop: Path) -> None:
    (shop / "scores").mkdir(mode=0)
    done = evalgate(shop, "monitor", "--once")
    (shop / "scores").chmod(0o700)
    assert done.returncode == 4, done.stderr
    assert "scores" in done.stdout + done.stderr
