"""Facts about `evalgate logs compact`: which files are old enough, and what is told."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalgate.cli.main import main
from tests.unit.adapters.log_lines import TORN, call, write

TODAY = datetime.now(UTC)


def day(before: int) -> str:
    return f"calls-{(TODAY - timedelta(days=before)).date().isoformat()}.jsonl"


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.jsonl")}


def compact(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    code = main(["logs", "compact", "--json", *words])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


@pytest.mark.parametrize(
    ("words", "gone"),
    [((), {2, 3}), (("--older-than", "0m"), {1, 2, 3}), (("--older-than", "9d"), set())],
)
def test_the_file_of_today_is_never_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], gone: set[int]
) -> None:
    for before in range(4):
        write(tmp_path, call(before), name=day(before))
    code, told = compact(str(tmp_path), "--delete", *words, capsys=capsys)
    assert code == 0
    assert left(tmp_path) == {day(before) for before in range(4) if before not in gone}
    assert told["too_young"] == 4 - len(gone)
    assert len(list(tmp_path.glob("day=*/*.parquet"))) == len(gone)


def test_without_delete_everything_stays_and_it_is_said_that_it_may_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, call(1), TORN, name=day(5))
    assert main(["logs", "compact", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert left(tmp_path) == {day(5)}
    assert "1 call, 1 other line (1 unreadable)" in printed
    assert "may be deleted now" in printed


def test_a_file_without_a_day_in_its_name_is_as_old_as_its_last_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, call(1), name="app.jsonl")
    _, told = compact(str(tmp_path), capsys=capsys)
    assert told["too_young"] == 1
    long_ago = TODAY.timestamp() - 9 * 86_400
    os.utime(path, (long_ago, long_ago))
    _, told = compact(str(tmp_path), capsys=capsys)
    assert told["too_young"] == 0


def test_a_file_that_cannot_be_compacted_stays_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, call(1).replace(b"}\n", b',"shoe_size":42}\n'), name=day(5))
    write(tmp_path, call(2), name=day(6))
    code, told = compact(str(tmp_path), "--delete", capsys=capsys)
    assert code == 4
    assert left(tmp_path) == {day(5)}
    assert isinstance(told["files"], list)
    assert "shoe_size" in str(told["files"][1]["failure"])


def test_the_archive_has_to_be_named_where_it_is_not_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, call(1), name=day(5))
    assert main(["logs", "compact", str(path)]) == 2
    assert "--out" in capsys.readouterr().err


def test_neither_a_link_nor_what_it_leads_to_is_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = write(tmp_path / "elsewhere", call(1), name=day(5))
    link = tmp_path / "logs" / day(5)
    link.parent.mkdir()
    link.symlink_to(target)
    other = write(tmp_path / "logs", call(2), name=day(4))
    code, _ = compact(str(tmp_path / "logs"), "--delete", capsys=capsys)
    assert code == 4
    assert (link.is_symlink(), target.exists(), other.exists()) == (True, True, False)
    assert main(["logs", "compact", str(tmp_path / "logs"), "--delete"]) == 4
    assert "name the file that it leads to, or leave --delete out" in capsys.readouterr().err


def test_without_delete_a_link_is_read_like_any_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = write(tmp_path / "elsewhere", call(1), name=day(5))
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / day(5)).symlink_to(target)
    code, told = compact(str(tmp_path / "logs"), capsys=capsys)
    (file,) = list(told["files"])  # type: ignore[call-overload]
    assert (code, file["calls"], target.exists()) == (0, 1, True)


def test_a_folder_that_is_not_there_is_told_before_the_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", "compact", str(tmp_path / "lgos")]) == 2
    assert "lgos: there is no such file or folder" in capsys.readouterr().err
