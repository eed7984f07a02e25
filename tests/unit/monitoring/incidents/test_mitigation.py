"""The playbook names commands that exist, in the order of the likeliest cause."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from evalgate.model.incident import Action, ActionPhase, Incident, IncidentClass, Scope, Suspect
from evalgate.model.prompt import LivePointer
from evalgate.monitoring.incidents.commands import Commands
from evalgate.monitoring.incidents.mitigation import Situation, actions_of
from evalgate.monitoring.places import Places
from tests.unit.commands import parsed
from tests.unit.monitoring.incidents.records import (
    ROLLING,
    ROUTES,
    SITUATION,
    STABLE,
    SWITCHED,
    an_incident,
)
from tests.unit.monitoring.incidents.streams import PROMPT

FOLDERS = Places(folder="more prompts", logs=("logs a", "b"), scores=("s",), incidents="some dir")


def made(
    kind: str = "prompt",
    situation: Situation = SITUATION,
    *,
    weight: float = 0.9,
    subject: str = PROMPT,
    places: Places = FOLDERS,
) -> tuple[Action, ...]:
    suspect = Suspect(kind=kind, subject=subject, before="v1", after="v2", weight=weight)
    return actions_of(
        IncidentClass.JUDGE_DRIFT if kind == "drift" else IncidentClass.QUALITY,
        Scope(prompt=PROMPT),
        suspects=(suspect,),
        situation=situation,
        commands=Commands(incident="an-id", places=places),
        opened="2026-11-22T12:00:00Z",
        since="2026-11-22T11:00:00Z",
    )


def mitigations(actions: tuple[Action, ...]) -> list[str]:
    return [each.id for each in actions if each.phase is ActionPhase.MITIGATE]


def every_command(actions: tuple[Action, ...]) -> Iterator[str]:
    for each in actions:
        yield from filter(None, (each.command, each.verify, each.undo))


KINDS = ("prompt", "weight", "model", "provider", "sdk", "configuration", "judge", "traffic", "x")
POINTERS = (STABLE, ROLLING, SWITCHED)


@pytest.mark.parametrize("pointer", POINTERS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_command_is_taken_by_the_parser_of_its_verb(kind: str, pointer: LivePointer) -> None:
    for places in (FOLDERS, Places()):
        for command in every_command(
            made(kind, replace(SITUATION, pointer=pointer), places=places)
        ):
            parsed(command)


def test_the_commands_of_the_evidence_are_taken_too() -> None:
    incident: Incident = an_incident()
    for command in (*incident.evidence.queries, incident.evidence.rerun):
        parsed(command)


def test_the_canary_is_frozen_before_it_is_taken_back() -> None:
    actions = made("weight", replace(SITUATION, pointer=ROLLING))
    assert mitigations(actions) == ["hold", "rollback", "hop-direct", "model", "disable"]
    hold, back = actions[2], actions[3]
    assert hold.command.startswith(f"evalgate rollout hold {PROMPT}")
    assert back.title == "End the canary v3: v2 gets all of the traffic"
    assert back.undo.startswith(f"evalgate rollout start {PROMPT} v3")


def test_a_stable_version_goes_back_to_the_last_good_one_and_can_be_brought_back() -> None:
    back = next(each for each in made() if each.id == "rollback")
    assert back.title == "Roll back from v2 to v1"
    assert back.undo.startswith(f"evalgate switch {PROMPT} v2")


def test_a_model_is_taken_back_first_where_it_is_suspected() -> None:
    actions = made("model", replace(SITUATION, pointer=SWITCHED))
    assert mitigations(actions)[0] == "rollback-model"
    first = next(each for each in actions if each.id == "rollback-model")
    assert "--model claude-nano-5-5" in first.undo


def test_calls_leave_the_provider_that_is_suspected_and_not_another_one() -> None:
    assert mitigations(made("provider", subject="bedrock"))[0] == "hop-bedrock-eu"
    assert mitigations(made("provider", subject="bedrock-eu"))[0] == "hop-bedrock-eu"
    assert "hop-direct" in mitigations(made("provider", subject=""))


def test_the_last_route_is_never_closed() -> None:
    alone = replace(SITUATION, routes={"direct": "direct"})
    assert not [each for each in mitigations(made("provider", alone)) if each.startswith("hop")]
    same = replace(SITUATION, routes={"a": "bedrock", "b": "bedrock"})
    assert not [
        each
        for each in mitigations(made("provider", same, subject="bedrock"))
        if each.startswith("hop")
    ]


def test_production_is_left_alone_when_the_judge_has_moved() -> None:
    assert mitigations(made("drift")) == ["calibrate"]
    assert mitigations(made("judge")) == ["calibrate"]


def test_a_weak_suspicion_decides_no_order() -> None:
    strong, weak = (mitigations(made("traffic", weight=weight)) for weight in (0.9, 0.3))
    assert strong == ["disable"]
    assert weak == ["rollback", "hop-direct", "model", "disable"]


def test_what_cannot_be_done_is_not_proposed() -> None:
    nothing = Situation(pointer=None, routes={}, models=())
    assert mitigations(made("prompt", nothing)) == []
    first = replace(STABLE, stable="v1", history=STABLE.history[:1])
    assert "rollback" not in mitigations(made("prompt", replace(SITUATION, pointer=first)))
    off = replace(STABLE, switch=replace(STABLE.switch, disabled=True))
    assert "disable" not in mitigations(made("prompt", replace(SITUATION, pointer=off)))


def test_what_costs_users_something_is_a_persons_decision_and_can_be_undone() -> None:
    for each in made():
        if each.phase is ActionPhase.MITIGATE:
            assert each.undo
            assert each.verify
        if each.risk.value == "high":
            assert each.needs_human
    assert set(ROUTES) == {"direct", "bedrock-eu"}
