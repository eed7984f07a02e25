"""Facts about reading a live pointer."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.model.prompt import Canary, LivePointer, Move, Switch
from evalgate.prompts.live import read_live

PATH = "prompts/p/live.yaml"


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
        ("- v1", "expected a mapping, got a list"),
    ],
)
def test_a_wrong_pointer_says_where_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    assert said in str(caught.value)
