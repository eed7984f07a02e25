"""Facts about publishing a verdict."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.cli.publication import Publication, prepare, publish, refusal
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


def test_nothing_of_an_earlier_run_stands_beside_a_new_verdict(tmp_path: Path) -> None:
    for name in ("report.html", "plan.json", "trials.jsonl", "verdict.json"):
        (tmp_path / name).write_text("earlier")
    prepare(into(tmp_path))
    publish(into(tmp_path), refusal(QUESTION, WRONG))
    assert not (tmp_path / "report.html").exists()
    assert (tmp_path / "earlier-1/trials.jsonl").read_text() == "earlier"


def test_in_a_workflow_json_is_still_all_that_standard_output_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        monkeypatch.setenv(name, str(tmp_path / name))
    command = RepositoryError("x ##[error]y")
    publication = Publication(folder=tmp_path / "run", as_json=True, in_workflow=True)
    publish(publication, refusal(QUESTION, command))
    shown = capsys.readouterr().out
    assert json.loads(shown) == json.loads((tmp_path / "run/verdict.json").read_text())
    assert "##[" not in shown


def test_a_step_that_cannot_be_written_to_is_refused_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    with pytest.raises(UsageError, match="GITHUB_OUTPUT"):
        prepare(Publication(folder=tmp_path, as_json=False, in_workflow=True))


def test_several_roots_share_what_the_summary_of_a_step_holds(tmp_path: Path) -> None:
    problems = [Problem(path=f"{n}.yaml", message=f"{n} " * 300) for n in range(100)]
    sizes = []
    for shares in (1, 90):
        own = replace(into(tmp_path / str(shares)), shares=shares)
        publish(own, refusal(QUESTION, ConfigurationError(problems)))
        sizes.append(len((own.folder / "summary.md").read_bytes()))
    assert sizes[1] <= 1_000_000 // 90 < sizes[0]
