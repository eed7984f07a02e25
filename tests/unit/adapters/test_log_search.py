"""Facts about finding a call: by each of its ids, in few files, and nothing else of the line."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evalgate.adapters.log_search import (
    ID,
    FoundCalls,
    find_calls,
    find_scores,
    is_sampled,
    lines_with,
)
from evalgate.adapters.log_sources import Form, LogFile
from evalgate.errors import UsageError
from evalgate.model.log_answer import LoggedCall
from tests.call_lines import columns_of
from tests.unit.adapters.log_lines import EVENT, call, nothing, sources, write

OF_NOVEMBER = "01a1fb68-b99f-72a4-9575-0f876a9d6476"
"""The id of a call of 21 November 2026."""


def none(_: Sequence[LogFile]) -> Sequence[LoggedCall]:
    return ()


def find(folder: Path, wanted: str) -> FoundCalls:
    return find_calls(sources(folder), wanted, tell=nothing, compacted=none)


@pytest.mark.parametrize(
    "wanted",
    [
        "00000000-0000-7000-8000-000000000002",
        "0af7651916cd43dd8448eb211c80319c",
        "req_011CSfirst",
        "req_011CSsecond",
    ],
)
def test_a_call_is_found_by_each_of_its_ids(tmp_path: Path, wanted: str) -> None:
    write(tmp_path, EVENT, call(2))
    assert [dict(each) for each in find(tmp_path, wanted).calls] == [columns_of(call(2))]


def test_an_id_is_no_part_of_another_and_no_other_field(tmp_path: Path) -> None:
    write(tmp_path, call(2, feature="abc"))
    assert find(tmp_path, "abc").calls == ()
    assert find(tmp_path, "req_011CS").calls == ()


def test_the_files_of_its_day_are_searched_first_and_no_others(tmp_path: Path) -> None:
    for day in (20, 21, 22, 23):
        line = call(day, request_id=OF_NOVEMBER) if day == 22 else call(day)
        write(tmp_path, line, name=f"calls-2026-11-{day}.jsonl")
    found = find(tmp_path, OF_NOVEMBER)
    assert (len(found.calls), found.files) == (1, 2)
    (tmp_path / "calls-2026-11-22.jsonl").rename(tmp_path / "calls-moved.jsonl")
    found = find(tmp_path, OF_NOVEMBER)
    assert (len(found.calls), found.files) == (1, 4)


def test_a_line_that_is_cut_off_and_holds_it_is_told(tmp_path: Path) -> None:
    write(tmp_path, call(2)[:500])
    found = find(tmp_path, "00000000-0000-7000-8000-000000000002")
    assert (found.calls, found.damaged) == ((), 1)


def test_lines_are_found_wherever_pieces_of_a_file_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [b"a needle\n", b"none\n", b"\n", b"needle needle\n", b"the last needle"]
    path = write(tmp_path, *lines, name="a.jsonl")
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for size in range(1, 50):
        monkeypatch.setattr("evalgate.adapters.log_search._PIECE", size)
        for form, place in ((Form.PLAIN, path), (Form.GZIP, packed)):
            file = LogFile(path=place, form=form, bytes=1)
            assert list(lines_with(file, b"needle")) == [
                b"a needle",
                b"needle needle",
                b"the last needle",
            ]


def test_scores_of_a_call_are_told_without_what_a_judge_wrote(tmp_path: Path) -> None:
    said = [
        {"schema": "score/1", "request_id": "r1", "criterion": "a", "passed": True},
        {"request_id": "r1", "score": 0.5, "judge": "haiku", "reason": "SECRET"},
        {"request_id": "r1", "criterion": "c", "cause": "judge_failed"},
        {"request_id": "r12", "score": 0.5},
        {"request_id": "other", "reason": "r1", "score": 1},
    ]
    text = "\n".join(json.dumps(each) for each in said)
    write(tmp_path, text.encode() + b'\n{"request_id":"r1", torn', name="scores-1.jsonl")
    found = find_scores([tmp_path], "r1")
    assert [(each.criterion, each.outcome, each.cause, each.judge) for each in found] == [
        ("a", 1.0, "", ""),
        ("", 0.5, "", "haiku"),
        ("c", None, "judge_failed", ""),
    ]
    assert "SECRET" not in repr(found)


def test_a_sample_is_told_to_be_there_and_no_more(tmp_path: Path) -> None:
    line = json.dumps({"request_id": "r1", "text": "r2 SECRET"}).encode() + b"\n"
    write(tmp_path, line, name="samples-2026-11-21.jsonl")
    assert is_sampled(tmp_path, "r1")
    assert not is_sampled(tmp_path, "r2")
    with pytest.raises(UsageError, match="expected the folder of samples"):
        is_sampled(tmp_path / "none", "r1")


@pytest.mark.parametrize("text", ["", "a b", "x" * 129, '"', "é", "a\n", "-x"])
def test_what_cannot_be_an_id_is_none(text: str) -> None:
    assert ID.fullmatch(text) is None
