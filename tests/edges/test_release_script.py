"""The script that tags a release, against a real repository; only GitHub's own command is ours."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.act.runner import commit, git

SCRIPT = Path(__file__).parents[2] / ".ci/release"
STAND_IN = """\
#!/usr/bin/env bash
# Keeps releases as files, and refuses like the real command to make one twice.
set -eu
case "$1 $2" in
  "release view") test -f "$RELEASES/$3" ;;
  "release create") test ! -e "$RELEASES/$3" && cp "${@: -1}" "$RELEASES/$3" ;;
  *) exit 9 ;;
esac
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A clone whose origin is to get tags, and a folder that has the releases."""

    clone: Path
    releases: Path
    tools: Path

    def release(self, version: str, commit: str) -> subprocess.CompletedProcess[str]:
        notes = self.clone / "notes.md"
        notes.write_text(f"What is new in {version}.\n", "utf-8")
        variables = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "RELEASES": str(self.releases),
            "GITHUB_SHA": commit,
            "GITHUB_REPOSITORY": "o/r",
        }
        return subprocess.run(
            (str(SCRIPT), version, str(notes)),
            cwd=self.clone,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def tags(self) -> dict[str, str]:
        """Return the commits of origin's tags."""
        lines = git(self.clone, "ls-remote", "--tags", "origin").splitlines()
        return {line.split("refs/tags/")[1]: line.split()[0] for line in lines}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("origin.git", "clone", "releases", "tools"):
        (tmp_path / name).mkdir()
    (tmp_path / "tools/gh").write_text(STAND_IN, "utf-8")
    (tmp_path / "tools/gh").chmod(0o755)
    git(tmp_path / "origin.git", "init", "--quiet", "--bare")
    git(tmp_path / "clone", "init", "--quiet")
    git(tmp_path / "clone", "remote", "add", "origin", str(tmp_path / "origin.git"))
    return Place(clone=tmp_path / "clone", releases=tmp_path / "releases", tools=tmp_path / "tools")


def committed(place: Place, text: str) -> str:
    (place.clone / "file").write_text(text, "utf-8")
    return commit(place.clone, text)


def test_a_release_tags_the_commit_and_moves_the_major_tag(place: Place) -> None:
    first, second = committed(place, "one"), committed(place, "two")
    assert place.release("1.0.0", first).returncode == 0
    assert place.tags() == {"v1.0.0": first, "v1": first}
    assert place.release("1.1.0", second).returncode == 0
    assert place.tags() == {"v1.0.0": first, "v1.1.0": second, "v1": second}
    assert (place.releases / "v1.1.0").read_text("utf-8") == "What is new in 1.1.0.\n"


def test_a_release_that_broke_off_is_gone_on_with(place: Place) -> None:
    head = committed(place, "one")
    git(place.clone, "push", "--quiet", "origin", f"{head}:refs/tags/v1.0.0")
    assert place.release("1.0.0", head).returncode == 0
    done = place.release("1.0.0", head)
    assert done.returncode == 0, done.stderr
    assert place.tags() == {"v1.0.0": head, "v1": head}


def test_a_release_is_never_moved_to_another_commit(place: Place) -> None:
    first, second = committed(place, "one"), committed(place, "two")
    assert place.release("1.0.0", first).returncode == 0
    assert place.release("1.0.0", second).returncode != 0
    assert place.tags() == {"v1.0.0": first, "v1": first}


def test_a_major_tag_that_may_not_move_is_said_with_the_command(place: Place) -> None:
    first = committed(place, "one")
    hook = place.clone.with_name("origin.git") / "hooks/update"
    hook.write_text('#!/bin/sh\ntest "$1" != refs/tags/v1\n', "utf-8")
    hook.chmod(0o755)
    done = place.release("1.0.0", first)
    assert done.returncode == 1
    assert f"git push --force origin {first}:refs/tags/v1" in done.stdout
    assert place.tags() == {"v1.0.0": first}
