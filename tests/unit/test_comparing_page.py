"""Facts about the page on comparing: its example runs, and its tables list what there is."""

import re
from argparse import ArgumentParser
from contextlib import redirect_stdout
from dataclasses import fields
from inspect import signature
from io import StringIO
from pathlib import Path

from evalgate.adapters.told_lines import PlainLine
from evalgate.adapters.told_table import COLUMNS
from evalgate.cli.compare import add_arguments
from evalgate.deciding.plain import decide_values
from evalgate.deciding.verdict import Decision

PAGE = (Path(__file__).parents[2] / "docs/comparing.md").read_text("utf-8")


def example(language: str) -> str:
    [text] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)
    return str(text)


def named(head: str) -> set[str]:
    [table] = re.findall(rf"^\| {head} \|.*?\n\n", PAGE, re.M | re.S)
    return {
        word
        for cell in re.findall(r"^\| (`[^|]+) \|", table, re.M)
        for word in re.findall(r"`([\w-]+)", cell)
    }


def test_the_example_says_what_stands_below_it() -> None:
    said = StringIO()
    with redirect_stdout(said):
        exec(example("python"), {})  # noqa: S102 - the page's own example
    assert said.getvalue() == example("text")


def test_the_arguments_and_fields_are_those_of_the_function() -> None:
    arguments = set(signature(decide_values).parameters) - {"baseline", "candidate"}
    assert named("argument") == arguments
    assert named("field of the decision") == {field.name for field in fields(Decision)}


def test_the_options_are_those_of_the_verb() -> None:
    parser = ArgumentParser(add_help=False)
    add_arguments(parser)
    options = re.findall(r"--[\w-]+", parser.format_help())
    assert named("option") == set(options)


def test_the_keys_are_those_that_are_read() -> None:
    assert named("key") == set(COLUMNS) | {"error"}
    assert set(PlainLine.__struct_fields__) == set(COLUMNS) | {"error", "schema"}
