"""Facts about the page on the doctor: its items and options are those of the code."""

import re
import shlex
from argparse import ArgumentParser
from itertools import groupby
from pathlib import Path

import pytest

from evalgate.cli import doctor
from evalgate.model.readiness import Standing
from evalgate.monitoring.readiness.checklist import ITEMS
from evalgate.reporting.readiness_words import STANDING_WORDS, TOPIC_WORDS

PAGE = (Path(__file__).parents[2] / "docs/doctor.md").read_text("utf-8")
COMMANDS = PAGE.partition("```sh\n")[2].partition("```")[0].splitlines()


def parser() -> ArgumentParser:
    made = ArgumentParser()
    doctor.add_arguments(made)
    return made


def test_the_tables_of_items_are_those_of_the_code() -> None:
    shown = PAGE.partition("## The items\n\n")[2].partition("\n## ")[0].strip()
    tables = [
        "\n".join(
            [
                f"### {TOPIC_WORDS[topic]}\n",
                "| item | what it asks for |",
                "|---|---|",
                *(f"| `{each.id}` | {each.demand} |" for each in items),
            ]
        )
        for topic, items in groupby(ITEMS, key=lambda each: each.topic)
    ]
    assert shown == "\n\n".join(tables)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_understood(line: str) -> None:
    _, verb, *words = shlex.split(line, comments=True)
    assert verb == "doctor"
    parser().parse_args(words)


def test_every_option_stands_on_the_page() -> None:
    options = set(re.findall(r"(--[a-z-]+)", parser().format_help())) - {"--help"}
    assert {each for each in options if each not in PAGE} == set()


def test_every_standing_stands_on_the_page() -> None:
    words = set(re.findall(r"^\| `([^`]+)` \| (?:a|it|production|there) ", PAGE, re.M))
    assert words == {STANDING_WORDS[each] for each in Standing}
