"""Draws the playbook of an incident as one HTML page that needs nothing else."""

from evalgate.model.incident import Incident
from evalgate.reporting.incident_words import (
    PHASES,
    answer_tone,
    communication_line,
    facts,
    next_action,
    slice_line,
    stamp,
    steps,
    suspect_line,
    tone_of,
    weight,
)
from evalgate.reporting.pages import written
from evalgate.reporting.sentences import ICONS

_SCRIPTS = ("page/elements.js", "page/theme.js", "page/copying.js", "page/incident.js")


def incident_page(incident: Incident) -> str:
    """Return the page; the same incident gives the same bytes."""
    return written(
        "incident.html.j2",
        styles=("report.css", "cases.css", "incident.css"),
        scripts=_SCRIPTS,
        shared={
            "icons": ICONS,
            "answer_tone": answer_tone,
            "communication_line": communication_line,
            "slice_line": slice_line,
            "suspect_line": suspect_line,
            "weight": weight,
        },
        incident=incident,
        tone=tone_of(incident),
        stamp=stamp(incident),
        facts=tuple(facts(incident)),
        following=next_action(incident),
        phases=[(phase.value, name, steps(incident, phase)) for phase, name in PHASES.items()],
    )
