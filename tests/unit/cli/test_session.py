"""Facts about a run in its folder; the end-to-end tests cover how it is gone on with."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from evalgate.cli.session import Terms, begun_run, how_to_go_on, read_begun_run
from evalgate.errors import ConfigurationError, UsageError

PLAN = {
    "schema": "plan/1",
    "run_id": "r",
    "plan_hash": "abc",
    "policy": ".github/evalgate.yml",
    "shard": None,
    "simulated": False,
    "base": "b",
    "head": "the work tree",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    return tmp_path


def options(folder: Path, **named: str) -> Namespace:
    asked = {"base": None, "head": None, "policy": None, "out": None, "resume": folder}
    return Namespace(**(asked | named))


@pytest.mark.parametrize(
    ("again", "folder", "said"),
    [
        (("gate",), "run", "go on with: evalgate gate --resume run"),
        (("run", "--simulate"), "my run", "go on with: evalgate run --resume 'my run' --simulate"),
        (
            ("gate", "--rules", "a b"),
            "x;y",
            "go on with: evalgate gate --resume 'x;y' --rules 'a b'",
        ),
    ],
)
def test_the_command_that_goes_on_can_be_typed_as_it_is(
    again: tuple[str, ...], folder: str, said: str
) -> None:
    assert how_to_go_on(Terms(again=again), Path(folder)) == said


def test_a_run_is_read_from_its_folder(folder: Path) -> None:
    begun = begun_run(options(folder), simulated=False)
    assert (begun.hash, begun.question.run_id) == ("abc", "r")
    assert begun.path == str(folder / "plan.json")


@pytest.mark.parametrize("name", ["base", "head", "policy", "out"])
def test_what_would_ask_another_question_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"leave out --{name}"):
        begun_run(options(folder, **{name: "x"}), simulated=False)


def test_who_answers_stays_the_same(folder: Path) -> None:
    with pytest.raises(UsageError, match="leave out --simulate"):
        begun_run(options(folder), simulated=True)


def test_a_folder_without_a_run_says_what_is_inside(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no plan\.json, .* begin a new run"):
        read_begun_run(folder / "nowhere")
    with pytest.raises(UsageError, match=f"name one of its roots: {folder.name}"):
        read_begun_run(folder.parent)


@pytest.mark.parametrize("text", ["", "{", "[]", "nul", "[" * 100_000, '{"schema": 1}'])
def test_a_plan_that_cannot_be_read_is_named(folder: Path, text: str) -> None:
    (folder / "plan.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"plan\.json"):
        read_begun_run(folder)
