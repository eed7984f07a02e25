"""The playbook in Markdown is a checklist, and no text in it does anything."""

import re

from evalgate.monitoring.incidents.following import DONE, with_result
from evalgate.reporting.incident_markdown import incident_markdown
from tests.unit.monitoring.incidents.records import ANN, an_incident
from tests.unit.reporting.incidents import closed, evil


def test_the_phases_stand_in_their_order_with_commands_verification_and_undo() -> None:
    text = incident_markdown(an_incident())
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert titles == [
        "What may be behind it",
        "Detection",
        "Triage",
        "Mitigation",
        "Communication",
        "Recovery",
        "Learning",
        "History",
    ]
    assert "```sh\nevalgate rollback support-reply --reason" in text
    assert "Undo: <code>evalgate switch support-reply v2" in text
    assert "Verify: <code>evalgate logs errors logs --prompt support-reply" in text
    assert "- [ ] **Roll back from v2 to v1**" in text


def test_what_was_done_is_ticked_off() -> None:
    text = incident_markdown(with_result(an_incident(), "rollback", DONE, ANN))
    assert "- [x] **Roll back from v2 to v1** <code>rollback</code> (done at" in text


def test_the_end_tells_the_cause_and_the_case() -> None:
    text = incident_markdown(closed())
    assert "## What it was\n\nv2 lost a sentence" in text
    assert "golden case <code>s:c</code>: proven, v2 passes 0 of 3" in text
    assert "to mitigate: 5 min" in text


def test_hostile_texts_are_words() -> None:
    text = incident_markdown(evil())
    outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<img" not in outside
    assert "@team" not in outside
    assert "\n::error" not in text
    for line in outside.split("\n"):
        if line.startswith("| "):
            cells = re.split(r"(?<!\\)\|", line)
            assert len(cells) in (4, 6)


def test_the_same_incident_gives_the_same_bytes() -> None:
    assert incident_markdown(an_incident()) == incident_markdown(an_incident())
