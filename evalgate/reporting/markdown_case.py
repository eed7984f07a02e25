"""Tells one case in Markdown: folded away, with its input and the answers before and after."""

from collections.abc import Iterator, Mapping, Sequence

from evalgate.model.trial import Arm, Grade
from evalgate.reporting.markdown import code, details, entities, fence, inline, prose
from evalgate.reporting.numbers import tally
from evalgate.reporting.story import CaseStory, first_complaint
from evalgate.reporting.visible import shorter

_SIDES: Mapping[Arm, str] = {Arm.BASELINE: "Before", Arm.CANDIDATE: "After"}
_VARIABLES_SHOWN = 6
_GRADES_SHOWN = 12


def case_block(story: CaseStory, text_limit: int) -> str:
    """Return a fold with one case in it; texts are cut after `text_limit` characters."""
    return details(_summary(story), "\n\n".join(_body(story, text_limit)))


def _summary(story: CaseStory) -> str:
    result = story.result
    change = " → ".join(tally(result.arms[arm].outcomes) for arm in Arm if arm in result.arms)
    importance = ["<b>critical</b>"] if result.critical else []
    importance += ["flaky"] if result.flaky else []
    tags = [", ".join(code(tag, 30) for tag in result.tags[:6])] if result.tags else []
    line = " · ".join([code(result.case), *importance, change, *tags])
    complaint = first_complaint(story)
    return f"{line}<br>{entities(complaint, 200)}" if complaint else line


def _body(story: CaseStory, text_limit: int) -> Iterator[str]:
    for name, value in story.variables[:_VARIABLES_SHOWN]:
        yield f"Input {code(name, 40)}"
        yield fence(shorter(value, text_limit))
    if story.expected is not None:
        yield "Expected"
        yield fence(shorter(story.expected, text_limit))
    for arm, side in story.arms.items():
        yield f"**{_SIDES[arm]}** ({code(side.version, 30)}, trial {side.trial + 1})"
        yield fence(shorter(side.answer, text_limit))
        if side.grades:
            yield "\n".join(_grades(side.grades, text_limit))


def _grades(grades: Sequence[Grade], text_limit: int) -> Iterator[str]:
    """Yield what fails or is missing with its reason, and what passes by name."""
    complaints = [grade for grade in grades if not grade.passed]
    for grade in complaints[:_GRADES_SHOWN]:
        word = "? not graded" if grade.passed is None else "✗ fails"
        reason = grade.reason or grade.cause or ""
        said = f": {prose(reason, max(text_limit, 100))}" if reason else ""
        yield f"- **{word}** {inline(grade.grader, 80)}{said}"
    passing = [inline(grade.grader, 80) for grade in grades if grade.passed]
    if passing:
        yield f"- **✓ passes** {', '.join(passing[:_GRADES_SHOWN])}"
