"""What the actions of `evalgate monitor` share."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from evalgate.cli import monitor_backtest, monitor_freeze, monitor_rules
from evalgate.cli.monitor_files import named, prompts_of, scores_of, stable_since, who
from evalgate.errors import UsageError
from tests.unit.cli.monitored import write_scores
from tests.unit.monitoring.alarms.production import Graded, production


def test_what_cannot_be_read_of_the_scores_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_scores(tmp_path, production(3, Graded()))
    with path.open("a") as file:
        file.write('{"torn\n' + json.dumps({"request_id": "x", "score": 1}) + "\n")
    with chdir(tmp_path):
        read, _ = scores_of(options(monitor_freeze))
    assert prompts_of(read.observations) == ("answers",)
    said = capsys.readouterr().err
    assert "left out of the scores: 1 unreadable scores" in said
    assert "1 scores do not say which prompt" in said


def options(module: ModuleType, *words: str) -> Namespace:
    parser = ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder with scores of two prompts."""
    write_scores(tmp_path, production(3, Graded()))
    others = production(3, Graded())
    (tmp_path / "scores").rename(tmp_path / "elsewhere")
    write_scores(tmp_path, [replace(each, prompt="letters", request_id="x") for each in others])
    with chdir(tmp_path):
        yield tmp_path


@pytest.mark.parametrize("module", [monitor_freeze, monitor_rules, monitor_backtest])
def test_all_actions_take_prompts_and_scores_by_the_same_options(
    two: Path, module: ModuleType
) -> None:
    assert scores_of(options(module))[1] == ("letters",)
    both = ("--scores", "elsewhere", "--scores", "scores")
    read, prompts = scores_of(options(module, *both))
    assert (len(read.observations), prompts) == (4, ("answers", "letters"))
    read, prompts = scores_of(options(module, *both, "--prompt", "answers"))
    assert (len(read.observations), prompts) == (3, ("answers",))
    assert two.is_dir()


@pytest.mark.parametrize("module", [monitor_freeze, monitor_rules])
def test_prompts_can_be_named_without_the_option(two: Path, module: ModuleType) -> None:
    words = ("--scores", "elsewhere", "--scores", "scores")
    assert scores_of(options(module, *words, "letters"))[1] == ("letters",)
    assert scores_of(options(module, "letters", *words, "--prompt", "answers"))[1] == (
        "letters",
        "answers",
    )
    assert scores_of(options(module, "letters", "--prompt", "letters"))[1] == ("letters",)
    with pytest.raises(UsageError, match="prompt `letter`; there are: answers, letters"):
        scores_of(options(module, *words, "letter"))
    assert two.is_dir()


def test_names_are_those_that_there_are() -> None:
    assert named([], ["a", "b"], what="prompt") == ("a", "b")
    assert named(["b"], ["a", "b"], what="prompt") == ("b",)
    with pytest.raises(UsageError, match="prompt `c`; there are: a, b"):
        named(["c"], ["a", "b"], what="prompt")


def test_a_prompt_that_is_not_here_has_no_stable_version(tmp_path: Path) -> None:
    assert stable_since(tmp_path, "answers") == ("", 0.0)


def test_a_live_pointer_without_a_history_says_what_and_not_since_when(tmp_path: Path) -> None:
    prompt = tmp_path / "answers"
    prompt.mkdir()
    (prompt / "v1.md").write_text(
        "---\nmodel: claude-haiku-5-5\nmax_tokens: 50\n---\n## user\n\nHello\n"
    )
    (prompt / "live.yaml").write_text("stable: v1\n")
    assert stable_since(tmp_path, "answers") == ("v1", 0.0)


def test_who_asks_is_who_is_named() -> None:
    assert who(Namespace(by="Ada"), {}) == "Ada"
