"""Tells a rollout in GitHub's Markdown: for the summary of a job and the text of a pull request."""

from collections.abc import Iterator, Sequence

from evalgate.model.rollout import RolloutReport
from evalgate.reporting.markdown import code, details, entities, fence, inline, prose, row
from evalgate.reporting.rollout_course import course_line
from evalgate.reporting.rollout_criteria import (
    CriterionRow,
    criterion_rows,
    harm_limit,
    of,
    unknown_outcomes,
)
from evalgate.reporting.rollout_words import (
    blast_radius,
    headline,
    lacks_told,
    left_out,
    link_of,
    next_step,
    reasons_told,
    remarks,
    shown_command,
    split_sentence,
    too_late,
    verdict_of,
)
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.visible import Excerpt, short

_HEADER = ("Criterion", "", "Stable", "Canary", "Rise in points", "Allowed", "Proof", "Harm")
_ITEMS, _MOVES = 20, 40
_NAME, _WHY = 60, 300


def rollout_markdown(report: RolloutReport, *, page: str | None = None) -> str:
    """Return the Markdown, at most some 40 KB; the same report gives the same bytes.

    Args:
        report: what to tell.
        page: the path or the address of the whole page, when there is one.
    """
    said = [split_sentence(report.evidence.split), blast_radius(report)]
    blocks = [
        f"## {ICONS[verdict_of(report)]} {inline(headline(report))}",
        f"**Done:** {prose(report.moved)}" if report.moved else "",
        inline(course_line(report)),
        f"**What to do next:** {prose(next_step(report))}",
        *_command(report),
        _table(report),
        " ".join(inline(each) for each in said if each),
        *_listed("What is missing", [prose(each.sentence) for each in lacks_told(report)]),
        inline(too_late(report)),
        *_listed("Why", [prose(each.message) for each in reasons_told(report)]),
        *_folded("Left out, and remarks", list(_notes(report))),
        _history(report),
        *_places(report, page),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _command(report: RolloutReport) -> Iterator[str]:
    command = shown_command(report)
    if command:
        yield fence(Excerpt(text=command), language="sh")


def _table(report: RolloutReport) -> str:
    lines = [row(*_HEADER), row(*["---"] * len(_HEADER))]
    lines += [_line(each) for each in criterion_rows(report)]
    total = of(report.evidence.harm, harm_limit(report.rules))
    blank = [""] * (len(_HEADER) - 2)
    return "\n".join([*lines, row("All criteria together", *blank, f"**{_plain(total)}**")])


def _line(each: CriterionRow) -> str:
    cells = (
        (each.stable, each.stable_units),
        (each.canary, each.canary_units),
        (each.rise, each.rise_bounds),
    )
    told = [f"**{_plain(value)}**{f' ({_plain(note)})' if note else ''}" for value, note in cells]
    rest = (_plain(value) for value in (each.most, each.proof, each.harm))
    return row(f"**{each.name}**", _plain(each.standing), *told, *rest)


def _plain(text: str) -> str:
    return entities(text, _WHY)


def _listed(title: str, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    more = len(items) - _ITEMS
    shown = [*items[:_ITEMS], *([f"and {more:,} more"] if more > 0 else [])]
    return ["\n".join([f"**{title}**", "", *(f"- {item}" for item in shown)])]


def _folded(title: str, items: Sequence[str]) -> list[str]:
    return [details(title, "\n".join(f"- {item}" for item in items))] if items else []


def _notes(report: RolloutReport) -> Iterator[str]:
    counted = (*left_out(report.evidence), *unknown_outcomes(report.evidence))
    yield from (inline(each) for each in counted[:_ITEMS])
    yield from (prose(each) for each in remarks(report)[:_ITEMS])


def _history(report: RolloutReport) -> str:
    if not report.history:
        return ""
    lines = [row("When", "State", "Who", "Why"), row(*["---"] * 4)]
    for *names, why in report.history[-_MOVES:]:
        lines.append(row(*(inline(name, _NAME) for name in names), prose(why, _WHY)))
    version = code(short(report.rollout.hash))
    judged = f", judged offline by the run {code(report.rollout.verdict)}"
    known = f"Version {version}{judged if report.rollout.verdict else ''}."
    return details("History", "\n".join(lines) + f"\n\n{known}")


def _places(report: RolloutReport, page: str | None) -> Iterator[str]:
    if page:
        yield f"The whole page, with charts: {code(page, 200)}"
    link = link_of(report)
    if link:
        yield f"[The run of the workflow](<{link}>)"
