"""Facts about reading a live pointer."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.milestone import Milestone, Phase
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.prompts.live import read_live

PATH = "prompts/p/live.yaml"
HASH = "0123456789abcdef" * 4


def read(text: str) -> LivePointer:
    return read_live("p", read_yaml(PATH, text.encode()))


def test_a_pointer_may_name_the_stable_version_alone() -> None:
    assert read("stable: v2") == LivePointer(prompt="p", path=PATH, stable="v2")


def test_every_key_is_read() -> None:
    pointer = read(
        "stable: v2\ncanary: {version: v3, percent: 12.5, salt: s}\n"
        "switch: {disabled: true, model: claude-haiku-4-5}\n"
        "history:\n  - {stable: v1, at: 2026-08-31, by: maintainers, why: first, verdict: r1}\n"
        "  - {stable: v1, switch: {model: claude-haiku-4-5}}\n"
    )
    assert pointer.canary == Canary(version="v3", percent=12.5, salt="s")
    assert pointer.switch == Switch(disabled=True, model="claude-haiku-4-5")
    assert pointer.history == (
        Move(stable="v1", at="2026-08-31", by="maintainers", why="first", verdict="r1"),
        Move(stable="v1", switch=Switch(model="claude-haiku-4-5")),
    )


def test_a_move_may_tell_what_a_rollout_came_to() -> None:
    [served, held] = read(
        f"history:\n  - {{stable: v1, rollout: {{version: v2, phase: serving, percent: 12.5, "
        f"hash: {HASH}, overridden: true}}}}\n"
        f"  - {{stable: v1, rollout: {{version: v2, phase: rolled_back, hash: {HASH}}}}}\n"
    ).history
    assert served.rollout == Milestone(
        version="v2", phase=Phase.SERVING, percent=12.5, hash=HASH, overridden=True
    )
    assert held.rollout == Milestone(version="v2", phase=Phase.ROLLED_BACK, hash=HASH)


GOOD = {"version": "v2", "phase": "held", "percent": "5", "hash": HASH}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("version", None, ": the key `version` is missing"),
        ("version", "x", ".version: expected a version such as `v3`, got `x`"),
        ("phase", None, ": the key `phase` is missing"),
        ("phase", "serv", ".phase: expected one of preflight, serving, held, promoted, "),
        ("phase", "servign", "got `servign` (did you mean `serving`?)"),
        ("percent", "101", ".percent: expected a number from 0 to 100, got the number 101"),
        ("percent", "-1", ".percent: expected a number from 0 to 100"),
        ("percent", ".nan", ".percent: expected a number"),
        ("hash", None, ": the key `hash` is missing"),
        ("hash", HASH[1:], ".hash: expected the identity of the version, 64 hex digits"),
        ("hash", HASH + "0", ".hash: expected the identity of the version, 64 hex digits"),
        ("hash", HASH.upper(), ".hash: expected the identity of the version, 64 hex digits"),
        ("hash", "1" * 64, ".hash: expected text, got the number 1111"),
        ("overridden", "1", ".overridden: expected true or false, got the number 1"),
        ("overriden", "true", ".overriden: unknown key (did you mean `overridden`?)"),
    ],
)
def test_a_wrong_milestone_says_where_and_what_was_expected(
    key: str, value: str | None, said: str
) -> None:
    keys = {name: text for name, text in {**GOOD, key: value}.items() if text is not None}
    written = ", ".join(f"{name}: {text}" for name, text in keys.items())
    with pytest.raises(ConfigurationError) as caught:
        read(f"stable: v1\nhistory:\n  - {{stable: v1, rollout: {{{written}}}}}\n")
    [problem] = caught.value.problems
    assert str(problem).startswith(f"{PATH}:3: history[0].rollout")
    assert said in str(problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stable: 2", "live.yaml:1: stable: expected text, got the number 2"),
        ("stable: latest", "expected a version such as `v3`, got `latest`"),
        ("stable: v1\ncanary: {percent: 5}", "live.yaml:2: canary: the key `version` is missing"),
        ("canary: {version: v1, percent: 101}", "expected a number from 0 to 100"),
        ("stable: v1\nswitch: {disable: true}", "did you mean `disabled`?"),
        ("history: [{version: v1}]", "history[0].version: unknown key"),
        ("history: [{stable: v1, switch: {off: true}}]", "history[0].switch.off: unknown key"),
        ("history: [{stable: v1, rollout: v2}]", "history[0].rollout: expected a mapping"),
        ("- v1", "expected a mapping, got a list"),
    ],
)
def test_a_wrong_pointer_says_where_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    assert said in str(caught.value)
