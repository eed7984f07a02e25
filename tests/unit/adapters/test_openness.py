"""Facts about who can read the files of a folder."""

from pathlib import Path

import pytest

from evalgate.adapters.openness import EVERYBODY, OTHERS, oldest_seconds, open_paths


def folder(place: Path, mode: int, **files: int) -> Path:
    made = place / "logs"
    made.mkdir()
    for name, rights in files.items():
        (made / name).write_text("x", "utf-8")
        (made / name).chmod(rights)
    made.chmod(mode)
    return made


@pytest.mark.parametrize(
    ("mode", "rights", "found"),
    [
        (0o755, EVERYBODY, ["world"]),
        (0o755, OTHERS, ["group", "world"]),
        (0o751, EVERYBODY, ["world"]),
        (0o744, EVERYBODY, []),
        (0o750, EVERYBODY, []),
        (0o750, OTHERS, ["group", "world"]),
        (0o700, OTHERS, []),
    ],
)
def test_files_are_open_where_others_may_enter_and_read(
    tmp_path: Path, mode: int, rights: int, found: list[str]
) -> None:
    made = folder(tmp_path, mode, own=0o600, group=0o640, world=0o644)
    assert sorted(Path(path).name for path in open_paths(made, rights)) == found


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        open_paths(tmp_path / "gone", OTHERS)


def test_the_oldest_file_is_found(tmp_path: Path) -> None:
    assert oldest_seconds(tmp_path) is None
    made = folder(tmp_path, 0o700, old=0o600, new=0o600)
    stamp = (made / "new").stat().st_mtime
    assert oldest_seconds(made) == (made / "old").stat().st_mtime <= stamp
