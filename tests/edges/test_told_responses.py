"""Facts about reading answers from files, whoever wrote them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.spool_lines import line_of
from evalgate.adapters.told_responses import MOST_LINE_BYTES, read_responses
from evalgate.errors import Problem, UsageError
from evalgate.model.document import Data
from evalgate.model.smell_baseline import ToldResponse
from tests.edges.samples import make_sample


def read(folder: Path, *lines: str | bytes) -> list[ToldResponse | Problem]:
    path = folder / "answers.jsonl"
    raw = (line if isinstance(line, bytes) else line.encode() for line in lines)
    path.write_bytes(b"\n".join(raw))
    return list(read_responses(path))


def one(folder: Path, data: dict[str, Data]) -> ToldResponse:
    (told,) = read(folder, json.dumps(data))
    assert isinstance(told, ToldResponse), told
    return told


@pytest.mark.parametrize("key", ["text", "response"])
def test_a_plain_line_is_read(tmp_path: Path, key: str) -> None:
    told = one(tmp_path, {key: "Yes.", "stop_reason": "max_tokens"})
    assert (told.line, told.text, told.stop_reason) == (1, "Yes.", "max_tokens")
    assert told.request is None


def test_a_trial_is_read(tmp_path: Path) -> None:
    completion: dict[str, Data] = {"text": "Yes.", "stop_reason": "end_turn"}
    told = one(tmp_path, {"schema": "trial/1", "prompt": "p", "completion": completion})
    assert (told.text, told.stop_reason, told.prompt) == ("Yes.", "end_turn", "p")


def test_a_trial_without_an_answer_has_none(tmp_path: Path) -> None:
    assert one(tmp_path, {"schema": "trial/1", "completion": None}).text is None


def test_a_sampled_call_is_read_with_its_request(tmp_path: Path) -> None:
    (told,) = read(tmp_path, line_of(make_sample("Yes.")))
    assert isinstance(told, ToldResponse)
    assert (told.text, told.prompt, told.stop_reason) == ("Yes.", "support-reply", "end_turn")
    assert told.request is not None
    assert told.request.system == "Be kind."
    assert [turn.text for turn in told.request.turns] == ["Where is it?"]


def test_a_sampled_call_that_failed_has_no_answer(tmp_path: Path) -> None:
    assert one(tmp_path, {"schema": "sample/1", "text": "", "stop_reason": None}).text is None
    assert one(tmp_path, {"schema": "sample/1", "text": "", "stop_reason": "end_turn"}).text == ""


def test_calls_of_tools_are_known(tmp_path: Path) -> None:
    told = one(tmp_path, {"text": "", "tool_calls": [{"name": "look_up", "input": {}}]})
    assert [call.name for call in told.tool_calls] == ["look_up"]


def test_a_wrong_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    long = b'{"text": "' + b"x" * (MOST_LINE_BYTES + 5) + b'"}'
    lines = ("", '{"text": "a"}', "[1]", "{", b"\xff", '{"txt": 1}', '{"text": 1}', long)
    told = read(tmp_path, *lines, '{"text": "b"}')
    assert [each.line for each in told] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert [isinstance(each, Problem) for each in told] == [False, *[True] * 6, False]
    assert str(told[1]).endswith("answers.jsonl:3: expected one JSON object, got a list")
    assert "expected `text`, `response`, or the `completion`" in str(told[4])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="answers cannot be read here: No such file"):
        list(read_responses(tmp_path / "none.jsonl"))


json_values: st.SearchStrategy[Data] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["text", "completion", "request", "turns", "tool_calls", "prompt"]),
        json_values,
    )
)
def test_any_object_is_an_answer_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Data]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for value in (data, {"text": "a", "request": {"turns": [data, {"content": [data]}]}}):
        (told,) = read(folder, json.dumps(value))
        assert told.line == 1
