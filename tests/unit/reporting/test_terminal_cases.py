"""The worst cases on the terminal."""

from io import StringIO

from inline_snapshot import snapshot
from rich.console import Console

from evalgate.model.trial import Arm, Grade
from evalgate.reporting.story import (
    ArmOutcome,
    ArmStory,
    CaseOutcome,
    CaseStory,
    Mark,
    Outcome,
)
from evalgate.reporting.terminal_cases import case_list
from evalgate.reporting.visible import Excerpt

WHY = "The reply does not say that returns are possible for 30 days only, as the policy has it."


def a_story(case: str, *marks: Mark, before: tuple[float, ...] = (1.0, 1.0)) -> CaseStory:
    grade = Grade(grader="rubric", passed=False, score=0.0, reason=WHY)
    return CaseStory(
        result=CaseOutcome(
            case=case,
            outcome=Outcome.REGRESSED,
            tags=("returns", "dutch"),
            arms={
                Arm.BASELINE: ArmOutcome(outcomes=before),
                Arm.CANDIDATE: ArmOutcome(outcomes=(0.0, 1.0, 0.0)),
            },
            marks=frozenset(marks),
        ),
        cluster=None,
        variables=(),
        expected=None,
        arms={
            Arm.CANDIDATE: ArmStory(
                version="v2",
                trial=0,
                answer=Excerpt(text="No."),
                stop_reason="end_turn",
                grades=(grade,),
            )
        },
    )


def shown(*stories: CaseStory, room: int, briefly: bool = False) -> list[str]:
    console = Console(file=StringIO(), width=room)
    console.print(case_list(stories, room, briefly=briefly))
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


STORIES = (
    a_story("late", Mark.CRITICAL),
    a_story("language-dutch", Mark.FLAKY, before=(0.25, 0.5)),
)


def test_a_case_has_a_line_of_its_own_for_its_complaint() -> None:
    assert shown(*STORIES, room=100) == snapshot(
        [
            "late critical  [returns, dutch]  2/2 → 1/3",
            "The reply does not say that returns are possible for 30 days only, as the policy has it.",
            "language-dutch flaky  [returns, dutch]  0.38 → 1/3",
            "The reply does not say that returns are possible for 30 days only, as the policy has it.",
        ]
    )


def test_a_wide_terminal_and_a_brief_list_have_a_line_for_each_case() -> None:
    assert shown(*STORIES, room=140) == snapshot(
        [
            "late critical         [returns, dutch]  2/2 → 1/3   The reply does not say that returns are possible for 30 days only, as the policy has it.",
            "language-dutch flaky  [returns, dutch]  0.38 → 1/3  The reply does not say that returns are possible for 30 days only, as the policy has it.",
        ]
    )
    assert shown(*STORIES, room=90, briefly=True) == snapshot(
        [
            "late critical         [returns, dutch]  2/2 → 1/3   The reply does not say that returns a…",
            "language-dutch flaky  [returns, dutch]  0.38 → 1/3  The reply does not say that returns a…",
        ]
    )
    assert len(shown(*STORIES, room=60, briefly=True)) > len(STORIES)


def test_an_arm_without_a_grade_is_a_dash() -> None:
    assert "– → 1/3" in shown(a_story("late", before=()), room=100)[0]


def test_a_case_without_a_complaint_has_one_line() -> None:
    story = a_story("late")
    silent = CaseStory(result=story.result, cluster=None, variables=(), expected=None, arms={})
    assert len(shown(silent, room=100)) == 1
