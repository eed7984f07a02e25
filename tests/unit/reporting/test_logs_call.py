"""Facts about how one call is told."""

from io import StringIO

from rich.console import Console

from evalgate.reporting.logs_call import FoundTold, Searched, call_document, show_found
from tests.unit.reporting.logs_examples import CALL

SCORES = (("accuracy", 0.5, "", "haiku"), ("", None, "judge_failed", ""))


def shown(*found: FoundTold, damaged: int = 0, cut_off: tuple[str, ...] = ()) -> str:
    console = Console(file=StringIO(), width=100, highlight=False, markup=False)
    show_found("r1", found, Searched(files=3, damaged=damaged, cut_off=cut_off), console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_call_is_told_with_attempts_scores_and_sample() -> None:
    text = shown(FoundTold(call=CALL, scores=SCORES, is_sampled=True))
    for said in ("1.5 s", "unknown", "timeout, abandoned", "answered", "2 attempts"):
        assert said in text
    assert "0.5, by haiku" in text
    assert "ungraded: judge_failed" in text
    assert "in the spool" in text
    assert "\x1b" not in text


def test_a_sample_is_not_told_of_where_no_spool_was_named() -> None:
    assert "spool" not in shown(FoundTold(call=CALL))
    assert "not in the spool" in shown(FoundTold(call=CALL, is_sampled=False))


def test_what_was_not_found_is_told_with_where_it_was_searched() -> None:
    text = shown(damaged=2, cut_off=("a.jsonl.gz",))
    assert "there is no call with the id r1" in text
    assert "2 lines that hold it cannot be read" in text
    assert "1 file ended too early: the rest is missing here" in text
    assert "searched 3 files" in text


def test_machines_are_told_the_same() -> None:
    searched = Searched(files=3, damaged=1, cut_off=("a.jsonl.gz",))
    document = call_document("r1", [FoundTold(call=CALL, scores=SCORES)], searched)
    assert document["cut_off"] == ["a.jsonl.gz"]
    assert (document["schema"], document["id"], document["files"]) == ("logs/1", "r1", 3)
    assert isinstance(document["calls"], list)
    (call,) = document["calls"]
    assert isinstance(call, dict)
    assert call["request_id"] == "r1"
    assert call["is_sampled"] is None
    assert call["scores"] == [
        {"criterion": "accuracy", "score": 0.5, "cause": "", "judge": "haiku"},
        {"criterion": "", "score": None, "cause": "judge_failed", "judge": ""},
    ]
