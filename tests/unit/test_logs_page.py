"""Facts about `docs/logs.md`: it names what there is, and its commands work."""

import re
import shlex
from argparse import ArgumentParser
from contextlib import chdir
from pathlib import Path

import pytest

from evalgate.adapters.log_columns import MEMORY
from evalgate.cli.logs import add_arguments as add_actions
from evalgate.cli.logs_answers import MOST_SLOW, TOP, add_arguments
from evalgate.cli.logs_engine import MEMORY as MEGABYTES
from evalgate.cli.main import main
from evalgate.model.chat import Usage
from evalgate.model.log_question import CHOICES, Key
from evalgate.reporting.logs_told import LOGS
from evalgate.runtime.logbook.call_line import MOST_TRIES
from tests.unit.adapters.log_lines import EMPTY, EVENT, TORN, call, write

PAGE = (Path(__file__).parents[2] / "docs/logs.md").read_text("utf-8")
COMMANDS = re.findall(r"^evalgate (logs .*)$", PAGE, re.M)


def logs(folder: Path) -> None:
    usage = Usage(input_tokens=100, output_tokens=20)
    lines = [
        call(
            n,
            feature="chat" if n < 60 else "search",
            cost_usd=None if n >= 90 else 0.01,
            usage=usage,
            error=None,
        )
        for n in range(100)
    ]
    write(folder / "logs", *lines, EVENT, TORN, EMPTY)
    write(folder / "scores", b"{}\n", name="scores-1.jsonl")


def test_the_first_example_prints_what_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ((command, shown),) = re.findall(r"^\$ evalgate ([^\n]*)\n(.*?)^```", PAGE, re.M | re.S)
    logs(tmp_path)
    with chdir(tmp_path):
        assert main(shlex.split(command)) == 0
    printed = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert printed == shown


def test_every_command_is_one(tmp_path: Path) -> None:
    logs(tmp_path)
    codes = []
    with chdir(tmp_path):
        for command in COMMANDS:
            words = shlex.split(command.replace("/var/lib/shop/samples", "logs"))
            codes.append(main(words))
    assert codes == [0, 1, 0]


def test_every_action_option_and_key_is_named() -> None:
    parser = ArgumentParser(add_help=False)
    add_actions(parser)
    actions = re.findall(r"^\| `(\w+)(?: ID)?` \| ", PAGE.split("```console")[0], re.M)
    assert set(actions) == set(re.findall(r"^    (\w+)\b", parser.format_help(), re.M))
    answers = ArgumentParser(add_help=False)
    add_arguments(answers, "cost")
    rows = "\n".join(re.findall(r"^\| (`.*?`) \|", PAGE, re.M))
    assert set(re.findall(r"--[a-z]+", answers.format_usage())) <= set(
        re.findall(r"--[a-z]+", rows)
    )
    (by,) = re.findall(r"^\| `--by KEYS` \| (.*) \|$", PAGE, re.M)
    assert set(re.findall(r"`(\w+)`", by)) == set(Key)
    assert all(f"`--{key.value}`" in rows for key in CHOICES)


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"{TOP} groups and {MOST_SLOW} calls are shown" in PAGE
    assert f"; {MEGABYTES} by default" in PAGE
    assert f"schema is `{LOGS}`" in PAGE
    assert f"at most {MOST_TRIES} of a call" in PAGE
    assert "served by " + ", ".join(f"`{each}`" for each in MEMORY[:-1]) in PAGE
