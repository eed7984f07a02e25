"""Facts about the file that labels are kept in."""

import json
import multiprocessing
import os
import resource
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from evalgate.adapters.label_files import read_rows
from evalgate.adapters.label_writing import LabelFile
from evalgate.errors import UsageError
from evalgate.model.document import Document

ROW = {"case": "c", "answer": "Grüße\n", "human": "pass"}
EACH = 40


def give_labels(path: Path, rater: str, begin: Barrier) -> None:
    """Give labels as fast as possible, and take every other one back."""
    file = LabelFile(path)
    begin.wait()
    for number in range(EACH):
        file.add({**ROW, "case": f"c{number}", "rater": rater})
        if number % 2:
            file.take_back()


def test_two_people_at_once_lose_no_label(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    context = multiprocessing.get_context("spawn")
    begin = context.Barrier(2)
    people = [
        context.Process(target=give_labels, args=(path, rater, begin)) for rater in ("ann", "bob")
    ]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert [each.exitcode for each in people] == [0, 0]
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for rater in ("ann", "bob"):
        said = [row["case"] for row in rows if row["rater"] == rater]
        assert said == [f"c{number}" for number in range(0, EACH, 2)]


def test_a_label_of_somebody_else_stays_when_one_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    mine, other = LabelFile(path), LabelFile(path)
    mine.add(ROW)
    other.add(ROW | {"rater": "bob"})
    path.chmod(0o640)
    assert mine.take_back()
    assert mine.rows() == [ROW | {"rater": "bob"}]
    assert path.stat().st_mode & 0o777 == 0o640


def test_of_two_who_label_a_case_at_once_the_first_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    mine, other = LabelFile(path), LabelFile(path)
    assert mine.add_first({**ROW, "rater": "ann"})
    assert mine.add_first({**ROW, "case": "d", "rater": "ann"})
    assert not other.add_first({**ROW, "rater": "bob"})
    assert other.add_first({**ROW, "case": "e", "rater": "bob"})
    assert not mine.add_first({**ROW, "case": "e", "rater": "ann"})
    assert [(row["case"], row["rater"]) for row in mine.rows()] == [
        *(("c", "ann"), ("d", "ann"), ("e", "bob")),
    ]
    assert [row["case"] for row in mine.added] == ["c", "d"]


def test_a_case_whose_label_was_taken_back_can_be_labelled_again(tmp_path: Path) -> None:
    file = LabelFile(tmp_path / "labels.jsonl")
    assert file.add_first(ROW)
    file.take_back()
    assert file.add_first({**ROW, "human": "fail"})
    assert [row["human"] for row in file.rows()] == ["fail"]


def test_a_line_without_an_end_is_ended_before_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"case": "cut')
    LabelFile(path).add(ROW)
    first, second = path.read_text().splitlines()
    assert (first, json.loads(second)) == ('{"case": "cut', ROW)


def test_a_full_disk_leaves_no_half_a_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    file = LabelFile(path)
    file.add(ROW)
    before = path.read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 5, limit[1]))
    try:
        with pytest.raises(UsageError, match="labels cannot be kept"):
            file.add(ROW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_bytes() == before
    assert file.added == [ROW]


def test_of_what_one_person_said_of_an_answer_the_latest_stands(tmp_path: Path) -> None:
    file = LabelFile(tmp_path / "labels.jsonl")
    ann, bob = ROW | {"rater": "ann"}, ROW | {"rater": "bob"}
    fail, nobody = ann | {"human": "fail"}, ROW | {"human": "fail"}
    for row in (ann, bob, ROW, fail, nobody):
        file.add(row)
    assert file.standing() == [fail, bob, ROW, nobody]
    assert file.rows() == [ann, bob, ROW, fail, nobody]


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
    assert file.rows() == [{"case": "old"}, ROW]
    assert file.added == [ROW]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_a_line_break_of_another_kind_in_an_answer_tears_no_row(tmp_path: Path, end: str) -> None:
    path = tmp_path / "labels.jsonl"
    row = {**ROW, "answer": f"one{end}two"}
    LabelFile(path).add(row)
    file = LabelFile(path)
    file.add(ROW)
    assert file.added == [ROW]
    assert LabelFile(path).rows() == [row, ROW]


def test_only_what_was_added_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    LabelFile(path).add(ROW)
    file = LabelFile(path)
    file.add({"case": "x"})
    assert file.take_back()
    assert not file.take_back()
    assert LabelFile(path).rows() == [ROW]


def test_a_link_and_what_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "labels.jsonl")
    with pytest.raises(UsageError, match="is a link"):
        LabelFile(tmp_path / "link")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="no UTF-8"):
        LabelFile(tmp_path / "bytes")


def test_a_pipe_and_a_folder_are_refused_and_nobody_waits_for_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(UsageError, match="is no file: name a file for labels"):
            LabelFile(path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot read"):
        LabelFile(tmp_path / "file/labels.jsonl").add(ROW)
    assert (tmp_path / "file").read_text() == ""
