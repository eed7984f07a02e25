"""Facts about `evalgate sync`, the whole command, with real repositories."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository
from tests.e2e.prompt_shop import LIVE, evalgate, make_prompts, pointer


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    create_repository(tmp_path / "remote", "main")
    commit_all(make_prompts(tmp_path / "remote"), "first")
    return tmp_path / "remote"


def sync(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return evalgate(folder, "sync", "--from", f"file://{folder}/remote", "--to", "live", *words)


def stable(folder: Path) -> str | None:
    return pointer(folder, "live/p/live.yaml").stable


def move(remote: Path, old: str, new: str) -> None:
    path = remote / LIVE
    path.write_text(path.read_text().replace(f"stable: {old}\n", f"stable: {new}\n", 1))
    commit_all(remote, f"to {new}")


def test_what_is_merged_is_delivered(tmp_path: Path, remote: Path) -> None:
    done = sync(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(": p v3\n")
    assert stable(tmp_path) == "v3"
    move(remote, "v3", "v2")
    assert sync(tmp_path).returncode == 0
    assert stable(tmp_path) == "v2"
    head = GitRepository(remote).resolve("HEAD")
    assert (tmp_path / "live/.revision").read_text() == f"{head}\n"


def test_what_is_there_already_is_left_as_it_is(tmp_path: Path, remote: Path) -> None:
    sync(tmp_path)
    assert evalgate(tmp_path, "rollback", "p", "--folder", "live").returncode == 0
    assert "is that of" in sync(tmp_path).stdout
    assert stable(tmp_path) == "v2"
    move(remote, "v3", "v1")
    done = sync(tmp_path)
    assert "The last move of p by ann, to v2, was not committed: v1 is served now." in done.stderr
    assert stable(tmp_path) == "v1"


def test_what_cannot_be_served_is_not_delivered(tmp_path: Path, remote: Path) -> None:
    sync(tmp_path)
    (remote / "prompts/p/v2.md").write_text("no front matter")
    move(remote, "v3", "v2")
    done = sync(tmp_path)
    assert done.returncode == 1
    assert "prompts/p/v2.md" in done.stderr
    assert "was not delivered" in done.stderr
    assert stable(tmp_path) == "v3"


def test_links_are_not_followed(tmp_path: Path, remote: Path) -> None:
    (remote / "prompts/p/v9.md").symlink_to("/etc/passwd")
    commit_all(remote, "a link")
    done = sync(tmp_path)
    assert (done.returncode, (tmp_path / "live").exists()) == (1, False)
    assert "a link or a submodule is not followed" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ref", "none"), "cannot fetch `none`"),
        (("--path", "../x"), "expected a folder of the repository"),
        (("--from", "file://ann:secret@nowhere.invalid/x"), "cannot fetch"),
        (("--to", "remote"), "was not made by `evalgate sync`"),
    ],
)
def test_what_cannot_be_done_is_an_error_without_a_secret(
    tmp_path: Path, remote: Path, words: tuple[str, ...], said: str
) -> None:
    assert remote.exists()
    done = sync(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert not (tmp_path / "live").exists()


@contextmanager
def syncing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    words = ("sync", "--from", "remote", "--to", "live", "--every", "1")
    process = subprocess.Popen(
        [sys.executable, "-m", "evalgate", *words],
        cwd=folder,
        env=os.environ.copy(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_it_goes_on_through_failures_until_it_is_asked_to_end(tmp_path: Path, remote: Path) -> None:
    with syncing(tmp_path) as process:
        wait_for((tmp_path / "live").exists)
        remote.rename(tmp_path / "away")
        time.sleep(1.5)
        (tmp_path / "away").rename(remote)
        move(remote, "v3", "v1")
        wait_for(lambda: stable(tmp_path) == "v1")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0
    assert "cannot fetch `main`" in said
    assert said.endswith("sync was asked to end; what is deployed stays\n")
