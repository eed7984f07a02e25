"""Facts about reading trials from lines of JSON, whoever wrote them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.told_lines import read_told_lines
from evalgate.adapters.trial_lines import encode
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data
from evalgate.model.told import Origin, ToldTrial
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus

PLAIN: dict[str, Data] = {"case": "a", "trial": 0, "passed": True}
OWN = Trial(
    prompt="p",
    version="v2",
    version_hash="h",
    evalset="s",
    arm=Arm.BASELINE,
    case="a",
    trial=3,
    status=TrialStatus.GRADED,
    passed=False,
    score=0.5,
    tags=("x", "y"),
    cluster="c",
    weight=2.0,
)


def told(*lines: Data) -> list[ToldTrial]:
    return list(read_told_lines("t.jsonl", [json.dumps(line).encode() + b"\n" for line in lines]))


def refused(*lines: bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        list(read_told_lines("t.jsonl", lines))
    return str(caught.value)


def test_case_trial_and_an_outcome_are_enough() -> None:
    assert told(PLAIN, {"case": "b", "trial": 1, "score": 0.25}) == [
        ToldTrial(line=1, case="a", trial=0, status=TrialStatus.GRADED, outcome=1.0),
        ToldTrial(line=2, case="b", trial=1, status=TrialStatus.GRADED, outcome=0.25),
    ]


def test_a_line_that_evalgate_wrote_is_read_with_what_it_says_of_the_case() -> None:
    assert told(encode(OWN)) == [
        ToldTrial(
            line=1,
            case="a",
            trial=3,
            status=TrialStatus.GRADED,
            outcome=0.0,
            arm=Arm.BASELINE,
            origin=Origin(prompt="p", version="v2", version_hash="h", evalset="s"),
            tags=("x", "y"),
            cluster="c",
            weight=2.0,
        )
    ]


def test_a_trial_without_a_grade_has_no_outcome_and_says_why() -> None:
    error = TrialError(kind="timeout", message="m")
    lost = replace(OWN, status=TrialStatus.ERRORED, passed=None, score=None, error=error)
    [trial] = told(encode(lost))
    assert (trial.status, trial.outcome) == (TrialStatus.ERRORED, None)
    assert trial.error_kind == "timeout"
    [trial] = told({**PLAIN, "status": "skipped"})
    assert (trial.status, trial.outcome, trial.error_kind) == (TrialStatus.SKIPPED, None, "")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["fast", "with care"])
@pytest.mark.parametrize("status", ["errored", "skipped"])
def test_what_a_line_says_of_a_trial_without_a_grade_is_no_outcome(
    mark: bytes, status: str
) -> None:
    line = json.dumps({**PLAIN, "score": 1, "status": status}).encode()
    [trial] = read_told_lines("t", [mark + line])
    assert (trial.status, trial.outcome) == (TrialStatus(status), None)


def test_a_confirmation_is_told_from_a_trial_that_counts() -> None:
    lines = told({**PLAIN, "purpose": "confirmation"}, {**PLAIN, "purpose": "warm-up"}, PLAIN)
    assert [trial.confirmation for trial in lines] == [True, False, False]


def test_a_check_of_a_record_is_told_from_a_trial_that_is_on_it() -> None:
    lines = told({**PLAIN, "purpose": "check"}, {**PLAIN, "purpose": "confirmation"}, PLAIN)
    assert [trial.check for trial in lines] == [True, False, False]


def test_trials_of_one_origin_share_it() -> None:
    first, second, third = told(encode(OWN), encode(OWN), encode(replace(OWN, version="v3")))
    assert first.origin is second.origin
    assert third.origin.version == "v3"


def test_empty_lines_are_passed_over_and_counted() -> None:
    lines = [b"\n", json.dumps(PLAIN).encode(), b"  \n"]
    assert [trial.line for trial in read_told_lines("t", lines)] == [2]


def test_a_mark_of_the_byte_order_and_half_a_pair_are_no_obstacle() -> None:
    [trial] = read_told_lines("t", [b"\xef\xbb\xbf" + json.dumps(PLAIN).encode()])
    assert trial.case == "a"
    [trial] = told({**PLAIN, "case": "\ud800"})
    assert trial.case == "\ud800"


@pytest.mark.parametrize(
    "line",
    [b"{", b'{"case": "\xff", "trial": 0, "passed": true}', b'"' + b"x" * 10**6],
    ids=["cut", "bytes", "long"],
)
def test_a_line_that_is_no_json_is_refused_with_its_number(line: bytes) -> None:
    assert refused(json.dumps(PLAIN).encode(), line).startswith(
        "t.jsonl:2: expected a trial as one JSON object, got a line that is no JSON"
    )


DEEP = b"[" * 100_000


@pytest.mark.parametrize("key", [b"other", b"tags"])
def test_a_line_that_is_nested_too_deeply_is_refused_with_its_number(key: bytes) -> None:
    deep = b'{"case":"a","trial":0,"passed":true,"%s":%s%s}' % (key, DEEP, b"]" * 100_000)
    for line in (DEEP, deep):
        assert refused(json.dumps(PLAIN).encode(), line) == (
            "t.jsonl:2: expected a trial as one JSON object, got values that are nested too deeply"
        )


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["fast", "with care"])
def test_of_a_key_that_stands_twice_the_last_counts(start: bytes) -> None:
    line = start + b'{"case": "a", "trial": 0, "passed": true, "passed": false}'
    [trial] = read_told_lines("t", [line])
    assert trial.outcome == 0.0


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    wrong = b"""{"schema": "trial/9", "trial": -1, "score": 1.5, "status": "grade", "arm": "b",
        "tags": 1, "cluster": 2, "weight": -1, "purpose": 3, "version": []}""".replace(b"\n", b"")
    assert refused(wrong) == snapshot("""\
t.jsonl:1: score: expected a number from 0 to 1, got the number 1.5
t.jsonl:1: status: expected one of graded, errored, skipped; got `grade` (did you mean `graded`?)
t.jsonl:1: schema: expected `trial/1`, got `trial/9`
t.jsonl:1: purpose: expected text, got the number 3
t.jsonl:1: the key `case` is missing
t.jsonl:1: trial: expected a whole number from 0 to 1000000000000000, got the number -1
t.jsonl:1: arm: expected one of baseline, candidate; got `b` (known: baseline, candidate)
t.jsonl:1: tags: expected a list of texts, got the number 1
t.jsonl:1: cluster: expected text, got the number 2
t.jsonl:1: weight: expected a number from 0 to 1e+15, got the number -1
t.jsonl:1: version: expected text, got a list\
""")
    assert refused(b'{"case": " ", "passed": "yes"}') == snapshot("""\
t.jsonl:1: passed: expected true or false, got `yes`
t.jsonl:1: the key `trial` is missing: the number of the trial, from 0
t.jsonl:1: case: expected text, got nothing\
""")
    assert refused(json.dumps({**PLAIN, "schema": "trial/9"}).encode()) == snapshot(
        "t.jsonl:1: schema: expected `trial/1`, got `trial/9`"
    )
    assert refused(b'{"case": "a", "trial": 0}') == snapshot(
        "t.jsonl:1: a graded trial needs `passed` or `score`"
    )
    assert refused(b"[]") == snapshot("t.jsonl:1: expected a mapping, got a list")


KEYS = ("case", "trial", "passed", "score", "status", "arm", "purpose", "tags", "cluster")
VALUES: st.SearchStrategy[Data] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.floats(),
    st.sampled_from(
        ["", " ", "graded", "skipped", "baseline", "confirmation", "check", "trial/1", "\ud800"]
    ),
    st.sampled_from([[], {}, ["a"], [1], {"kind": "x"}, {"kind": " "}, 10**30]),
)


@given(
    st.dictionaries(
        st.sampled_from([*KEYS, "weight", "schema", "prompt", "version", "error", "other"]), VALUES
    )
)
def test_a_line_is_read_the_same_fast_and_with_care(more: dict[str, Data]) -> None:
    line = json.dumps({**PLAIN, **more}).encode()
    # The mark sends a line to the careful reading.
    assert outcome(line) == outcome(b"\xef\xbb\xbf" + line)


def outcome(line: bytes) -> list[ToldTrial] | None:
    try:
        return list(read_told_lines("t", [line]))
    except ConfigurationError:
        return None
