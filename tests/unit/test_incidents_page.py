"""Facts about the pages on incidents: their commands are understood, and their tables are whole."""

import json
import re
import shlex
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.gate.policy import read_policy
from evalgate.model.incident import IncidentClass, Severity, Status
from evalgate.monitoring.incidents.mitigation import STEPS
from evalgate.monitoring.incidents.triage import TREE
from tests.unit.commands import parsed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/incidents.md").read_text("utf-8")
PLAYBOOK = (ROOT / "docs/incident-playbook.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "evalgate/schemas/incident.schema.json").read_text("utf-8"))


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.M | re.S)


COMMANDS = [
    line
    for page in (PAGE, PLAYBOOK)
    for block in blocks(page, "sh")
    for line in block.splitlines()
    if line.startswith("evalgate incident ")
]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command: str) -> None:
    parsed(command)


def test_every_action_of_the_verb_is_shown() -> None:
    shown = {shlex.split(command)[2] for command in COMMANDS}
    assert shown == {"open", "list", "show", "act", "update", "case", "close"}


def test_the_table_of_keys_is_that_of_the_schema() -> None:
    rows = re.findall(r"^\| (`.*?`) \| ", section("What it holds, and what it never holds"), re.M)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert set(named) == set(SCHEMA["properties"])
    assert len(named) == len(set(named))


def test_classes_statuses_and_severities_are_named_in_full() -> None:
    keys = section("What it holds, and what it never holds")
    for each in (*IncidentClass, *Status):
        assert f"`{each.value}`" in keys
    for page in (PAGE, PLAYBOOK):
        table = re.findall(r"^\| `(sev\d)` \|", page, re.M)
        assert table == [each.value for each in Severity]
    first = PLAYBOOK.split("What helps against what:")[1].split("\n## ")[0]
    assert set(re.findall(r"`(\w+)`(?=[,| ]*(?:`|\|))", first)) >= {
        each.value for each in IncidentClass
    }


def test_the_steps_of_the_table_are_those_that_can_be_made() -> None:
    rows = re.findall(r"^\| `([\w-]+)(?:-<route>)?` \|", section("Steps"), re.M)
    named = {"judge": "calibrate"}
    assert sorted(rows) == sorted(named.get(each, each) for each in STEPS)


def test_there_is_a_row_for_every_question() -> None:
    table = section("What the machine finds out by itself").split("| question |")[1]
    rows = re.findall(r"^\| (.+?) \| ", table, re.M)
    # A route stands beside the provider, and a model beside the version.
    assert len([row for row in rows if row.endswith("?")]) == len(TREE) - 2


def test_the_rules_that_are_shown_are_read() -> None:
    [text] = blocks(PAGE, "yaml")
    read = read_policy(read_yaml("p.yml", text.encode()), b"").monitor.incidents
    assert (read.owner, read.vendor) == ("ann", "support@provider.example")
    assert read.updates == {"team": 30.0, "users": 120.0, "executives": 240.0}
