"""Tells a report in Markdown, as fully as a number of bytes allows.

No rendered Markdown is ever cut: the page is written again with less in it until it fits, so that
every fence and every fold is closed whatever the answers hold.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict
from evalgate.reporting.certainty_words import certainty
from evalgate.reporting.look_words import course
from evalgate.reporting.markdown import code, details, fence, inline, prose, row
from evalgate.reporting.markdown_case import case_block
from evalgate.reporting.markdown_diff import diff_block
from evalgate.reporting.numbers import count, money, percent, points, signed_points
from evalgate.reporting.preflight_words import preflight_sentence
from evalgate.reporting.sentences import ICONS, WORDS, bounds, changed_cases, worse_title
from evalgate.reporting.slice_words import told_slices
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import Outcome, PromptStory, Report, Stories
from evalgate.reporting.turning_words import turnings
from evalgate.reporting.visible import excerpt, inert_in_logs, short, visible
from evalgate.reporting.waiver_words import waived_cases

_HEADER = ("Verdict", "Prompt", "Pass rate", "Change in points", "Worse", "Better", "Cost")
_FAULTS_SHOWN = 3
_FILES_SHOWN = 10
_LONGEST_COMMAND = 500


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
        *_what_follows(report),
        *_simulated(report),
        *_table(report, depth),
        *_about("How sure", list(_certainties(report, depth))),
        *_prompt_changes(report, depth),
    ]
    for story in report.prompts[: depth.prompts]:
        blocks += _cases(story, depth, named=len(report.prompts) > 1)
    blocks += _listed("What would change the verdict", list(_turnings(report, depth)))
    blocks += _listed("Waived: counted neither way", list(_waived(report, depth)))
    blocks += _folded("Why, in full", list(_reasons(report, depth)))
    blocks += _listed("Notes", [prose(note) for note in report.run.notes[:20]])
    blocks += _command(report, depth)
    return _joined([*blocks, _footer(report), _place(location)])


def _what_follows(report: Report) -> list[str]:
    """Write whether the change may go in, and what to do next."""
    steps = [prose(step) for step in report.next_steps]
    follows = f"**{inline(report.consequence)}**"
    return [follows, *_about("What to do next", steps)]


def _about(title: str, items: Sequence[str]) -> list[str]:
    """Write one item behind its title, several in a list below it."""
    return [f"**{title}:** {items[0]}"] if len(items) == 1 else _listed(title, items)


def _certainties(report: Report, depth: Depth) -> Iterator[str]:
    for story in report.prompts[: depth.prompts]:
        if said := certainty(story.verdict):
            yield f"{_name(report, story)}{inline(said)}"


def _turnings(report: Report, depth: Depth) -> Iterator[str]:
    """Yield what would change the verdict of the run: that of the prompts that decide it."""
    for story in report.prompts[: depth.prompts]:
        if story.verdict.verdict is not report.run.verdict:
            continue
        for said in turnings(story.verdict):
            yield f"{_name(report, story)}{prose(said)}"


def _prompt_changes(report: Report, depth: Depth) -> list[str]:
    """Return the files that the change touches, each once, where there is room for texts."""
    if not depth.text:
        return []
    files = [file for story in report.prompts[: depth.prompts] for file in story.files]
    blocks = (diff_block(file, budget=2 * depth.text) for file in dict.fromkeys(files))
    return [block for block in blocks if block][:_FILES_SHOWN]


def _name(report: Report, story: PromptStory) -> str:
    """Name the prompt that a line is about, where there are several."""
    return f"{code(story.verdict.name, 60)}: " if len(report.prompts) > 1 else ""


def _folded(title: str, items: Sequence[str]) -> list[str]:
    return [details(title, "\n".join(f"- {item}" for item in items))] if items else []


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _title(report: Report) -> str:
    return f"## {ICONS[report.run.verdict]} {prose(report.headline)}"


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
    lines = [row(*_HEADER), row(*["---"] * len(_HEADER))]
    lines += [_table_row(story.verdict) for story in stories]
    more = len(report.prompts) - len(stories)
    return ["\n".join(lines), *([f"{count(more, 'more prompt')} not shown here."] if more else [])]


def _table_row(verdict: PromptVerdict) -> str:
    refs = [ref for ref in (verdict.baseline, verdict.candidate) if ref]
    rates = [verdict.pass_rate[arm] for arm in Arm if verdict.pass_rate.get(arm) is not None]
    compared = verdict.cases.compared
    versions = " → ".join(code(ref.version, 30) for ref in refs)
    return row(
        f"{ICONS[verdict.verdict]} **{WORDS[verdict.verdict]}**",
        f"{code(verdict.name, 60)} {versions}".rstrip(),
        " → ".join(percent(rate) for rate in rates) or "–",
        _change(verdict),
        f"{len(verdict.flips.regressed):,} of {compared:,}" if compared else "–",
        f"{len(verdict.flips.fixed):,}" if compared else "–",
        money(verdict.cost_usd),
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
        name = _name(report, story)
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
        name = _name(report, story)
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
        if stories is story.regressed and blocks:
            blocks[1:1] = _faults(story)
    return blocks


def _faults(story: PromptStory) -> Iterator[str]:
    """Say which graders find fault with the cases that did worse."""
    worse = [case for case in story.results if case.outcome is Outcome.REGRESSED]
    faults = Counter(grader for case in worse for grader in case.failing)
    ranked = sorted(faults.items(), key=lambda item: (-item[1], item[0]))[:_FAULTS_SHOWN]
    if ranked and len(worse) > 1:
        said = "; ".join(f"{number:,} × {inline(grader, 120)}" for grader, number in ranked)
        yield f"What fails most: {said}."


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


def _command(report: Report, depth: Depth) -> list[str]:
    """Return the command for the first case that broke, where it can be shown as it is typed."""
    for story in report.prompts[: depth.prompts] if depth.broken else ():
        for told in (*story.regressed.told[:1], *story.failing.told[:1]):
            words = told.command
            if words and len(words) <= _LONGEST_COMMAND and inert_in_logs(visible(words)) == words:
                return ["To run one of these cases again:", fence(excerpt(words, _LONGEST_COMMAND))]
    return []


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
