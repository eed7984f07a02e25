"""Draws a report as one HTML page: everything that a run has to tell, to be looked through."""

from collections import Counter
from collections.abc import Mapping
from urllib.parse import quote

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Slice
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.glance import glance
from evalgate.reporting.headline import parted
from evalgate.reporting.interval_chart import interval_chart
from evalgate.reporting.line_diff import compared
from evalgate.reporting.look_words import course
from evalgate.reporting.packing import CASES_IN_CHUNK, packed
from evalgate.reporting.pages import written
from evalgate.reporting.preflight_words import preflight_sentence, supposed
from evalgate.reporting.sentences import ICONS, WORDS, bounds, changed_cases, worse_title
from evalgate.reporting.slice_order import reading_order
from evalgate.reporting.slice_words import slice_mark
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import Mark, Outcome, PromptStory, Report, first_complaint
from evalgate.reporting.trends import trends
from evalgate.reporting.turning_words import turnings
from evalgate.reporting.visible import short, visible
from evalgate.reporting.waiver_words import waived_cases
from evalgate.reporting.word_diff import Kind

_SLICES_SHOWN = 60
_WORST_SHOWN = 5
_SCRIPTS = (
    "page/elements.js",
    "page/data.js",
    "page/theme.js",
    "page/address.js",
    "page/copying.js",
    "page/case.js",
    "page/list.js",
    "page/printing.js",
    "page/views.js",
)
_SIGNS: Mapping[Kind, str] = {Kind.SAME: "", Kind.GONE: "−", Kind.ADDED: "+"}


def page(report: Report) -> str:
    """Return the HTML of a report; the same report gives the same bytes."""
    headline = parted(report.headline)
    return written(
        "report.html.j2",
        styles=("report.css", "charts.css", "cases.css"),
        scripts=_SCRIPTS,
        shared=_NAMES,
        report=report,
        run=report.run,
        cost=cost_line(report.run),
        word=headline.word,
        sentence=headline.alone,
        packed=packed(report),
        in_chunk=CASES_IN_CHUNK,
        trends=trends(report),
        views=_views(report),
    )


def _views(report: Report) -> list[tuple[str, str, str]]:
    """Return the views of the page: where each is, its title, and how many things it holds."""
    cases = sum(len(story.results) for story in report.prompts)
    return [
        ("overview", "Overview", ""),
        ("cases", "Cases", f"{cases:,}"),
        ("prompts", "Prompts", ""),
        *([("trend", "Trend", "")] if report.tracks else []),
        ("run", "Run", ""),
    ]


def _chart_of(verdict: PromptVerdict, key: str) -> Drawing | None:
    return interval_chart(verdict, key=key)


def _slices_of(verdict: PromptVerdict) -> list[Slice]:
    """Return the slices that a reader should see: protected ones, then those that lost most."""
    return reading_order(verdict.slices)[:_SLICES_SHOWN]


def _counts_of(story: PromptStory) -> list[tuple[str, str, int]]:
    """Return how many cases had each outcome and each mark, in the order of their urgency."""
    outcomes = Counter(result.outcome for result in story.results)
    marks = Counter(mark for result in story.results for mark in result.marks)
    return [
        *(("outcome", each.value, outcomes[each]) for each in Outcome if outcomes[each]),
        *(("mark", each.value, marks[each]) for each in Mark if marks[each]),
    ]


def _address(verdict: PromptVerdict, case: str) -> str:
    """Return where a case is found in the page."""
    version = verdict.candidate.version if verdict.candidate else ""
    names = (verdict.name, version, verdict.evalset, case)
    return "#case/" + "/".join(quote(visible(name), safe="") for name in names)


_NAMES: Mapping[str, object] = {
    "address": _address,
    "all_marks": tuple(Mark),
    "arms": tuple(Arm),
    "bounds": bounds,
    "changed_cases": changed_cases,
    "course": course,
    "chart_of": _chart_of,
    "compared": compared,
    "counts_of": _counts_of,
    "first_complaint": first_complaint,
    "glance": glance,
    "icons": ICONS,
    "preflight_sentence": preflight_sentence,
    "signs": _SIGNS,
    "slice_mark": slice_mark,
    "slices_of": _slices_of,
    "short": short,
    "supposed": supposed,
    "turnings": turnings,
    "waived_cases": waived_cases,
    "words": WORDS,
    "worse_title": worse_title,
    "worst_shown": _WORST_SHOWN,
}
