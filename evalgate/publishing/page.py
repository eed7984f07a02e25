"""The comment on a pull request, put together from the pages of all roots."""

from collections.abc import Sequence

from evalgate.model.verdict import Verdict
from evalgate.publishing.results import RootResult
from evalgate.reporting.comment import COMMENT_BYTES, MARKER
from evalgate.reporting.markdown import code, inline
from evalgate.reporting.numbers import count
from evalgate.reporting.sentences import ICONS

MOST_LINES = 60
"""The most roots that have a line each: one of these has at most 900 bytes or so."""


def comment_text(results: Sequence[RootResult], *, report: str) -> str:
    """Return the text of the comment, without its marker, in as many bytes as a comment may have.

    Args:
        results: of all roots. Where there are several, those with nothing to judge are named in one
            line; where the pages of the others are too much, each root has a line.
        report: the address of the full report.
    """
    told = [each for each in results if not _has_nothing(each)] or [results[0]]
    quiet = [code(each.root) for each in results if each not in told]
    end = [f"Nothing to judge in {', '.join(quiet)}."] if quiet else []
    if report:
        end.append(report_link(report, results))
    whole = _joined([*(_section(each, named=len(results) > 1) for each in told), *end])
    if len(whole.encode()) <= COMMENT_BYTES:
        return whole
    return _joined([*_lines(told), *end[-1:]])


def _lines(results: Sequence[RootResult]) -> list[str]:
    """Return one line for each root, the worst first, and how many more there are."""
    ranked = sorted(results, key=lambda each: -(each.verdict or Verdict.ERROR).severity)
    lines = [
        f"- {code(each.root)}: {ICONS[each.verdict or Verdict.ERROR]} {inline(each.headline, 150)}"
        for each in ranked[:MOST_LINES]
    ]
    more = len(ranked) - len(lines)
    return [
        "\n".join(lines),
        *([f"{count(more, 'more root')} in the full report."] if more else []),
    ]


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def no_verdict(result: RootResult) -> str:
    """Return what stands in place of the page of a root whose run left no verdict."""
    return f"## {ICONS[Verdict.ERROR]} {inline(result.headline)}"


def report_link(address: str, results: Sequence[RootResult]) -> str:
    """Return the line that leads to the artifact, which holds no report where nothing was run."""
    if all(each.verdict for each in results) and any(each.has_report for each in results):
        return f"[The full report](<{address}>) has every case."
    return f"[The artifact](<{address}>) has what the run left."


def is_worth_a_comment(results: Sequence[RootResult]) -> bool:
    """Return whether there is anything to say to somebody who has not asked."""
    return not all(map(_has_nothing, results))


def _has_nothing(result: RootResult) -> bool:
    return result.verdict is Verdict.NOT_APPLICABLE


def _section(result: RootResult, *, named: bool) -> str:
    page = result.page.removeprefix(MARKER).strip()
    if result.verdict is None:
        page = no_verdict(result)
    return f"{code(result.root)}\n\n{page}" if named else page
