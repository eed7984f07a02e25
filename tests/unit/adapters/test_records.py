"""Facts about looking up past trials."""

import json
from dataclasses import replace

import pytest

from evalgate.adapters.records import RecordFiles, read_record
from evalgate.adapters.trial_lines import encode
from evalgate.errors import ConfigurationError
from evalgate.model.chat import Completion, Usage
from evalgate.model.document import Data, Tree
from evalgate.model.trial import Arm, Trial, TrialStatus

ANSWER = Completion(
    text="Hi",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1500,
)
TRIAL = Trial(
    prompt="p",
    version="v1",
    version_hash="h",
    evalset="replies",
    arm=Arm.BASELINE,
    case="a",
    trial=0,
    status=TrialStatus.GRADED,
    passed=True,
    score=1.0,
    completion=ANSWER,
    asked="k1",
    grading="g1",
)


def file(*trials: Trial, **changes: Data) -> bytes:
    return b"".join(json.dumps(encode(each) | changes).encode() + b"\n" for each in trials)


def test_a_trial_is_found_by_what_was_asked() -> None:
    records = RecordFiles({"reports/baselines/p.jsonl": file(TRIAL, replace(TRIAL, asked="k2"))})
    assert records.find("k1") == TRIAL
    assert records.find("k3") is None
    assert [each.asked for each in records.trials()] == ["k1", "k2"]


def test_of_several_that_were_asked_the_same_the_last_one_counts() -> None:
    newer = replace(TRIAL, score=0.5)
    assert RecordFiles({"a.jsonl": file(TRIAL, newer)}).find("k1") == newer
    assert RecordFiles({"b.jsonl": file(newer), "a.jsonl": file(TRIAL)}).find("k1") == newer


@pytest.mark.parametrize("status", [TrialStatus.ERRORED, TrialStatus.SKIPPED])
def test_a_trial_without_a_grade_is_not_found(status: TrialStatus) -> None:
    records = RecordFiles({"a.jsonl": file(replace(TRIAL, status=status))})
    assert (records.find("k1"), list(records.trials())) == (None, [])


def test_other_files_and_empty_lines_are_left_alone() -> None:
    files: Tree = {"README.md": b"x", "a.jsonl": b"\n" + file(TRIAL) + b"\n  \n"}
    assert RecordFiles(files).find("k1") == TRIAL


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "expected a trial as one JSON object"),
        (b"[]", "expected a trial as one JSON object"),
        (b"\xff", "expected a trial as one JSON object"),
        (b"[" * 100_000, "expected a trial as one JSON object"),
        (b"{}", "expected the key `asked`"),
        (file(TRIAL, asked=7), "expected the key `asked`"),
        (file(TRIAL, asked=""), "expected the key `asked`"),
    ],
    ids=["cut", "list", "bytes", "deep", "no-key", "number", "empty"],
)
def test_a_line_that_is_no_record_is_named_with_file_and_line(line: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^p\.jsonl:2: {said}"):
        RecordFiles({"p.jsonl": file(TRIAL) + line})


def test_what_else_is_wrong_with_a_line_is_said_when_it_is_looked_up() -> None:
    records = RecordFiles({"p.jsonl": b"\n" + file(TRIAL, score="high")})
    with pytest.raises(ConfigurationError, match=r"p\.jsonl:2: score: "):
        records.find("k1")


def test_the_time_of_a_case_is_the_mean_of_its_answers() -> None:
    slow = replace(TRIAL, asked="k2", completion=replace(ANSWER, latency_ms=2500))
    other = replace(TRIAL, asked="k3", case="b", evalset="other")
    records = RecordFiles({"a.jsonl": file(TRIAL, slow, other)})
    assert records.seconds("replies") == {"a": 2.0}
    assert records.seconds("other") == {"b": 1.5}
    assert records.seconds("nothing") == {}


@pytest.mark.parametrize("took", ["1e999", "-1e999", "NaN", "-5", '"fast"', "null"])
def test_a_time_that_none_can_have_taken_does_not_weigh(took: str) -> None:
    line = file(TRIAL).replace(b'"latency_ms": 1500', f'"latency_ms": {took}'.encode())
    assert RecordFiles({"a.jsonl": line}).seconds("replies") == {}


def test_a_line_is_read_whoever_wrote_it() -> None:
    assert read_record(file(TRIAL)) == TRIAL
    told = read_record(b'{"case": "a", "trial": 1, "score": 0.5, "extra": [1]}')
    assert told is not None
    assert (told.case, told.trial, told.score) == ("a", 1, 0.5)


@pytest.mark.parametrize(
    "line", [b"{", b"7", b"\xff", b"[" * 100_000, b"{}", file(TRIAL, trial=-1)]
)
def test_a_line_that_is_no_trial_is_none(line: bytes) -> None:
    assert read_record(line) is None
