"""Facts about the file of a calibration."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.calibration_file import calibration_document, read_calibration
from evalgate.model.calibration import Anchor, Calibration, CriterionCounts, JudgePrint

ANCHORS = (
    Anchor(case="a", answer="Hi", human=True, judge=True),
    Anchor(case="a", answer="Bye", human=False, judge=True),
    Anchor(case="b", answer="Oh", human=False, judge=False),
)
CALIBRATION = Calibration(
    evalset="replies",
    judge=JudgePrint(model="claude-sonnet-5-5", effort=None, max_tokens=2048, votes=3),
    asked={"a": "1", "b": "2"},
    anchors=ANCHORS,
    criteria={"Is kind": CriterionCounts(pass_pass=1, fail_pass=1)},
    ungraded={"cannot_tell": 2},
    simulated=True,
    path="c/replies.json",
)


def written(calibration: Calibration = CALIBRATION) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(calibration_document(calibration)))
    return found


def read(data: object) -> Calibration:
    return read_calibration(FORMATS.read_json("c/replies.json", json.dumps(data).encode()))


def test_what_is_written_is_read_again() -> None:
    assert read(written()) == CALIBRATION


@given(
    st.lists(
        st.builds(
            Anchor,
            case=st.sampled_from(["a", "b"]),
            answer=st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip),
            human=st.booleans(),
            judge=st.booleans(),
        )
    )
)
def test_any_answers_survive_the_file(anchors: list[Anchor]) -> None:
    calibration = Calibration(
        evalset="replies",
        judge=CALIBRATION.judge,
        asked=CALIBRATION.asked,
        anchors=tuple(anchors),
        path="c/replies.json",
    )
    assert read(written(calibration)) == calibration


def test_the_figures_follow_from_the_anchors() -> None:
    document = written()
    assert document["counts"] == {
        "true_pass": 1,
        "false_fail": 0,
        "false_pass": 1,
        "true_fail": 1,
    }
    agreement = document["agreement"]
    assert isinstance(agreement, dict)
    assert agreement["youden"]["value"] == 0.5
    assert isinstance(document["youden_low"], float)
    assert document["youden_low"] < agreement["youden"]["value"]


def test_figures_that_were_edited_change_nothing() -> None:
    assert read(written() | {"youden_low": 1.0, "agreement": {}, "counts": {}}) == CALIBRATION


def test_an_answer_that_was_edited_is_found_out() -> None:
    data = json.loads(json.dumps(written()).replace("Bye", "Good bye"))
    with pytest.raises(ConfigurationError, match=r"anchors\[1\]\.answer_hash: .*calibrate anew"):
        read(data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "calibration/2"}, "expected `calibration/1`"),
        ({"evalset": None}, "the key `evalset` is missing"),
        ({"judge": {"model": "m", "votes": 1, "max_tokens": "x"}}, "judge.max_tokens"),
        ({"cases": {"a": "1"}}, "`cases` has no `b`"),
        ({"anchors": [{}]}, "the key `human` is missing"),
        ({"anchors": 5}, "anchors: expected a list"),
    ],
)
def test_a_file_that_is_wrong_says_where(change: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(written() | change)
    assert said in str(caught.value)
