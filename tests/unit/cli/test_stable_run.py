"""Facts about what is asked before stable versions are run; end-to-end tests cover the run."""

from argparse import ArgumentParser, Namespace
from contextlib import chdir
from pathlib import Path

import pytest

from evalgate.adapters.git import GitRepository
from evalgate.cli.environment import Environment
from evalgate.cli.stable_run import (
    add_run_arguments,
    add_stable_arguments,
    new_question,
    refuse_pull_requests,
)
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.model.revision import WORK_TREE
from tests.unit.cli.shops import SIMULATED, evalgate, make_shop


def question(folder: Path, *words: str) -> Question:
    parser = ArgumentParser()
    add_stable_arguments(parser)
    add_run_arguments(parser)
    options: Namespace = parser.parse_args(words)
    with chdir(folder):
        return new_question(options, GitRepository(Path.cwd()))


def test_the_work_tree_is_base_and_head_and_the_one_policy_rules(tmp_path: Path) -> None:
    asked = question(make_shop(tmp_path))
    assert (asked.base, asked.head, asked.policy) == (WORK_TREE, None, ".github/evalgate.yml")


def test_without_a_policy_the_defaults_rule(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    (shop / ".github/evalgate.yml").unlink()
    assert question(shop).policy == ".github/evalgate.yml"


def test_of_several_policies_one_is_named(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    more = ".github/evalgate.more.yml"
    (shop / more).write_text("")
    assert question(shop, "--policy", more).policy == more
    with pytest.raises(UsageError, match="there are several policies: name one of"):
        question(shop)
    with pytest.raises(UsageError, match=r"--policy: there is no x\.yml; there is \.github"):
        question(shop, "--policy", "x.yml")


def test_only_a_workflow_for_a_pull_request_is_refused() -> None:
    refuse_pull_requests(Environment(), verb="record")
    refuse_pull_requests(Environment(in_workflow=True), verb="record")
    refuse_pull_requests(Environment(base_ref="main"), verb="record")
    with pytest.raises(UsageError, match="`evalgate record` trusts the work tree"):
        refuse_pull_requests(Environment(in_workflow=True, base_ref="main"), verb="record")


def test_how_to_go_on_names_the_prompts_that_were_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--paid", "1", "--prompt", "p")
    shop = make_shop(tmp_path)
    stopped = ("--out", "run", "--max-cost", "0", *SIMULATED)
    assert evalgate(shop, "selftest", *words, *stopped) == 4
    command = f"evalgate selftest --resume run {' '.join(words)} "
    assert command in capsys.readouterr().err
