"""The command that runs one case again."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.cli import run
from evalgate.cli.action_words import parsed
from evalgate.model.revision import WORK_TREE
from evalgate.reporting.reproduction import reproduce_command

names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def test_one_case_of_two_commits() -> None:
    assert (
        reproduce_command("a" * 40, "b" * 40, case="late")
        == f"evalgate run --base {'a' * 12} --head {'b' * 12} --case late"
    )


def test_the_work_tree_is_the_head_unless_it_is_told_otherwise() -> None:
    assert (
        reproduce_command("main", WORK_TREE, case="late") == "evalgate run --base main --case late"
    )


def test_what_tells_cases_apart_is_named() -> None:
    command = reproduce_command(
        "main",
        "topic",
        case="late",
        policy="mail/policy.yml",
        prompt="support",
        evalset="letters",
        simulated=True,
    )
    assert command == (
        "evalgate run --base main --head topic --policy mail/policy.yml --prompt support "
        "--evalset letters --case late --simulate"
    )


@pytest.mark.parametrize(
    ("case", "written"),
    [
        ("$(rm -rf)", "--case '$(rm -rf)'"),
        ("it's `x`", """--case 'it'"'"'s `x`'"""),
        ("two\nlines", "--case 'two\nlines'"),
        ("--simulate", "--case=--simulate"),
        ("-rf *", "'--case=-rf *'"),
        ("", "--case ''"),
    ],
)
def test_a_hostile_id_is_nothing_but_an_id(case: str, written: str) -> None:
    assert reproduce_command("main", WORK_TREE, case=case).endswith(f" {written}")


@given(base=names, head=names, case=names, prompt=names)
def test_any_names_come_back_as_they_were(base: str, head: str, case: str, prompt: str) -> None:
    words = shlex.split(reproduce_command(base, head, case=case, prompt=prompt))
    assert words[:2] == ["evalgate", "run"]
    options = parsed("run", run.add_arguments, words[2:])
    assert options.case == [case]
    assert options.prompt == prompt
    assert options.base in {base, base[:12]}
