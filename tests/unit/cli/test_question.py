"""Facts about what is asked on the command line."""

import re
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.environment import Environment
from evalgate.cli.question import (
    add_question_arguments,
    new_run_id,
    policies,
    read_question,
    run_folder,
)
from evalgate.errors import UsageError
from evalgate.gate.waivers import is_day

LOCAL = Environment()
RUNNER = Environment(in_workflow=True, temporary="/runner/temp")


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    create_repository(tmp_path, "main")
    (tmp_path / ".github").mkdir()
    for name in ("evalgate.yml", "evalgate.billing.yml"):
        (tmp_path / ".github" / name).write_text("")
    commit_all(tmp_path, "first")
    return GitRepository(tmp_path)


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_question_arguments(parser)
    return parser.parse_args(words)


def test_the_work_tree_is_held_against_the_default_branch(repository: GitRepository) -> None:
    question = read_question(options(), LOCAL, repository)
    assert (question.base, question.head) == ("refs/heads/main", None)
    assert is_day(question.today)


def test_refs_that_are_named_are_taken_as_they_are(repository: GitRepository) -> None:
    question = read_question(options("--base", "a", "--head", "b"), LOCAL, repository)
    assert (question.base, question.head) == ("a", "b")


def test_a_workflow_that_has_checked_out_the_base_is_refused(repository: GitRepository) -> None:
    pull = Environment(in_workflow=True, base_ref="main")
    with pytest.raises(UsageError, match="check out the pull request"):
        read_question(options("--base", "main"), pull, repository)


def test_every_policy_rules_unless_one_is_named(repository: GitRepository) -> None:
    every = [".github/evalgate.yml", ".github/evalgate.billing.yml"]
    named = ".github/evalgate.billing.yml"
    for words, expected in ((), every), (("--policy", f"./{named}"), [named]):
        asked = options("--base", "main", *words)
        question = read_question(asked, LOCAL, repository)
        assert sorted(policies(asked, question, repository)) == sorted(expected)


def test_a_policy_that_nobody_has_judges_nothing_and_is_refused(
    repository: GitRepository,
) -> None:
    asked = options("--base", "main", "--policy", "x.yml")
    with pytest.raises(UsageError, match=r"there is no policy x\.yml, neither at main nor"):
        policies(asked, read_question(asked, LOCAL, repository), repository)


def test_a_run_goes_where_no_change_can_have_prepared_it_a_place(
    repository: GitRepository,
) -> None:
    def folder(environment: Environment, *words: str) -> Path:
        return run_folder(options(*words), environment, repository=repository, run_id="r")

    assert folder(LOCAL) == repository.root / "reports/r"
    assert folder(RUNNER) == Path("/runner/temp/evalgate/r")
    assert folder(RUNNER, "--out", "x") == Path("x")


def test_run_ids_are_names_of_folders_and_differ() -> None:
    first, second = new_run_id(), new_run_id()
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", first)
    assert len({first, second, new_run_id()}) == 3
