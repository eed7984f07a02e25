"""Facts about a folder that is replaced as a whole."""

import os
from pathlib import Path

import pytest

from evalgate.adapters.release_folder import KEPT, REVISION, ReleaseFolder
from evalgate.errors import UsageError

FILES = {"p/v1.md": b"one", "p/live.yaml": b"stable: v1\n"}


def releases(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "live.d").iterdir())


def test_a_release_is_a_folder_that_a_link_leads_to(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    assert (release.revision(), release.files()) == (None, {})
    release.replace("c1", FILES)
    assert release.revision() == "c1"
    assert release.files() == {**FILES, REVISION: b"c1\n"}
    assert (tmp_path / "live").readlink() == Path("live.d/c1")


def test_a_file_that_was_opened_before_is_read_to_its_end(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    release.replace("c1", FILES)
    with (tmp_path / "live/p/v1.md").open("rb") as file:
        release.replace("c2", {"p/v1.md": b"two"})
        assert file.read() == b"one"
    assert (tmp_path / "live/p/v1.md").read_bytes() == b"two"
    assert not (tmp_path / "live/p/live.yaml").exists()


def test_only_the_last_releases_stay(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    for number in range(KEPT + 2):
        release.replace(f"c{number}", FILES)
        os.utime(tmp_path / f"live.d/c{number}", (number, number))
    assert releases(tmp_path) == ["c2", "c3", "c4"]


def test_a_release_that_comes_back_is_written_anew(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    release.replace("c1", FILES)
    (tmp_path / "live/p/live.yaml").write_bytes(b"stable: v9\n")
    release.replace("c2", FILES)
    release.replace("c1", FILES)
    assert (release.revision(), release.files()["p/live.yaml"]) == ("c1", b"stable: v1\n")
    assert (tmp_path / "live").readlink() == Path("live.d/c1-2")


def test_what_a_killed_process_has_left_is_removed(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    release.replace("c1", FILES)
    (tmp_path / "live.d/.new-1/p").mkdir(parents=True)
    (tmp_path / "live.d/.link-1").symlink_to("nowhere")
    release.cache.mkdir()
    release.replace("c2", FILES)
    assert releases(tmp_path) == [".cache", "c1", "c2"]


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "live")
    for name in ("live", "link"):
        with pytest.raises(UsageError, match="was not made by `evalgate sync`"):
            ReleaseFolder(tmp_path / name)


def test_a_release_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path / "live")
    release.replace("c1", FILES)
    with pytest.raises(UsageError, match="what was current still is"):
        release.replace("c2", {"p": b"a file", "p/v1.md": b"in a file"})
    assert release.revision() == "c1"
    assert releases(tmp_path) == ["c1"]
