"""Tells a report on one screen of a terminal, and in a build log, where nothing may act."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evalgate.model.report_folder import PAGE
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.headline import parted
from evalgate.reporting.numbers import count
from evalgate.reporting.sentences import ICONS, worse_title
from evalgate.reporting.story import PromptStory, Report, Stories
from evalgate.reporting.terminal_cases import case_list
from evalgate.reporting.terminal_facts import facts
from evalgate.reporting.terminal_next import commands, places
from evalgate.reporting.terminal_table import comparisons, title
from evalgate.reporting.terminal_text import COLOURS, rows, safe

_USUAL, _MOST = 2, 20
"""Prompts of a usual run, beyond which each is told in fewer lines; and the most that are told."""

_CASES, _CASES_OF_MANY = 5, 3
_NOTES, _REASONS = 6, 6
_IN_THE_TABLE = ("non_inferior", "regression")
"""Reasons whose numbers stand in the table."""


def show(
    report: Report, console: Console, *, files: Mapping[str, str], policy: str | None = None
) -> None:
    """Print a report: what was decided, what to do, numbers, the worst cases, where to look.

    Args:
        report: what to tell.
        console: where to print; its width and colours are respected.
        files: what was written, as name → path.
        policy: the policy that ruled, where a repository has several.
    """
    _show_verdict(report, console)
    if report.prompts:
        console.print()
    told = _gravest(report.prompts)
    for each in comparisons([story.verdict for story in told], console):
        console.print(each)
    _show_more(len(report.prompts) - len(told), "prompt", console)
    for story in told:
        _show_prompt(story, console, of=len(report.prompts))
    _show_list(console, "Why", [reason.message for reason in report.reasons], most=_REASONS)
    _show_list(console, "Notes", report.run.notes, most=_NOTES)
    console.print()
    _show_rows({**places(report, files), **commands(report, files, policy)}, console)


def _gravest(stories: Sequence[PromptStory]) -> Sequence[PromptStory]:
    """Return all, or those with the gravest verdicts where there are too many for a screen."""
    if len(stories) <= _MOST:
        return stories
    return sorted(stories, key=lambda story: -story.verdict.verdict.severity)[:_MOST]


def _show_verdict(report: Report, console: Console) -> None:
    run = report.run
    headline = parted(report.headline)
    start = (f"{ICONS[run.verdict]} {headline.word}: ", f"bold {COLOURS[run.verdict]}")
    if report.banner:
        console.print(safe(report.banner.text, "bold yellow"))
        if report.banner.command:
            console.print(safe(report.banner.command), soft_wrap=True)
    console.print(Text.assemble(start, safe(headline.sentence)))
    console.print(safe(report.consequence, "dim"))
    if run.simulated:
        console.print(Text("Answers are simulated; no call was made to Claude.", "bold yellow"))
    for step in report.next_steps:
        console.print(_item(step, mark="→"))


def _show_prompt(story: PromptStory, console: Console, *, of: int) -> None:
    """Print what the table does not say of a prompt; a heading where there are several."""
    verdict = story.verdict
    said = list(facts(story, briefly=of > _USUAL and verdict.verdict is Verdict.PASS))
    reasons = [each.message for each in verdict.reasons if not _is_in_the_table(each.code, verdict)]
    groups = [
        (name, found)
        for name, found in (
            (worse_title(verdict.verdict), story.regressed),
            ("Failing", story.failing),
        )
        if found.total
    ]
    if not (said or reasons or groups):
        return
    console.print()
    if of > 1:
        console.print(title(verdict))
    for name, found in groups:
        _show_cases(name, found, console, of=of)
    for reason in reasons[:_REASONS]:
        console.print(_item(reason))
    _show_more(len(reasons) - _REASONS, "reason", console)
    if said:
        console.print(rows(said))


def _is_in_the_table(code: str, verdict: PromptVerdict) -> bool:
    return code in _IN_THE_TABLE and verdict.delta is not None


def _show_cases(name: str, found: Stories, console: Console, *, of: int) -> None:
    shown = found.told[: _CASES if of == 1 else _CASES_OF_MANY]
    console.print(Text(f"  {name}: {count(found.total, 'case')}", "bold"))
    listed = case_list(shown, console.width - 4, briefly=of > 1)
    console.print(Padding(listed, (0, 0, 0, 4), expand=False))
    _show_more(found.total - len(shown), "case", console)


def _show_more(number: int, noun: str, console: Console) -> None:
    if number > 0:
        console.print(f"    … and {count(number, f'more {noun}')} in {PAGE}", style="dim")


def _show_list(console: Console, name: str, items: Sequence[str], *, most: int) -> None:
    if not items:
        return
    console.print()
    console.print(Text(name, "bold"))
    for item in items[:most]:
        console.print(_item(item))
    _show_more(len(items) - most, name.lower().rstrip("s"), console)


def _item(text: str, *, mark: str = "-") -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(Text(mark if mark != "-" else "  -"), safe(text))
    return table


def _show_rows(named: Mapping[str, str], console: Console) -> None:
    """Print names with values that are never broken, because people copy them."""
    width = max(map(len, named), default=0)
    for name, value in named.items():
        console.print(
            Text.assemble((f"  {name:<{width}}  ", "dim"), safe(value, limit=4_000)), soft_wrap=True
        )
