"""Tells a report on one screen of a terminal, and in a build log, where nothing may act."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.look_words import course
from evalgate.reporting.numbers import count, percent, points, signed_points, tally
from evalgate.reporting.preflight_words import preflight_sentence
from evalgate.reporting.sentences import ICONS, WORDS, bounds, changed_cases, worse_title
from evalgate.reporting.slice_words import told_slices
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import CaseStory, PromptStory, Report, first_complaint
from evalgate.reporting.visible import on_one_line, safe_line
from evalgate.reporting.waiver_words import waived_cases

COLOURS: Mapping[Verdict, str] = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ERROR: "magenta",
    Verdict.NOT_APPLICABLE: "blue",
}
"""The colour of the word and the sign of a verdict."""

_BROKEN_SHOWN = 5
_LINE = 400


def show(report: Report, console: Console, *, files: Mapping[str, str]) -> None:
    """Print a report.

    Args:
        report: what to tell.
        console: where to print; its width and colours are respected.
        files: what was written, as name → path.
    """
    run = report.run
    word, _, sentence = report.headline.partition(": ")
    colour = COLOURS[run.verdict]
    headline = Text.assemble((f"{ICONS[run.verdict]} {word}: ", f"bold {colour}"), _safe(sentence))
    if report.banner:
        console.print(_safe(report.banner.text, "bold yellow"))
        if report.banner.command:
            console.print(_safe(report.banner.command), soft_wrap=True)
    console.print(headline)
    console.print(_safe(report.consequence, "dim"))
    if run.simulated:
        console.print(Text("Answers are simulated; no call was made to Claude.", "bold yellow"))
    for story in report.prompts:
        console.print()
        _show_prompt(story, console)
    _show_list(console, "Why", [reason.message for reason in report.reasons])
    _show_list(console, "What to do next", report.next_steps)
    _show_list(console, "Notes", run.notes)
    console.print()
    places = {"cost": _cost(report), **files}
    width = max(len(name) for name in places)
    for name, value in places.items():
        console.print(Text.assemble((f"  {name:<{width}}  ", "dim"), _safe(value)), soft_wrap=True)


def _show_prompt(story: PromptStory, console: Console) -> None:
    verdict = story.verdict
    refs = [_safe(ref.version).plain for ref in (verdict.baseline, verdict.candidate) if ref]
    title = Text.assemble(
        (_safe(on_one_line(verdict.name, 60)).plain, "bold"),
        f"  {' → '.join(refs)}  ",
        (f"{ICONS[verdict.verdict]} {WORDS[verdict.verdict]}", COLOURS[verdict.verdict]),
    )
    console.print(title)
    console.print(rows(_facts(story)))
    for reason in verdict.reasons:
        console.print(_item(reason.message))
    groups = ((worse_title(verdict.verdict), story.regressed), ("Failing", story.failing))
    for title_of_group, stories in groups:
        if not stories.total:
            continue
        shown = stories.told[:_BROKEN_SHOWN]
        more = f" (the first {len(shown)})" if stories.total > len(shown) else ""
        console.print(Text(f"  {title_of_group}: {count(stories.total, 'case')}{more}", "bold"))
        for told in shown:
            console.print(Padding(_case(told), (0, 0, 0, 4), expand=False))


def _facts(story: PromptStory) -> Iterator[tuple[str, str]]:
    verdict = story.verdict
    rates = [percent(rate) for arm in Arm if (rate := verdict.pass_rate.get(arm)) is not None]
    if rates:
        yield "pass rate", " → ".join(rates)
    if verdict.delta:
        yield "change", _change(verdict)
    if verdict.evalset:
        worse, better = len(verdict.flips.regressed), len(verdict.flips.fixed)
        compared = count(verdict.cases.compared, "case")
        yield "compared", f"{compared} of {verdict.evalset}: {worse:,} worse, {better:,} better"
    if verdict.preflight:
        yield "could show", preflight_sentence(verdict.preflight)
    if verdict.ledger:
        yield "trials", _account(story)
    yield from course(verdict)
    for tag, said in told_slices(verdict):
        yield f"slice {on_one_line(tag, 40)}", said
    for case, terms in waived_cases(verdict):
        yield on_one_line(case, 40), terms
    yield from changed_cases(verdict)


def _change(verdict: PromptVerdict) -> str:
    if verdict.delta is None:
        return ""
    low, high = bounds(verdict.delta, verdict.max_drop)
    estimate = signed_points(verdict.delta.estimate)
    return f"{estimate} points, from {low} to {high}; the limit is {points(-verdict.max_drop)}"


def _account(story: PromptStory) -> str:
    ledgers = story.verdict.ledger.values()
    parts = {
        part: sum(getattr(ledger, part) for ledger in ledgers)
        for part in ("planned", "graded", "errored", "skipped", "waived")
    }
    planned = parts.pop("planned")
    rest = " + ".join(f"{number:,} {part}" for part, number in parts.items() if number) or "0"
    kinds = {**story.error_kinds, **story.skip_kinds}
    causes = ", ".join(f"{number:,} × {kind}" for kind, number in kinds.items())
    return f"{planned:,} planned = {rest}{f' ({causes})' if causes else ''}"


def _case(story: CaseStory) -> Text:
    result = story.result
    change = " → ".join(tally(result.arms[arm].outcomes) for arm in Arm if arm in result.arms)
    importance = (" critical", "bold red") if result.critical else ""
    steadiness = (" flaky", "yellow") if result.flaky else ""
    name = (_safe(on_one_line(result.case, 60)).plain, "bold")
    line = Text.assemble(name, importance, steadiness, f"  {change}")
    complaint = first_complaint(story)
    return Text.assemble(line, "\n", (_safe(complaint).plain, "dim")) if complaint else line


def _show_list(console: Console, title: str, items: Sequence[str]) -> None:
    if items:
        console.print()
        console.print(Text(title, "bold"))
    for item in items:
        console.print(_item(item))


def _item(text: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("  -"), _safe(text))
    return table


def rows(facts: Iterable[tuple[str, str]]) -> Table:
    """Return facts beside their names as a table in which nothing may act."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, value in facts:
        table.add_row(Text.assemble("  ", _safe(name, "dim")), _safe(value))
    return table


def _cost(report: Report) -> str:
    run = report.run
    would = "would have been " if run.simulated else ""
    return f"{would}{cost_line(run)}"


def _safe(text: str, style: str = "") -> Text:
    """Return a text that has no markup, no hidden characters, and no workflow command anywhere.

    Lines are broken by the console, so that any place may come to stand at the start of one.
    """
    return Text(safe_line(on_one_line(text, _LINE)), style)
