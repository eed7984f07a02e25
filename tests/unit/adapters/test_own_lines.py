"""Facts about the fast reading of lines that were written here."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.own_lines import read_own_line
from evalgate.adapters.trial_lines import decode, encode
from evalgate.errors import ConfigurationError
from evalgate.model.document import Data, Document
from evalgate.model.trial import Arm, Trial, TrialStatus
from tests.unit.adapters.test_trial_lines import TRIALS, WHOLE


def line(data: Data) -> bytes:
    return json.dumps(data).encode() + b"\n"


def with_care(data: Data) -> Trial | None:
    try:
        return decode(Document(path="t", data=data, lines={}), arm=Arm.CANDIDATE)
    except ConfigurationError:
        return None


@given(TRIALS)
def test_a_line_that_was_written_here_is_read_unless_it_holds_tool_calls(trial: Trial) -> None:
    calls = trial.completion.tool_calls if trial.completion else ()
    assert read_own_line(line(encode(trial))) == (None if calls else trial)


PLACES: list[tuple[str, ...]] = [
    *((key,) for key in encode(WHOLE)),
    *(("completion", key) for key in ("text", "latency_ms", "request_id", "simulated", "usage")),
    *(("completion", "usage", key) for key in ("input_tokens", "cache_read_tokens")),
]
VALUES: st.SearchStrategy[Data] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([10**15, 10**15 + 1, 10**30]),
    st.floats(),
    st.sampled_from(["", " ", "graded", "errored", "baseline", "trial/1", "\ud800"]),
    st.sampled_from([[], {}, ["a"], [1], {"kind": "x", "message": "y"}, {"kind": " "}]),
)


@given(st.sampled_from(PLACES), VALUES, st.booleans())
def test_a_line_with_anything_else_in_it_is_read_as_with_care_or_not_at_all(
    place: tuple[str, ...], value: Data, is_there: bool
) -> None:
    data: dict[str, Data] = json.loads(line(encode(WHOLE)))
    part = data
    for key in place[:-1]:
        inner = part[key]
        assert isinstance(inner, dict)
        part = inner
    if is_there:
        part[place[-1]] = value
    else:
        del part[place[-1]]
    fast = read_own_line(line(data))
    assert fast is None or fast == with_care(json.loads(line(data)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff",
        line(encode(WHOLE))[:-9],
        b"\xef\xbb\xbf" + line(encode(WHOLE)),
        line({**encode(WHOLE), "note": 1}),
        line({**encode(WHOLE), "passed": None, "score": None}),
        line({**encode(WHOLE), "case": " "}),
        line({**encode(WHOLE), "score": 2}),
        line({**encode(WHOLE), "score": float("nan")}),
        line({**encode(WHOLE), "weight": -1}),
        line({**encode(WHOLE), "trial": -1}),
        line({**encode(WHOLE), "calls": 10**16}),
        line({**encode(WHOLE), "error": {"kind": " ", "message": ""}}),
        line({"case": "a", "trial": 0, "passed": True}),
        b"[" * 100_000,
    ],
)
def test_whatever_is_not_just_as_it_is_written_here_is_left_to_the_careful_reader(
    content: bytes,
) -> None:
    assert read_own_line(content) is None


def test_a_line_without_an_outcome_is_read_where_the_trial_has_none() -> None:
    skipped = replace(WHOLE, status=TrialStatus.SKIPPED, passed=None, score=None)
    assert read_own_line(line(encode(skipped))) == skipped
