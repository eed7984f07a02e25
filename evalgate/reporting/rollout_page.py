"""Draws a rollout as one HTML page that needs nothing else: no network, no font, no other file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evalgate.model.rollout import RolloutReport
from evalgate.model.verdict import Verdict
from evalgate.reporting.drawing import Drawing
from evalgate.reporting.pages import written
from evalgate.reporting.rollout_charts import evidence_chart, rise_chart
from evalgate.reporting.rollout_course import stations
from evalgate.reporting.rollout_criteria import (
    criterion_rows,
    e_value,
    harm_limit,
    needed_proof,
    of,
    rate,
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
    step_facts,
    too_late,
    verdict_of,
    word_of,
)
from evalgate.reporting.sentences import ICONS
from evalgate.reporting.visible import short

_NO_BREAK = "\u00a0"
_UNIT = re.compile(r"(?<=\d) (?=(?:%|d|h|min|UTC)(?!\w))|(?<=\d [dh]) (?=\d)")
_SCRIPTS = ("page/elements.js", "page/theme.js", "page/copying.js", "page/rollout.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """The two charts of a criterion, and whether they are seen at once or when somebody asks."""

    name: str
    standing: str
    is_open: bool
    rise: Drawing
    evidence: Drawing


def rollout_page(report: RolloutReport) -> str:
    """Return the page; the same report gives the same bytes."""
    return written(
        "rollout.html.j2",
        styles=("report.css", "charts.css", "cases.css", "rollout.css"),
        scripts=_SCRIPTS,
        shared={"icons": ICONS, "kept": _kept, "short": short},
        report=report,
        verdict=verdict_of(report),
        word=word_of(report),
        headline=headline(report),
        next_step=next_step(report),
        command=shown_command(report),
        stations=stations(report),
        facts=tuple(step_facts(report)),
        lacks=lacks_told(report),
        reasons=reasons_told(report),
        too_late=too_late(report),
        rows=criterion_rows(report),
        total_harm=of(report.evidence.harm, harm_limit(report.rules)),
        blast=blast_radius(report),
        split=split_sentence(report.evidence.split),
        charts=tuple(_charts(report)),
        left_out=(*left_out(report.evidence), *unknown_outcomes(report.evidence)),
        remarks=remarks(report),
        link=link_of(report),
        needed=e_value(needed_proof(report)),
        limit=e_value(harm_limit(report.rules)),
        alpha=rate(report.rules.alpha),
    )


def _kept(text: str) -> str:
    """Return a text in which a number and its unit stay on one line."""
    return _UNIT.sub(_NO_BREAK, text)


def _charts(report: RolloutReport) -> Iterator[Charts]:
    """Yield the charts of each criterion; the first one and what is worse are seen at once."""
    rows = criterion_rows(report)
    for number, (each, row) in enumerate(zip(report.evidence.criteria, rows, strict=True)):
        rise = rise_chart(each, report, key=f"rise-{number}")
        evidence = evidence_chart(each, report, key=f"evidence-{number}")
        if rise is not None and evidence is not None:
            yield Charts(
                name=row.name,
                standing=row.standing,
                is_open=number == 0 or row.stands is Verdict.FAIL,
                rise=rise,
                evidence=evidence,
            )
