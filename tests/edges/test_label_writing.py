"""Facts about the file that labels are kept in."""

import os
from pathlib import Path

import pytest

from evalgate.adapters.label_files import read_rows
from evalgate.adapters.label_writing import LabelFile
from evalgate.errors import UsageError
from evalgate.model.document import Document

ROW = {"case": "c", "answer": "Grüße\n", "human": "pass"}


def test_each_row_is_there_at_once_and_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new/labels.jsonl"
    before = os.umask(0)
    try:
        LabelFile(path).add(ROW)
    finally:
        os.umask(before)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    [row] = read_rows(str(path), path.read_bytes())
    assert isinstance(row, Document)
    assert row.data == ROW


def test_earlier_rows_stay_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"case":   "old"}\nno row\n')
    file = LabelFile(path)
    file.add(ROW)
    assert path.read_text().startswith('{"case":   "old"}\nno row\n{')
    assert file.rows == [{"case": "old"}, ROW]
    assert file.added == [ROW]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_a_line_break_of_another_kind_in_an_answer_tears_no_row(tmp_path: Path, end: str) -> None:
    path = tmp_path / "labels.jsonl"
    row = {**ROW, "answer": f"one{end}two"}
    LabelFile(path).add(row)
    file = LabelFile(path)
    file.add(ROW)
    assert file.added == [ROW]
    assert LabelFile(path).rows == [row, ROW]


def test_only_what_was_added_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    LabelFile(path).add(ROW)
    file = LabelFile(path)
    file.add({"case": "x"})
    assert file.take_back()
    assert not file.take_back()
    assert LabelFile(path).rows == [ROW]


def test_a_link_and_what_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "labels.jsonl")
    with pytest.raises(UsageError, match="is a link"):
        LabelFile(tmp_path / "link")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="no UTF-8"):
        LabelFile(tmp_path / "bytes")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="labels cannot be"):
        LabelFile(tmp_path / "file/labels.jsonl").add(ROW)
    assert (tmp_path / "file").read_text() == ""
