"""Facts about the page on switching: its commands are understood, and its file can be read."""

import re
import shlex
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.cli import rollback, route, switch, sync
from evalgate.prompts.override_file import read_override
from evalgate.rollout.hand_move import read_model
from evalgate.rollout.overriding import read_term

PAGE = (Path(__file__).parents[2] / "docs/switching.md").read_text("utf-8")
VERBS: Mapping[str, Callable[[ArgumentParser], None]] = {
    "rollback": rollback.add_arguments,
    "route": route.add_arguments,
    "switch": switch.add_arguments,
    "sync": sync.add_arguments,
}


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


COMMANDS = [
    line for block in examples("sh") for line in block.splitlines() if line.startswith("evalgate ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command: str) -> None:
    _, verb, *words = shlex.split(command, comments=True)
    parser = ArgumentParser()
    VERBS[verb](parser)
    given = vars(parser.parse_args(words))
    if given.get("span"):
        assert read_term(given["span"], now=0.0).until > 0
    if isinstance(given.get("model"), str):
        assert read_model(given["model"])


def test_the_page_shows_every_verb() -> None:
    assert {shlex.split(command, comments=True)[1] for command in COMMANDS} == VERBS.keys()


def test_the_override_file_can_be_read() -> None:
    [text] = examples("yaml")
    read = read_override(read_yaml("override.yml", text.encode()))
    assert (list(read.prompts), list(read.routes)) == (["support-reply"], ["bedrock-eu"])
