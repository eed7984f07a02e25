"""Facts about publishing a verdict."""

import json
from pathlib import Path

import pytest

from evalgate.cli.publication import Publication, fresh_trial_file, publish, refusal
from evalgate.errors import (
    ConfigurationError,
    EvalgateError,
    EvaluationError,
    ExitCode,
    Problem,
    RepositoryError,
    UsageError,
)
from evalgate.gate.gathering import Question
from evalgate.model.verdict import Verdict

QUESTION = Question(base="main", head=None, run_id="r1")
WRONG = ConfigurationError(
    [
        Problem(path="evalsets/a.yaml", line=3, key="cases", message="<b>no cases</b>"),
        Problem(path="evalsets/b.yaml", message="not YAML"),
    ]
)


def into(folder: Path, *, as_json: bool = False) -> Publication:
    return Publication(folder=folder, as_json=as_json, in_workflow=False)


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (UsageError("x"), "usage", ExitCode.USAGE),
        (WRONG, "configuration", ExitCode.USAGE),
        (RepositoryError("x"), "repository", ExitCode.USAGE),
        (EvaluationError("x"), "could_not_evaluate", ExitCode.NOT_EVALUATED),
    ],
)
def test_a_refusal_says_which_kind_of_error_it_was(
    error: EvalgateError, code: str, exit_code: ExitCode
) -> None:
    verdict = refusal(QUESTION, error)
    assert (verdict.verdict, verdict.exit_code) == (Verdict.ERROR, exit_code)
    assert {reason.code for reason in verdict.reasons} == {code}


def test_each_problem_is_a_reason_of_its_own() -> None:
    assert [reason.message for reason in refusal(QUESTION, WRONG).reasons] == [
        "evalsets/a.yaml:3: cases: <b>no cases</b>",
        "evalsets/b.yaml: not YAML",
    ]


def test_a_refusal_leaves_a_verdict_and_a_comment_but_no_page(tmp_path: Path) -> None:
    publish(into(tmp_path), refusal(QUESTION, WRONG))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "comment.md",
        "junit.xml",
        "summary.md",
        "verdict.json",
    ]
    document = json.loads((tmp_path / "verdict.json").read_text())
    assert (document["verdict"], document["exit_code"]) == ("error", 2)
    assert "<b>" not in (tmp_path / "comment.md").read_text()


def test_json_goes_to_standard_output_and_is_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(into(tmp_path, as_json=True), refusal(QUESTION, WRONG))
    assert capsys.readouterr().out == (tmp_path / "verdict.json").read_text()


def test_the_trials_of_an_earlier_run_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "trials.jsonl").write_text("paid for\n")
    assert list(fresh_trial_file(tmp_path).read()) == []
    assert (tmp_path / "earlier-trials.jsonl").read_text() == "paid for\n"
