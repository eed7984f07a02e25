"""Facts about what a reviewer is shown."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.cli.review_showing import shown, worksheet_row
from evalgate.model.content import ToolCall
from tests.unit.monitoring.scoring.worlds import sample

SAMPLE = replace(
    sample("r1", "One.\n\nTwo.", system="Be kind.", stop_reason="max_tokens"),
    smell=("truncated",),
    tool_calls=(ToolCall(id="", name="find", input={"a": 1}),),
)


def lines(*, is_blind: bool = False, with_system: bool = True) -> list[str]:
    scores = {"b": 1.0, "a": None, "c": 0.25}
    return list(shown(SAMPLE, scores, place="1 of 2", is_blind=is_blind, with_system=with_system))


def test_all_that_is_needed_to_judge_is_shown() -> None:
    assert lines() == snapshot(
        [
            "── 1 of 2 · shop · 2026-11-22 00:00 UTC · r1",
            "instructions:",
            "  Be kind.",
            "conversation:",
            "  User: May I?",
            "answer:",
            "  One.",
            "  ",
            "  Two.",
            "calls the tool:",
            '  find {"a": 1}',
            "ended with max_tokens",
            "smells: truncated",
            "scores: a –, b 1, c 0.25",
            "",
        ]
    )


def test_neither_arm_nor_version_nor_model_is_shown() -> None:
    told = "\n".join(lines())
    assert not any(word in told for word in ("v1", "stable", "haiku"))


def test_a_blind_reviewer_sees_neither_scores_nor_smells() -> None:
    told = "\n".join(lines(is_blind=True, with_system=False))
    assert not any(word in told for word in ("scores", "smells", "Be kind."))


def test_a_line_of_a_sheet_waits_for_a_verdict() -> None:
    row = worksheet_row(SAMPLE, name="case-1", criterion="c")
    assert (row["human"], row["note"], row["conversation"]) == ("", "", "User: May I?")
