"""Files tell of changes: pointers, overrides of a host, commits."""

from dataclasses import replace

from evalgate.model.milestone import Milestone, Phase
from evalgate.model.override import Forced, Override, PromptOverride, RouteOverride
from evalgate.model.prompt import LivePointer, Move, Switch
from evalgate.model.revision import Blob, Revision
from evalgate.monitoring.incidents.changes import (
    changes_of_commits,
    changes_of_override,
    changes_of_pointer,
)


def rolled(version: str, phase: Phase, percent: float) -> Milestone:
    return Milestone(version=version, phase=phase, hash="5" * 64, percent=percent)


def told(*moves: Move) -> list[tuple[str, str, str]]:
    pointer = LivePointer(prompt="p", path="live.yaml", stable="v1", history=moves)
    return [(each.kind, each.before, each.after) for each in changes_of_pointer(pointer)]


def at(hour: int) -> str:
    return f"2026-11-22T{hour:02}:00:00Z"


def test_a_history_tells_versions_models_and_switches() -> None:
    assert told(
        Move(stable="v1", at=at(1)),
        Move(stable="v2", at=at(2), by="Ann"),
        Move(stable="v2", at=at(3), switch=Switch(model="m2")),
        Move(stable="v2", at=at(4), switch=Switch(model="m2", disabled=True)),
        Move(stable="v2", at=at(5), switch=Switch()),
        Move(stable="v2", at=at(6), why="nothing changed"),
    ) == [
        ("prompt", "v1", "v2"),
        ("model", "its own", "m2"),
        ("configuration", "on", "off"),
        ("model", "m2", "its own"),
        ("configuration", "off", "on"),
    ]


def test_a_rollout_tells_its_shares_and_its_end() -> None:
    moves = (
        Move(stable="v1", at=at(1)),
        Move(stable="v1", at=at(2), rollout=rolled("v2", Phase.PREFLIGHT, 0)),
        Move(stable="v1", at=at(3), rollout=rolled("v2", Phase.SERVING, 5)),
        Move(stable="v1", at=at(4), rollout=rolled("v2", Phase.HELD, 5)),
        Move(stable="v1", at=at(5), rollout=rolled("v2", Phase.SERVING, 25)),
    )
    shares = [("weight", "no canary", "v2 at 5 %"), ("weight", "v2 at 5 %", "v2 at 25 %")]
    assert told(*moves) == shares
    back = Move(stable="v1", at=at(6), rollout=rolled("v2", Phase.ROLLED_BACK, 0))
    assert told(*moves, back) == [*shares, ("weight", "v2 at 25 %", "no canary")]
    promoted = Move(stable="v2", at=at(6), rollout=rolled("v2", Phase.PROMOTED, 100))
    assert told(*moves, promoted) == [*shares, ("prompt", "v1", "v2")]


def test_a_move_without_an_instant_changes_what_follows_and_stands_nowhere() -> None:
    assert told(Move(stable="v1"), Move(stable="v2"), Move(stable="v3", at=at(3))) == [
        ("prompt", "v2", "v3")
    ]


def test_an_override_tells_what_a_host_does_otherwise() -> None:
    override = Override(
        path="host.yml",
        prompts={"p": PromptOverride(until=9.0, version="v1", switch=Switch(model="m"))},
        routes={"direct": RouteOverride(until=9.0, state=Forced.OPEN)},
    )
    assert [
        (each.ts, each.kind, each.subject, each.after)
        for each in changes_of_override(override, since=5.0)
    ] == [(5.0, "configuration", "p", "v1, m"), (5.0, "provider", "direct", "held open")]


def test_commits_tell_which_file_was_changed_and_not_what_was_there_at_first() -> None:
    first = Revision(commit="a" * 40, at=at(1), files={"runtime.yml": Blob(id="1" * 40, size=1)})
    second = replace(
        first,
        commit="b" * 40,
        at=at(2),
        files={**first.files, "policy.yml": Blob(id="2" * 40, size=1)},
    )
    third = replace(
        second, commit="c" * 40, at=at(3), files={"policy.yml": second.files["policy.yml"]}
    )
    assert [
        (each.subject, each.before, each.after, each.source)
        for each in changes_of_commits((first, second, third))
    ] == [
        ("policy.yml", "no file", "2" * 12, f"commit {'b' * 12}"),
        ("runtime.yml", "1" * 12, "no file", f"commit {'c' * 12}"),
    ]
