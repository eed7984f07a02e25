"""Facts about the file of anchors."""

import json

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.grading.exchange import question_of
from evalgate.model.document import Data
from evalgate.monitoring.scoring.anchors import FixedAnswer, read_anchors
from tests.unit.monitoring.scoring.worlds import SHORT, stick, sticks

LINE: dict[str, Data] = {
    "id": "a", "criterion": "kindness", "request": "May I?", "answer": "Yes.", "expected": 1
}  # fmt: skip


def read(*lines: dict[str, Data]) -> tuple[FixedAnswer, ...]:
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    known = sticks(stick(), stick("short", SHORT))
    return read_anchors(FORMATS.read_json_lines("a.jsonl", content), known, path="a.jsonl")


def problem(*lines: dict[str, Data]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(*lines)
    return str(caught.value)


def test_an_anchor_is_an_answer_to_a_request_by_a_criterion() -> None:
    [found] = read(LINE)
    assert (found.name, found.yardstick, found.expected) == ("a", stick(), 1.0)
    assert (found.completion.text, found.completion.stop_reason) == ("Yes.", "end_turn")
    assert question_of(found.case) == "User: May I?"


def test_the_request_may_be_a_conversation_with_instructions() -> None:
    said: Data = [{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}]
    [found] = read({**LINE, "request": said, "instructions": "Be kind."})
    told = "instructions:\nBe kind.\nconversation:\nUser: A\nAssistant: B"
    assert question_of(found.case) == told


def test_variables_stand_as_in_a_case() -> None:
    line = {key: value for key, value in LINE.items() if key not in ("request", "expected")}
    [found] = read({**line, "vars": {"question": "May I?"}})
    assert (question_of(found.case), found.expected) == ("May I?", None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"criterion": "kindnes"}, "no judge scores by `kindnes` (did you mean `kindness`?)"),
        ({"criterion": "short"}, "no judge scores by `short`"),
        ({"vars": {"q": "x"}}, "expected either `request` or `vars`"),
        ({"request": None}, "expected either `request` or `vars`"),
        ({"request": [1]}, "request: expected a text, or a list of messages"),
        ({"expected": 2}, "expected: expected a number from 0 to 1"),
        ({"answer": ""}, "answer: expected text, got nothing"),
        ({"anwser": "x"}, "anwser: unknown key"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(change: dict[str, Data], expected: str) -> None:
    told = problem(LINE, {**LINE, "id": "b", **change})
    assert told.startswith("a.jsonl:2: ")
    assert expected in told


def test_the_same_anchor_twice_and_no_anchor_at_all_are_refused() -> None:
    assert "`a` is there already" in problem(LINE, LINE)
    assert "expected an anchor in each line" in problem()
