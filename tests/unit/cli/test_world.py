"""Facts about who answers a run, and where its answers are kept."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.answer_store import AnswerStore
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import create_repository
from evalgate.cli.environment import Environment
from evalgate.cli.publication import STORE
from evalgate.cli.world import discard, outside, simulator_rules, with_store
from evalgate.cli.world_arguments import add_world_arguments
from evalgate.gate.outside import Outside
from evalgate.model.chat import Completion, Usage

ANSWER = Completion(
    text="Hi",
    model="m",
    stop_reason="end_turn",
    usage=Usage(input_tokens=1, output_tokens=1),
    latency_ms=1,
)


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_world_arguments(parser)
    return parser.parse_args(words)


def test_the_simulator_is_asked_for_by_name_or_by_its_rules() -> None:
    assert simulator_rules(options()) == ()
    assert simulator_rules(options("--simulate"))


@pytest.fixture
def world(tmp_path: Path) -> Outside:
    create_repository(tmp_path / "repository", "main")
    return outside(GitRepository(tmp_path / "repository"), Environment(), ())


def test_answers_are_kept_between_runs_where_a_file_is_named(
    world: Outside, tmp_path: Path
) -> None:
    file, folder = tmp_path / "a.sqlite", tmp_path / "run"
    for found in (None, ANSWER):
        with with_store(world, store=file, folder=folder, cache_days=1, per_day=False) as own:
            assert own.store is not None
            assert own.store.find("k") == found
            own.store.keep("k", ANSWER, label="a/0")
    assert not folder.exists()


def test_without_one_the_run_keeps_its_own_until_it_is_discarded(
    world: Outside, tmp_path: Path
) -> None:
    for found in (None, ANSWER):
        with with_store(world, store=None, folder=tmp_path, cache_days=0, per_day=False) as own:
            assert own.store is not None
            assert own.store.find("k") == found
            own.store.keep("k", ANSWER, label="a/0")
    assert (tmp_path / STORE).exists()
    discard(tmp_path / "answers.sqlite")
    assert not list(tmp_path.glob(f"{STORE}*"))


def test_a_store_that_failed_is_told_of_once_the_run_is_over(
    world: Outside, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with with_store(
        world, store=tmp_path / "a.sqlite", folder=tmp_path, cache_days=1, per_day=False
    ) as own:
        assert isinstance(own.store, AnswerStore)
        own.store.notice = "the disk is full"
        assert replace(own).book is None
    assert capsys.readouterr().err == "evalgate: the disk is full\n"


@pytest.mark.parametrize("per_day", [True, False])
def test_a_book_of_the_day_is_kept_where_the_day_is_limited(
    world: Outside, tmp_path: Path, per_day: bool
) -> None:
    with with_store(
        world, store=tmp_path / "a.sqlite", folder=tmp_path, cache_days=1, per_day=per_day
    ) as own:
        assert (own.book is not None) == per_day
