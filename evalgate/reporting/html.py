"""Draws a report as one HTML page that needs nothing else: no network, no font, no other file.

The page carries a content security policy that allows its own style sheet and its own script, each
by its hash, and nothing besides; no text can become markup in it, not even by that script.
"""

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Slice
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.interval_chart import interval_chart
from evalgate.reporting.line_diff import compared
from evalgate.reporting.look_words import course
from evalgate.reporting.numbers import (
    count,
    milliseconds,
    money,
    percent,
    points,
    signed_points,
    tally,
)
from evalgate.reporting.packing import CASES_IN_CHUNK, packed
from evalgate.reporting.preflight_words import preflight_sentence, supposed
from evalgate.reporting.sentences import ICONS, WORDS, changed_cases, worse_title
from evalgate.reporting.slice_order import reading_order
from evalgate.reporting.slice_words import slice_mark
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import Mark, Outcome, PromptStory, Report, first_complaint
from evalgate.reporting.trends import trends
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
_CODE = re.compile(r"`([^`\n]+)`")


def page(report: Report) -> str:
    """Return the HTML of a report; the same report gives the same bytes."""
    word, _, rest = report.headline.partition(": ")
    return written(
        "report.html.j2",
        styles=("report.css", "charts.css", "cases.css"),
        scripts=_SCRIPTS,
        report=report,
        run=report.run,
        cost=cost_line(report.run),
        word=word if rest else WORDS[report.run.verdict],
        sentence=rest or report.headline,
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


def written(
    template: str,
    *,
    styles: Sequence[str] = ("report.css",),
    scripts: Sequence[str] = (),
    **values: object,
) -> str:
    """Return a page that carries its style and script, and a policy that allows nothing else.

    Args:
        template: its file in the folder of templates.
        styles: the files of its style there.
        scripts: the files of its script there, which see each other's names.
        values: what the template names.
    """
    environment = _environment()
    style = _joined(environment, styles)
    script = _joined(environment, scripts)
    return environment.get_template(template).render(
        **values,
        style=Markup(style),  # noqa: S704 - our own files; the policy's hash is over these bytes
        script=Markup(script),  # noqa: S704 - likewise
        policy=_content_security_policy(style, script),
    )


def _joined(environment: Environment, files: Sequence[str]) -> str:
    loader = PackageLoader("evalgate.reporting")
    return "".join(loader.get_source(environment, name)[0] for name in files)


def _content_security_policy(style: str, script: str) -> str:
    allowed = f"script-src 'sha256-{_digest(script)}'; " if script else ""
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; {allowed}"
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evalgate.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": count,
        "milliseconds": milliseconds,
        "money": money,
        "percent": percent,
        "points": points,
        "prose": _prose,
        "signed_points": signed_points,
        "tally": tally,
    }
    environment.globals |= {
        "address": _address,
        "all_marks": tuple(Mark),
        "arms": tuple(Arm),
        "changed_cases": changed_cases,
        "course": course,
        "chart_of": _chart_of,
        "compared": compared,
        "counts_of": _counts_of,
        "first_complaint": first_complaint,
        "icons": ICONS,
        "preflight_sentence": preflight_sentence,
        "signs": _SIGNS,
        "slice_mark": slice_mark,
        "slices_of": _slices_of,
        "short": short,
        "supposed": supposed,
        "waived_cases": waived_cases,
        "words": WORDS,
        "worse_title": worse_title,
        "worst_shown": _WORST_SHOWN,
    }
    return environment


def _shown(value: object) -> object:
    """Make every text that the templates write visible, before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Escape a sentence and set what stands between backticks as code."""
    escaped = str(escape(visible(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704 - escaped above


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
