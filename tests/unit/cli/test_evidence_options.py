"""Facts about what commands about production take."""

import time
from argparse import ArgumentParser
from pathlib import Path

import pytest

from evalgate.cli.evidence_options import (
    add_evidence_arguments,
    add_instant_argument,
    now_of,
    policy_for,
)
from evalgate.errors import UsageError
from evalgate.model.policy import Policy


def parser() -> ArgumentParser:
    made = ArgumentParser()
    add_evidence_arguments(made)
    add_instant_argument(made)
    return made


def test_logs_and_scores_may_be_several_and_none() -> None:
    found = parser().parse_args(["--calls", "a", "--calls", "b", "--scores", "s"])
    assert (found.calls, found.scores) == ([Path("a"), Path("b")], [Path("s")])
    assert parser().parse_args([]).calls == []


def test_without_an_instant_it_is_now() -> None:
    assert now_of(parser().parse_args(["--as-of", "1970-01-01T00:01:00Z"])) == 60.0
    assert abs(now_of(parser().parse_args([])) - time.time()) < 60


@pytest.mark.parametrize("text", ["yesterday", "2026-11-22", ""])
def test_what_is_no_instant_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--as-of", text])
    assert f"expected an instant such as 2026-11-22T10:00:00Z, got `{text}`" in (
        capsys.readouterr().err
    )


def test_the_policy_is_the_named_one_else_that_of_the_prompts_else_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert policy_for(None, Path("prompts")) == Policy()
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/evalgate.yml").write_text("gate: {max_drop: 7}\n")
    (tmp_path / "strict.yml").write_text("gate: {max_drop: 1}\n")
    assert policy_for(None, Path("prompts")).gate.max_drop == 0.07
    assert policy_for(Path("strict.yml"), Path("prompts")).gate.max_drop == 0.01
    with pytest.raises(UsageError, match=r"policy: there is no none\.yml"):
        policy_for(Path("none.yml"), Path("prompts"))
