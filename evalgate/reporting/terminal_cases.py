"""The cases that did worse in a terminal: one line for each where there is room, else two."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evalgate.model.trial import Arm
from evalgate.reporting.story import ArmOutcome, CaseStory, first_complaint
from evalgate.reporting.terminal_text import safe

_ROOM, _AMPLE_ROOM = 76, 120
"""Columns that a case on one line needs, and those that show most of its complaint too."""

_NAME, _TAGS = 30, 24
_GAP = 2


def case_list(stories: Sequence[CaseStory], room: int, *, briefly: bool) -> RenderableType:
    """Return cases with their tags, what passed before and after, and the complaint.

    Args:
        stories: the cases.
        room: the columns that there are.
        briefly: whether a line for each has to do, though complaints are cut, if it can.
    """
    if room < (_ROOM if briefly else _AMPLE_ROOM):
        return Group(*(_in_two_lines(story) for story in stories))
    lines = [(_name(each), _tags(each), Text(_tally(each))) for each in stories]
    widths = [max((cells[column].cell_len for cells in lines), default=0) for column in range(3)]
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for width in widths:
        table.add_column(no_wrap=True, width=width)
    left = room - sum(widths) - _GAP * len(widths)
    table.add_column(no_wrap=True, overflow="ellipsis", width=max(left, 1))
    for cells, story in zip(lines, stories, strict=True):
        table.add_row(*cells, safe(first_complaint(story), "dim"))
    return table


def _in_two_lines(story: CaseStory) -> Text:
    line = Text("  ").join(
        part for part in (_name(story), _tags(story), Text(_tally(story))) if part.plain
    )
    complaint = first_complaint(story)
    return Text.assemble(line, "\n", safe(complaint, "dim")) if complaint else line


def _name(story: CaseStory) -> Text:
    result = story.result
    name = safe(result.case, "bold", limit=_NAME)
    if result.critical:
        name.append(" critical", "bold red")
    return name.append(" flaky", "yellow") if result.flaky else name


def _tags(story: CaseStory) -> Text:
    tags = ", ".join(story.result.tags)
    return safe(f"[{tags}]", "dim", limit=_TAGS) if tags else Text()


def _tally(story: CaseStory) -> str:
    arms = story.result.arms
    return " → ".join(_passed(arms[arm]) for arm in Arm if arm in arms)


def _passed(arm: ArmOutcome) -> str:
    """Write `2/3`, or the mean where outcomes are scores."""
    outcomes = arm.outcomes
    if not outcomes:
        return "–"
    if all(outcome in {0.0, 1.0} for outcome in outcomes):
        return f"{sum(outcomes):.0f}/{len(outcomes)}"
    return f"{sum(outcomes) / len(outcomes):.2f}"
