"""Incidents on a terminal: a table, and one on a screen, in which nothing acts."""

from collections.abc import Callable
from io import StringIO

from rich.console import Console

from evalgate.reporting.incident_terminal import show_incident, show_incidents
from tests.unit.monitoring.incidents.records import AT, an_incident
from tests.unit.reporting.incidents import closed, evil


def shown(show: Callable[[Console], None], *, width: int = 200) -> str:
    out = StringIO()
    show(Console(file=out, width=width, highlight=False, markup=False))
    return out.getvalue()


def test_the_table_has_the_latest_first_with_its_age_and_who_is_due() -> None:
    text = shown(lambda console: show_incidents([closed(), an_incident()], console, now=AT + 720))
    lines = text.splitlines()
    assert lines[0].split()[:4] == ["id", "status", "severity", "age"]
    assert "detected" in lines[1]
    assert "12 min" in lines[1]
    assert "executives, team, users overdue by 12 min" in lines[1]
    assert "closed" in lines[2]


def test_without_incidents_that_is_said() -> None:
    assert shown(lambda console: show_incidents([], console, now=AT)) == "There are no incidents.\n"


def test_one_incident_says_what_is_next_with_a_command_that_is_not_cut() -> None:
    incident = an_incident()
    for width in (60, 200):
        text = shown(lambda console: show_incident(incident, console, now=AT), width=width)
        following = next(each for each in incident.actions if each.id == "rollback")
        assert f"    {following.command}\n" in text
        assert "→ Roll back from v2 to v1" in text
        assert "Did the judge move" in text.replace("\n", " ")


def test_hostile_texts_do_nothing_in_a_build_log() -> None:
    text = shown(lambda console: show_incident(evil(), console, now=AT))
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
