"""The comment on a pull request, put together from the pages of all roots."""

from collections.abc import Sequence

from evalgate.model.verdict import Verdict
from evalgate.publishing.results import RootResult
from evalgate.reporting.comment import MARKER
from evalgate.reporting.markdown import code, inline
from evalgate.reporting.sentences import ICONS


def comment_text(results: Sequence[RootResult], *, report: str) -> str:
    """Return the text of the comment, without its marker.

    Args:
        results: of all roots. Where there are several, those with nothing to judge are named in one
            line.
        report: the address of the full report.
    """
    told = [each for each in results if not _has_nothing(each)] or [results[0]]
    quiet = [code(each.root) for each in results if each not in told]
    blocks = [_section(each, named=len(results) > 1) for each in told]
    if quiet:
        blocks.append(f"Nothing to judge in {', '.join(quiet)}.")
    if report:
        blocks.append(report_link(report, is_whole=all(each.verdict for each in results)))
    return "\n\n".join(blocks) + "\n"


def no_verdict(result: RootResult) -> str:
    """Return what stands in place of the page of a root whose run left no verdict."""
    return f"## {ICONS[Verdict.ERROR]} {inline(result.headline)}"


def report_link(address: str, *, is_whole: bool) -> str:
    """Return the line that leads to the artifact; a run that was cut off left a part of it."""
    if is_whole:
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
