"""Facts about the folder of a run."""

from pathlib import Path

import pytest

from evalgate.adapters.run_folder import hold, make_folder, write_files
from evalgate.errors import UsageError

NAMES = ("verdict.json", "trials.jsonl")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_are_written_whole_into_a_folder_that_is_made_as_needed(tmp_path: Path) -> None:
    write_files(tmp_path / "a/run", {"a.txt": "first\n", "b.txt": "b"})
    write_files(tmp_path / "a/run", {"a.txt": "second\n"})
    assert (tmp_path / "a/run/a.txt").read_bytes() == b"second\n"
    assert names(tmp_path / "a/run") == ["a.txt", "b.txt"]


def test_half_a_surrogate_pair_does_not_stop_a_report(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "x\ud800y"})
    assert (tmp_path / "a.txt").read_text() == "x?y"


def test_every_earlier_run_is_kept_in_a_folder_of_its_own(tmp_path: Path) -> None:
    for run in ("first", "second", "third"):
        make_folder(tmp_path, NAMES)
        write_files(tmp_path, {"trials.jsonl": run})
    assert names(tmp_path) == [
        "earlier-1",
        "earlier-1/trials.jsonl",
        "earlier-2",
        "earlier-2/trials.jsonl",
        "trials.jsonl",
    ]
    assert (tmp_path / "earlier-1/trials.jsonl").read_text() == "first"


def test_what_is_not_ours_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    make_folder(tmp_path, NAMES)
    assert names(tmp_path) == ["notes.txt"]


def test_a_link_in_place_of_a_file_is_moved_away_and_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/trials.jsonl").symlink_to(tmp_path / "elsewhere")
    make_folder(tmp_path / "run", NAMES)
    assert not (tmp_path / "run/trials.jsonl").is_symlink()
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UsageError, match="is a link"):
        make_folder(tmp_path / "link", NAMES)


def test_a_folder_that_cannot_be_made_says_which_option_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot write into .*file/run: .*; name another --out"):
        make_folder(tmp_path / "file/run", NAMES)
    with pytest.raises(UsageError, match="cannot write into"):
        write_files(tmp_path / "file/run", {"a": ""})


def test_a_folder_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    with hold(tmp_path):
        with (
            pytest.raises(UsageError, match="another process is running trials in "),
            hold(tmp_path),
        ):
            pass
        # That it was refused to another does not give it free.
        with pytest.raises(UsageError, match="another process"), hold(tmp_path):
            pass
    with hold(tmp_path):
        pass


def test_an_error_inside_gives_the_folder_free(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), hold(tmp_path):
        raise ValueError("inside")
    with hold(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_folder_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write into "), hold(tmp_path / "nowhere"):
        pass


def test_the_files_of_a_run_that_still_goes_on_are_not_set_aside(tmp_path: Path) -> None:
    (tmp_path / "trials.jsonl").write_text("x")
    with hold(tmp_path), pytest.raises(UsageError, match="another process"):
        make_folder(tmp_path, ["trials.jsonl"])
    assert [path.name for path in tmp_path.iterdir()] == ["trials.jsonl"]


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "verdict.json").mkdir()
    with pytest.raises(UsageError, match="cannot write into"):
        write_files(tmp_path, {"verdict.json": "{}"})
    assert names(tmp_path) == ["verdict.json"]
