"""Tells one case in Markdown: folded away, with its input and the answers before and after."""

from collections.abc import Iterator, Mapping

from evalgate.model.trial import Arm
from evalgate.reporting.markdown import code, details, fence, html_prose, inline, prose
from evalgate.reporting.markdown_diff import answers_block
from evalgate.reporting.numbers import tally
from evalgate.reporting.story import ArmStory, CaseStory, first_complaint
from evalgate.reporting.visible import Excerpt, shorter

_SIDES: Mapping[Arm, str] = {Arm.BASELINE: "Before", Arm.CANDIDATE: "After"}
_VARIABLES_SHOWN = 6
_GRADES_SHOWN = 12
_SHORT = 300


def case_block(story: CaseStory, text_limit: int) -> str:
    """Return a fold with one case in it; texts are cut after `text_limit` characters."""
    return details(_summary(story), "\n\n".join(_body(story, text_limit)))


def _summary(story: CaseStory) -> str:
    """Write what a reader needs who does not unfold it; the complaint on a line of its own."""
    result = story.result
    change = " → ".join(tally(result.arms[arm].outcomes) for arm in Arm if arm in result.arms)
    importance = ["<b>critical</b>"] if result.critical else []
    importance += ["flaky"] if result.flaky else []
    tags = [", ".join(code(tag, 30) for tag in result.tags[:6])] if result.tags else []
    line = " · ".join([f"<b>{code(result.case)}</b>", *importance, change, *tags])
    complaint = first_complaint(story)
    return f"{line}<br>\n{html_prose(complaint, 200)}" if complaint else line


def _body(story: CaseStory, text_limit: int) -> Iterator[str]:
    for name, value in story.variables[:_VARIABLES_SHOWN]:
        yield from _text(f"**Input** {code(name, 40)}", value, text_limit)
    if story.expected is not None:
        yield from _text("**Expected**", story.expected, text_limit)
    yield from _answers(story, text_limit)
    grades = [line for arm in story.arms for line in _grades(story, arm, text_limit)]
    if grades:
        yield "\n".join(grades)


def _text(title: str, part: Excerpt, text_limit: int) -> Iterator[str]:
    """Write a short text of one line behind its title, where it wraps, and another in a block."""
    if len(part.text) <= _SHORT and "\n" not in part.text.strip():
        yield f"{title}: {inline(part.text, _SHORT) or '(nothing)'}"
    else:
        yield title
        yield fence(shorter(part, text_limit))


def _answers(story: CaseStory, text_limit: int) -> Iterator[str]:
    """Yield both answers as one text with its changes, or one after the other."""
    before, after = (story.arms.get(arm) for arm in Arm)
    if before and after:
        if before.answer == after.answer:
            yield f"**Both answered** ({_which(before)}; {_which(after)})"
            yield fence(shorter(after.answer, text_limit))
            return
        if block := answers_block(before.answer, after.answer, text_limit):
            yield f"**Answers**: − before ({_which(before)}), + after ({_which(after)})"
            yield block
            return
    for arm, side in story.arms.items():
        yield f"**{_SIDES[arm]}** ({_which(side)})"
        yield fence(shorter(side.answer, text_limit))


def _which(side: ArmStory) -> str:
    return f"{code(side.version, 30)}, trial {side.trial + 1}"


def _grades(story: CaseStory, arm: Arm, text_limit: int) -> Iterator[str]:
    """Yield what fails or is missing with its reason, and what passes by name."""
    grades, side = story.arms[arm].grades, _SIDES[arm]
    complaints = [grade for grade in grades if not grade.passed]
    for grade in complaints[:_GRADES_SHOWN]:
        word = "? not graded" if grade.passed is None else "✗ fails"
        reason = grade.reason or grade.cause or ""
        said = f": {prose(reason, max(text_limit, 100))}" if reason else ""
        yield f"- {side} **{word}** {inline(grade.grader, 80)}{said}"
    passing = [inline(grade.grader, 80) for grade in grades if grade.passed]
    if passing:
        yield f"- {side} **✓ passes** {', '.join(passing[:_GRADES_SHOWN])}"
