"""The options that narrow a run to a few cases."""

from argparse import Namespace

import pytest

from evalgate.cli import run
from evalgate.cli.action_words import parsed
from evalgate.cli.selecting import nothing_decided, read_selection_options
from evalgate.errors import UsageError
from evalgate.running.selection import Selection


def options(*words: str) -> Namespace:
    return parsed("run", run.add_arguments, words)


def test_without_a_case_the_run_is_whole() -> None:
    assert read_selection_options(options("--shard", "1/2")) is None


def test_a_case_that_is_named_twice_is_one() -> None:
    selection = read_selection_options(
        options("--case", "b", "--case", "a", "--case=b", "--prompt", "p", "--trials", "100")
    )
    assert selection == Selection(cases=("b", "a"), prompt="p", trials=100)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--evalset", "s"), "--evalset goes with --case"),
        (("--case", "a", "--shard", "1/2"), "--shard is a part of a whole run"),
        (("--case", "a", "--resume", "run"), "leave out --case"),
        (("--resume", "run", "--trials", "3"), "--trials goes with --case"),
        (("--case", "a", "--trials", "101"), "from 1 to 100, got 101"),
    ],
)
def test_words_that_contradict_each_other_are_refused(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_selection_options(options(*words))


def test_the_end_says_how_little_was_run() -> None:
    one, two = Selection(cases=("a",)), Selection(cases=("a", "b"))
    assert nothing_decided(one) == "Only 1 case was run, which decides nothing."
    assert nothing_decided(two) == "Only 2 cases were run, which decides nothing."
