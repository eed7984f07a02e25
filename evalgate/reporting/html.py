"""Draws a report as one HTML page that needs nothing else: no script, no network, no font.

The page carries a content security policy that allows its own style sheet and nothing besides.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Slice
from evalgate.reporting.interval_chart import IntervalChart, interval_chart
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
from evalgate.reporting.preflight_words import preflight_sentence, supposed
from evalgate.reporting.sentences import ICONS, WORDS, changed_cases, worse_title
from evalgate.reporting.slice_words import slice_mark
from evalgate.reporting.spending import cost_line
from evalgate.reporting.story import Report, first_complaint
from evalgate.reporting.visible import short, visible
from evalgate.reporting.waiver_words import waived_cases

_SLICES_SHOWN = 60
_CODE = re.compile(r"`([^`\n]+)`")


def page(report: Report) -> str:
    """Return the HTML of a report; the same report gives the same bytes."""
    return written("report.html.j2", report=report, run=report.run, cost=cost_line(report.run))


def written(template: str, *, styles: Sequence[str] = ("report.css",), **values: object) -> str:
    """Return a page that carries its style, and a policy that allows this style and nothing else.

    Args:
        template: its file in the folder of templates.
        styles: the files of its style there.
        values: what the template names.
    """
    environment = _environment()
    loader = PackageLoader("evalgate.reporting")
    style = "".join(loader.get_source(environment, name)[0] for name in styles)
    return environment.get_template(template).render(
        **values,
        style=Markup(style),  # noqa: S704 - our own files; the policy's hash is over these bytes
        policy=_content_security_policy(style),
    )


def _content_security_policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"


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
        "arms": tuple(Arm),
        "changed_cases": changed_cases,
        "course": course,
        "chart_of": _chart_of,
        "first_complaint": first_complaint,
        "icons": ICONS,
        "preflight_sentence": preflight_sentence,
        "slice_mark": slice_mark,
        "slices_of": _slices_of,
        "short": short,
        "supposed": supposed,
        "waived_cases": waived_cases,
        "words": WORDS,
        "worse_title": worse_title,
    }
    return environment


def _shown(value: object) -> object:
    """Make every text that the templates write visible, before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Escape a sentence and set what stands between backticks as code."""
    escaped = str(escape(visible(text)))
    return Markup(_CODE.sub(r"<code>\1</code>", escaped))  # noqa: S704 - escaped above


def _chart_of(verdict: PromptVerdict) -> IntervalChart | None:
    return interval_chart(verdict.delta, verdict.max_drop) if verdict.delta else None


def _slices_of(verdict: PromptVerdict) -> list[Slice]:
    """Return the slices that a reader should see: protected ones, then those that lost most."""
    ordered = sorted(
        verdict.slices,
        key=lambda part: (not part.protected, (part.delta or 0.0) * part.cases, part.tag),
    )
    return ordered[:_SLICES_SHOWN]
