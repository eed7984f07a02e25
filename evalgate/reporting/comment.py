"""Writes the comment on a pull request and the summary of a job: one page, two sizes."""

from evalgate.reporting.markdown_page import Depth, fitting_page
from evalgate.reporting.story import Report

MARKER = "<!-- evalgate:comment/1 -->"

COMMENT_BYTES = 60_000
"""The most bytes of a comment: GitHub refuses bodies over 65,536 characters."""

SUMMARY_BYTES = 1_000_000
"""The most bytes of a summary: GitHub refuses more than 1 MiB and fails the step."""

_COMMENT_DEPTHS = (
    Depth(prompts=50, broken=10, fixed=2, text=1_200),
    Depth(prompts=50, broken=8, fixed=0, text=600),
    Depth(prompts=50, broken=3, fixed=0, text=300),
    Depth(prompts=50),
    Depth(prompts=10),
)
_SUMMARY_DEPTHS = (
    Depth(prompts=200, broken=200, fixed=50, text=4_000),
    Depth(prompts=200, broken=50, fixed=10, text=2_000),
    Depth(prompts=100, broken=10, fixed=2, text=1_000),
    Depth(prompts=100),
    Depth(prompts=10),
)


def comment(
    report: Report, *, report_location: str | None = None, budget: int = COMMENT_BYTES
) -> str:
    """Return `comment.md`, which is found again by its first line.

    Args:
        report: what to tell.
        report_location: the path or the address of the full report, when there is one.
        budget: the most bytes; less than all where several pages share a comment.
    """
    return fitting_page(
        report,
        budget=budget,
        depths=_COMMENT_DEPTHS,
        location=report_location,
        opening=MARKER,
    )


def summary(
    report: Report, *, report_location: str | None = None, budget: int = SUMMARY_BYTES
) -> str:
    """Return `summary.md`; the arguments are those of `comment`."""
    return fitting_page(report, budget=budget, depths=_SUMMARY_DEPTHS, location=report_location)
