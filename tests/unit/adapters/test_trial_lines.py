"""Facts about the line that holds one trial."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.trial_lines import decode, encode
from evalgate.errors import ConfigurationError
from evalgate.model.chat import Completion, Usage
from evalgate.model.content import Text, ToolCall
from evalgate.model.document import Data, Document
from evalgate.model.trial import Arm, Grade, Trial, TrialError, TrialStatus


def read(data: Data, arm: Arm = Arm.CANDIDATE) -> Trial:
    return decode(Document(path="trials.jsonl", data=data, lines={(): 7}), arm=arm)


def problems(data: Data) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(data)
    return [str(problem) for problem in caught.value.problems]


WHOLE = Trial(
    prompt="support",
    version="v2",
    version_hash="abc",
    evalset="support",
    arm=Arm.BASELINE,
    case="returns-1",
    trial=1,
    status=TrialStatus.GRADED,
    passed=False,
    score=0.5,
    grades=(
        Grade(grader="a", passed=True, score=1.0, reason="yes"),
        Grade(grader="b", passed=None, score=None, cause="timeout", required=False, weight=2.0),
    ),
    completion=Completion(
        text="Hi",
        model="claude-sonnet-5-5",
        stop_reason="end_turn",
        usage=Usage(input_tokens=3, output_tokens=2, cache_read_tokens=1),
        latency_ms=120,
        request_id="req_1",
        simulated=True,
    ),
    cost_usd=0.25,
    calls=2,
    judge_cost_usd=0.125,
    booked_usd=0.5,
    reused="record",
    asked="a5",
    grading="b6",
    tags=("returns",),
    cluster="c1",
)


def test_a_line_holds_every_part_of_a_trial() -> None:
    assert encode(WHOLE) == snapshot(
        {
            "schema": "trial/1",
            "prompt": "support",
            "version": "v2",
            "version_hash": "abc",
            "evalset": "support",
            "arm": "baseline",
            "case": "returns-1",
            "trial": 1,
            "status": "graded",
            "passed": False,
            "score": 0.5,
            "grades": [
                {
                    "grader": "a",
                    "passed": True,
                    "score": 1.0,
                    "reason": "yes",
                    "cause": None,
                    "required": True,
                    "weight": 1.0,
                },
                {
                    "grader": "b",
                    "passed": None,
                    "score": None,
                    "reason": "",
                    "cause": "timeout",
                    "required": False,
                    "weight": 2.0,
                },
            ],
            "completion": {
                "text": "Hi",
                "model": "claude-sonnet-5-5",
                "stop_reason": "end_turn",
                "usage": {
                    "input_tokens": 3,
                    "output_tokens": 2,
                    "cache_write_5m_tokens": 0,
                    "cache_write_1h_tokens": 0,
                    "cache_read_tokens": 1,
                },
                "latency_ms": 120,
                "request_id": "req_1",
                "simulated": True,
            },
            "error": None,
            "cost_usd": 0.25,
            "calls": 2,
            "judge_cost_usd": 0.125,
            "booked_usd": 0.5,
            "reused": "record",
            "asked": "a5",
            "grading": "b6",
            "tags": ["returns"],
            "cluster": "c1",
            "weight": 1.0,
        }
    )


def test_tool_calls_are_written_and_blocks_are_not() -> None:
    assert WHOLE.completion is not None
    call = ToolCall(id="toolu_1", name="get_order", input={"order": "AB-1"})
    calling = replace(WHOLE.completion, tool_calls=(call,), blocks=(Text(text="Hi"), call))
    trial = replace(WHOLE, completion=calling)
    line = encode(trial)["completion"]
    assert isinstance(line, dict)
    written: Data = [{"id": "toolu_1", "name": "get_order", "input": {"order": "AB-1"}}]
    assert line["tool_calls"] == written
    assert "blocks" not in line
    assert read(encode(trial)) == replace(trial, completion=replace(calling, blocks=()))


@pytest.mark.parametrize("given", [float("nan"), float("inf"), "Oslo"])
def test_a_tool_call_that_could_not_be_written_again_is_a_problem(given: Data) -> None:
    call: Data = {"name": "x", "input": given if isinstance(given, str) else {"a": [given]}}
    line: Data = {"case": "a", "trial": 0, "score": 1, "completion": {"tool_calls": [call]}}
    (problem,) = problems(line)
    assert problem.startswith("trials.jsonl:7: completion.tool_calls[0].input: expected")


def test_a_minimal_line_of_another_tool_is_a_trial() -> None:
    trial = read({"case": "a", "trial": 0, "passed": True})
    assert (trial.case, trial.trial, trial.passed, trial.status) == (
        "a",
        0,
        True,
        TrialStatus.GRADED,
    )
    assert (trial.score, trial.cost_usd, trial.completion) == (None, None, None)


def test_a_score_is_enough_too() -> None:
    trial = read({"case": "a", "trial": 0, "score": 0.75})
    assert (trial.passed, trial.score) == (None, 0.75)


def test_a_line_without_an_arm_gets_the_one_it_is_read_as() -> None:
    line: dict[str, Data] = {"case": "a", "trial": 0, "score": 1}
    assert read(line, Arm.BASELINE).arm is Arm.BASELINE
    assert read({**line, "arm": "candidate"}, Arm.BASELINE).arm is Arm.CANDIDATE


def test_keys_that_are_not_known_are_left_alone() -> None:
    assert read({"case": "a", "trial": 0, "score": 1, "note": "x"}).case == "a"


def test_all_that_is_wrong_is_named_with_file_line_and_key() -> None:
    assert problems({"schema": "trial/9", "trial": "x", "score": 3}) == snapshot(
        [
            "trials.jsonl:7: schema: expected `trial/1`, got `trial/9`",
            "trials.jsonl:7: score: expected a number from 0 to 1, got the number 3",
            "trials.jsonl:7: the key `case` is missing",
            "trials.jsonl:7: trial: expected a whole number from 0 to 1000000000000000, got `x`",
        ]
    )


def test_a_graded_line_needs_an_outcome_and_a_number() -> None:
    assert problems({"case": "a"}) == snapshot(
        [
            "trials.jsonl:7: a graded trial needs `passed` or `score`",
            "trials.jsonl:7: the key `trial` is missing: the number of the trial, from 0",
        ]
    )


def test_an_errored_line_needs_no_outcome() -> None:
    error: Data = {"kind": "timeout", "message": "no answer"}
    trial = read({"case": "a", "trial": 0, "status": "errored", "error": error})
    assert trial.error == TrialError(kind="timeout", message="no answer")


def test_a_line_that_is_no_object_is_a_problem() -> None:
    assert problems([1])[0] == snapshot("trials.jsonl:7: expected a mapping, got a list")


TEXT = st.text(max_size=8)
WORD = st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
SHARE = st.floats(0, 1)
COUNT = st.integers(0, 10**9)
GRADES = st.builds(
    Grade,
    grader=TEXT,
    passed=st.none() | st.booleans(),
    score=st.none() | SHARE,
    reason=TEXT,
    cause=st.none() | TEXT,
    required=st.booleans(),
    weight=st.floats(0, 100),
)
INPUTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
CALLS = st.builds(ToolCall, id=TEXT, name=TEXT, input=st.dictionaries(TEXT, INPUTS, max_size=2))
COMPLETIONS = st.builds(
    Completion,
    text=TEXT,
    model=TEXT,
    stop_reason=TEXT,
    usage=st.builds(
        Usage,
        input_tokens=COUNT,
        output_tokens=COUNT,
        cache_write_5m_tokens=COUNT,
        cache_write_1h_tokens=COUNT,
        cache_read_tokens=COUNT,
    ),
    latency_ms=COUNT,
    request_id=st.none() | TEXT,
    simulated=st.booleans(),
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
)
TRIALS = st.builds(
    Trial,
    prompt=TEXT,
    version=TEXT,
    version_hash=TEXT,
    evalset=TEXT,
    arm=st.sampled_from(Arm),
    case=WORD,
    trial=COUNT,
    status=st.sampled_from(TrialStatus),
    passed=st.booleans(),
    score=st.none() | SHARE,
    grades=st.lists(GRADES, max_size=2).map(tuple),
    completion=st.none() | COMPLETIONS,
    error=st.none() | st.builds(TrialError, kind=WORD, message=TEXT),
    cost_usd=st.none() | st.floats(0, 1000),
    calls=COUNT,
    judge_cost_usd=st.none() | st.floats(0, 1000),
    booked_usd=st.floats(0, 1000),
    reused=TEXT,
    asked=TEXT,
    grading=TEXT,
    tags=st.lists(TEXT, max_size=2).map(tuple),
    cluster=st.none() | TEXT,
    weight=st.floats(0, 100),
    purpose=st.sampled_from(["", "confirmation"]),
)


@given(TRIALS)
def test_reading_gives_back_what_was_written(trial: Trial) -> None:
    assert read(json.loads(json.dumps(encode(trial)))) == trial
