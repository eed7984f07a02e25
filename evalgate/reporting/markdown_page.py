"""Tells a report in Markdown, as fully as a number of bytes allows.

No rendered Markdown is ever cut: the page is written again with less in it until it fits, so that
every fence and every fold is closed whatever the answers hold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.look_words import course
from evalgate.reporting.markdown import code, fence, inline, prose, row
from evalgate.reporting.markdown_case import case_block
from evalgate.reporting.numbers import count, money, percent, points, signed_points
from evalgate.reporting.preflight_words import preflight_sentence
from evalgate.reporting.sentences import ICONS, WORDS, bounds, changed_cases, worse_title
from evalgate.reporting.slice_words import told_slices
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import PromptStory, Report, Stories
from evalgate.reporting.visible import excerpt, short
from evalgate.reporting.waiver_words import waived_cases

_HEADER = ("Prompt", "Version", "Pass rate", "Change in points", "Worse", "Better", "Cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How much a page tells: prompts, broken and fixed cases of each, and characters of a text."""

    prompts: int
    broken: int = 0
    fixed: int = 0
    text: int = 0


def fitting_page(
    report: Report, *, budget: int, depths: Sequence[Depth], location: str | None, opening: str = ""
) -> str:
    """Return the fullest page that fits.

    Args:
        report: what to tell.
        budget: the most bytes of UTF-8 that the page may have.
        depths: what to try, fullest first; when none fits, the page is one sentence.
        location: where the full report is found, a path or an address; None when there is none.
        opening: a line of ours that stands before everything else.
    """
    for depth in depths:
        page = _page(report, depth, location=location, opening=opening)
        if len(page.encode()) <= budget:
            return page
    return _joined([opening, *_banner(report), _title(report), _place(location)])


def _page(report: Report, depth: Depth, *, location: str | None, opening: str) -> str:
    blocks = [
        opening,
        *_banner(report),
        _title(report),
        inline(report.consequence),
        *_simulated(report),
        *_listed("What to do next", [prose(step) for step in report.next_steps]),
        *_table(report, depth),
        *_listed("Why", list(_reasons(report, depth))),
        *_listed("Waived: counted neither way", list(_waived(report, depth))),
    ]
    for story in report.prompts[: depth.prompts]:
        blocks += _cases(story, depth, named=len(report.prompts) > 1)
    blocks += _listed("Notes", [prose(note) for note in report.run.notes[:20]])
    return _joined([*blocks, _footer(report), _place(location)])


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _title(report: Report) -> str:
    return f"## {ICONS[report.run.verdict]} {inline(report.headline)}"


def _banner(report: Report) -> list[str]:
    if report.banner is None:
        return []
    told = f"> [!IMPORTANT]\n> {prose(report.banner.text, 1_000)}"
    command = report.banner.command
    return [told, *([fence(excerpt(command, 1_000))] if command else [])]


def _simulated(report: Report) -> list[str]:
    if not report.run.simulated:
        return []
    said = "**Answers are simulated; no call was made to Claude.**"
    return [f"> [!NOTE]\n> {said} Costs are what the calls would have cost."]


def _listed(title: str, items: Sequence[str]) -> list[str]:
    return ["\n".join([f"**{title}**", "", *(f"- {item}" for item in items)])] if items else []


def _table(report: Report, depth: Depth) -> list[str]:
    stories = report.prompts[: depth.prompts]
    if not stories:
        return []
    lines = [row(*_HEADER, "Verdict"), row(*["---"] * (len(_HEADER) + 1))]
    lines += [_table_row(story.verdict) for story in stories]
    more = len(report.prompts) - len(stories)
    return ["\n".join(lines), *([f"{count(more, 'more prompt')} not shown here."] if more else [])]


def _table_row(verdict: PromptVerdict) -> str:
    refs = [ref for ref in (verdict.baseline, verdict.candidate) if ref]
    rates = [verdict.pass_rate[arm] for arm in Arm if verdict.pass_rate.get(arm) is not None]
    return row(
        code(verdict.name, 60),
        " → ".join(code(ref.version, 30) for ref in refs) or "–",
        " → ".join(percent(rate) for rate in rates) or "–",
        _change(verdict),
        f"{len(verdict.flips.regressed)} of {verdict.cases.compared}",
        str(len(verdict.flips.fixed)),
        money(verdict.cost_usd),
        f"{ICONS[verdict.verdict]} **{WORDS[verdict.verdict]}**",
    )


def _change(verdict: PromptVerdict) -> str:
    if verdict.delta is None:
        return "–"
    low, high = bounds(verdict.delta, verdict.max_drop)
    change = signed_points(verdict.delta.estimate)
    return f"**{change}** (from {low} to {high}; limit {points(-verdict.max_drop)})"


def _reasons(report: Report, depth: Depth) -> Iterator[str]:
    yield from (prose(reason.message) for reason in report.reasons[:20])
    for story in report.prompts[: depth.prompts]:
        name = f"{code(story.verdict.name, 60)}: " if len(report.prompts) > 1 else ""
        for reason in story.verdict.reasons[:10]:
            yield f"{name}{prose(reason.message)}"
        if story.verdict.preflight:
            yield f"{name}Known beforehand: {preflight_sentence(story.verdict.preflight)}."
        yield from (f"{name}{account}" for account in _accounts(story))
        for title, said in course(story.verdict):
            yield f"{name}{title.capitalize()}: {inline(said, 2_000)}"
        for tag, said in told_slices(story.verdict):
            yield f"{name}Slice {code(tag, 60)}: {said}"
        for word, cases in changed_cases(story.verdict):
            yield f"{name}Cases that are {word}: {inline(cases, 2_000)}"


def _waived(report: Report, depth: Depth) -> Iterator[str]:
    for story in report.prompts[: depth.prompts]:
        name = f"{code(story.verdict.name, 60)}: " if len(report.prompts) > 1 else ""
        for case, terms in waived_cases(story.verdict):
            yield f"{name}{code(case, 60)} {inline(terms, 400)}"


def _accounts(story: PromptStory) -> Iterator[str]:
    """Say what became of the trials when not all of them were graded."""
    ledgers = story.verdict.ledger.values()
    planned = sum(each.planned for each in ledgers)
    graded = sum(each.graded + each.waived for each in ledgers)
    if planned == graded:
        return
    kinds = [f"{number:,} × {inline(kind, 40)}" for kind, number in story.error_kinds.items()]
    kinds += [f"{n:,} × skipped ({inline(kind, 40)})" for kind, n in story.skip_kinds.items()]
    causes = f": {', '.join(kinds[:10])}" if kinds else ""
    yield f"{graded:,} of {count(planned, 'planned trial')} have a grade; the others do not{causes}"


def _cases(story: PromptStory, depth: Depth, *, named: bool) -> list[str]:
    name = f" in {code(story.verdict.name, 60)}" if named else ""
    groups = (
        (f"{worse_title(story.verdict.verdict)}{name}", story.regressed, depth.broken),
        (f"Failing{name}, with no baseline to compare", story.failing, depth.broken),
        (f"What got better{name}", story.fixed, depth.fixed),
        (f"Waived{name}", story.waived, depth.fixed),
    )
    blocks: list[str] = []
    for title, stories, limit in groups:
        blocks += _group(title, stories, limit, text_limit=depth.text)
    return blocks


def _group(title: str, stories: Stories, limit: int, *, text_limit: int) -> list[str]:
    if not stories.total:
        return []
    told = stories.told[:limit]
    more = stories.total - len(told)
    left_out = f"{count(more, 'more case' if told else 'case')} in the full report only."
    return [
        f"### {title}: {count(stories.total, 'case')}",
        *(case_block(story, text_limit) for story in told),
        *([left_out] if more else []),
    ]


def _footer(report: Report) -> str:
    run = report.run
    return (
        f"Cost {cost_line(run)} · base {code(short(run.base))}"
        f" · head {code(short(run.head) or 'the work tree')}"
    )


def _place(location: str | None) -> str:
    if location is None:
        return ""
    if location.startswith(("https://", "http://")) and not set(location) & set(" <>\"'\n\\"):
        return f"[The full report](<{location}>) has every case."
    return f"The full report has every case: {code(location, 200)}"
