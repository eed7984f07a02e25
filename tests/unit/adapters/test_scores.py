"""Facts about reading and writing scores."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.line_files import LONGEST
from evalgate.adapters.scores import LoggedScores, line_of, read_scores
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.exposure import LeftOut, Score
from evalgate.runtime.logbook.call_line import line_of as call_line
from tests.unit.runtime.records import RECORD

GOOD = b'{"request_id":"r9","passed":true}\n'


def logged(*lines: bytes) -> LoggedScores:
    with TemporaryDirectory() as folder:
        Path(folder, "scores-1.jsonl").write_bytes(b"".join(lines))
        return read_scores([Path(folder)])


def told(data: Mapping[str, Data]) -> bytes:
    return json.dumps({"request_id": "r1", **data}).encode() + b"\n"


def scores(*told_of: Mapping[str, Data]) -> tuple[Score, ...]:
    return logged(*map(told, told_of)).scores


def left_out(*lines: bytes) -> Mapping[str, int]:
    read = logged(*lines, GOOD)
    assert [score.request_id for score in read.scores] == ["r9"]
    return read.left_out


# What a line means


def test_an_id_and_an_outcome_are_enough() -> None:
    assert scores({"passed": True}) == (Score(request_id="r1", outcome=1.0),)
    assert scores({"passed": False}) == (Score(request_id="r1", outcome=0.0),)
    assert scores({"score": 0.85}) == (Score(request_id="r1", outcome=0.85),)
    assert scores({"schema": None, "passed": None, "score": 1, "criterion": None}) == (
        Score(request_id="r1", outcome=1.0),
    )


def test_an_answer_that_could_not_be_scored_has_a_cause_and_no_outcome() -> None:
    assert scores({"cause": "judge_failed"}) == (
        Score(request_id="r1", outcome=None, cause="judge_failed"),
    )
    assert scores({"cause": "", "score": None}) == (Score(request_id="r1", outcome=None),)


def test_where_a_line_says_more_than_one_passed_counts_before_score_and_both_before_a_cause() -> (
    None
):
    both: dict[str, Data] = {"passed": False, "score": 0.9, "cause": "wrong price"}
    assert scores(both) == (Score(request_id="r1", outcome=0.0),)
    assert scores({"score": 0.9, "cause": "c"}) == (Score(request_id="r1", outcome=0.9),)


def test_keys_that_are_not_known_are_left_alone() -> None:
    more: dict[str, Data] = {"ts": 3, "prompt": None, "judge": {"model": "m"}, "reason": [1]}
    line = {"schema": "score/1", "criterion": "accuracy", "passed": True, **more}
    assert scores(line) == (Score(request_id="r1", outcome=1.0, criterion="accuracy"),)


@pytest.mark.parametrize(("edge", "outcome"), [(0, 0.0), (1, 1.0), (1e-300, 1e-300)])
def test_the_ends_of_the_scale_belong_to_it(edge: float, outcome: float) -> None:
    assert [score.outcome for score in scores({"score": edge})] == [outcome]


# Several scores


def test_an_answer_has_one_score_by_each_criterion() -> None:
    found = scores(
        {"criterion": "tone", "passed": True}, {"passed": False}, {"request_id": "r2", "score": 1}
    )
    assert [(each.request_id, each.criterion) for each in found] == [
        ("r1", "tone"),
        ("r1", ""),
        ("r2", ""),
    ]


def test_the_first_outcome_counts_and_the_others_are_counted() -> None:
    read = logged(told({"passed": True}), told({"passed": False}), told({"cause": "c"}))
    assert [score.outcome for score in read.scores] == [1.0]
    assert read.left_out == {LeftOut.REPEATED_SCORES: 2}


def test_an_outcome_outranks_a_cause_that_came_before_it() -> None:
    read = logged(
        *(told(data) for data in ({"cause": "a"}, {"cause": "b"}, {"score": 0.5}, {"score": 1}))
    )
    assert read.scores == (Score(request_id="r1", outcome=0.5),)
    assert read.left_out == {LeftOut.REPEATED_SCORES: 3}
    first = logged(told({"cause": "a"}), told({"cause": "b"}))
    assert [score.cause for score in first.scores] == ["a"]


def test_files_are_read_in_the_order_of_their_days_and_once_each(tmp_path: Path) -> None:
    for day, outcome in {"scores-2026-11-23": 0, "scores-2026-11-22": 1}.items():
        (tmp_path / f"{day}.jsonl").write_bytes(told({"score": outcome}))
    read = read_scores([tmp_path, tmp_path / "scores-2026-11-23.jsonl"])
    assert [score.outcome for score in read.scores] == [1.0]
    assert read.left_out == {LeftOut.REPEATED_SCORES: 1}


# What is left out


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        GOOD[:-3],
        b"[]",
        b'"r1"',
        b"\0" * 99,
        b'{"request_id":"r1","score":NaN}',
        b'{"request_id":"r1","score":-Infinity}',
        b'{"request_id":"r1","passed":true}{"request_id":"r2","passed":true}',
        b'{"request_id":"r1","passed":true,"reason":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"request_id":"r1","passed":true,"reason":"' + b"x" * LONGEST + b'"}',
    ],
    ids=lambda line: f"{len(line)} bytes",
)
def test_what_is_no_json_object_is_unreadable(line: bytes) -> None:
    assert left_out(line + b"\n") == {LeftOut.UNREADABLE_SCORES: 1}


IMPOSSIBLE: Mapping[str, list[Data]] = {
    "passed": [1, 0, "true", []],
    "score": [True, False, "0.9", -0.1, 1.0001, 10**400, [1]],
    "cause": [3],
    "criterion": [3],
    "request_id": [None, "", 7],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in IMPOSSIBLE.items() for value in values]
)
@pytest.mark.parametrize("schema", [{}, {"schema": "score/1"}], ids=["bare", "named"])
def test_a_line_with_a_value_that_cannot_be_is_invalid(
    key: str, value: Data, schema: dict[str, Data]
) -> None:
    assert left_out(told({"passed": True, **schema, key: value})) == {LeftOut.INVALID_SCORES: 1}


def test_a_line_that_says_neither_how_good_nor_why_not_is_invalid() -> None:
    nothing: dict[str, Data] = {"passed": None, "score": None, "cause": None}
    lines = [told({}), told(nothing), told({"schema": "score/1"}), b"{}\n", b'{"passed":true}\n']
    assert left_out(*lines) == {LeftOut.INVALID_SCORES: len(lines)}


def test_bytes_that_are_no_text_are_invalid_in_an_id() -> None:
    assert left_out(b'{"request_id":"\xff","passed":true}\n') == {LeftOut.INVALID_SCORES: 1}


def test_lines_of_other_schemas_are_passed_over_and_later_ones_told_apart() -> None:
    read = logged(call_line(RECORD), told({"schema": "trial/1", "passed": True}), GOOD)
    assert (read.passed_over, len(read.scores), read.left_out) == (2, 1, {})
    assert left_out(told({"schema": "score/2", "passed": True})) == {LeftOut.NEWER_SCORES: 1}


def test_what_is_left_out_is_told_in_one_order() -> None:
    lines = [GOOD, told({"schema": "score/2"}), told({}), b"{\n"]
    assert list(logged(GOOD, *lines).left_out) == [
        "unreadable_scores",
        "invalid_scores",
        "newer_scores",
        "repeated_scores",
    ]


def test_where_there_are_no_scores_the_message_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected lines of scores.*`scores-\*\.jsonl`"):
        read_scores([tmp_path / "none"])


PIECES = st.one_of(
    st.sampled_from([GOOD, GOOD[:9], b"\n", b" ", b"}", told({"cause": "c"}), call_line(RECORD)]),
    st.binary(max_size=20),
)


@given(st.lists(PIECES, max_size=12))
def test_every_line_that_is_not_empty_is_accounted_for(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    read = logged(content)
    lines = [line for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    assert len(read.scores) + read.passed_over + sum(read.left_out.values()) == len(lines)


# Writing


def test_a_line_looks_like_this() -> None:
    good = Score(request_id="r1", outcome=0.85, criterion="accuracy")
    assert line_of(good, ts=1_795_305_600.1234).decode() == snapshot(
        '{"schema":"score/1","ts":"2026-11-22T00:00:00.123Z","request_id":"r1","criterion":"accuracy","score":0.85}\n'
    )
    failed = Score(request_id="r1", outcome=None, criterion="tone", cause="judge_failed")
    assert line_of(failed).decode() == snapshot(
        '{"schema":"score/1","request_id":"r1","criterion":"tone","cause":"judge_failed"}\n'
    )


TEXT = st.text(st.characters(codec="utf-8"))
SCORES = st.one_of(
    st.builds(
        Score,
        request_id=TEXT.filter(bool),
        criterion=TEXT,
        outcome=st.floats(0, 1),
        cause=st.just(""),
    ),
    st.builds(Score, request_id=TEXT.filter(bool), criterion=TEXT, outcome=st.none(), cause=TEXT),
)


@given(
    st.lists(SCORES, unique_by=lambda each: (each.request_id, each.criterion)), st.floats(0, 4e9)
)
def test_what_is_written_is_read_back_as_it_was(written: list[Score], ts: float) -> None:
    read = logged(*(line_of(score, ts=ts) for score in written))
    assert list(read.scores) == written
    assert read.left_out == {}


def test_a_score_that_is_no_number_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        line_of(Score(request_id="r1", outcome=float("nan")))
