"""What a step tells the workflow runner."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from evalgate.adapters import actions
from evalgate.errors import UsageError
from evalgate.model.github import Annotation, Level


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Path]:
    """Make this process believe that it is a step, with files to write to."""
    files = {"GITHUB_OUTPUT": tmp_path / "output", "GITHUB_STEP_SUMMARY": tmp_path / "summary"}
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for variable, path in files.items():
        path.touch()
        monkeypatch.setenv(variable, str(path))
    return files


def outputs_in(path: Path) -> dict[str, str]:
    """Read the runner's heredoc records back."""
    outputs = {}
    lines = iter(path.read_text("utf-8").split("\n"))
    for line in lines:
        if line:
            name, end = line.split("<<", 1)
            outputs[name] = "\n".join(iter(lambda: next(lines), end))
    return outputs


def test_outputs_and_summary_reach_the_runner_unchanged(step: Mapping[str, Path]) -> None:
    actions.publish({"verdict": "fail", "note": "a=b\n::error::no<<x"}, "# Blocked\n\n`::error::`")
    assert outputs_in(step["GITHUB_OUTPUT"]) == {"verdict": "fail", "note": "a=b\n::error::no<<x"}
    assert step["GITHUB_STEP_SUMMARY"].read_text("utf-8") == "# Blocked\n\n`::error::`\n"


def test_a_summary_is_added_to_what_the_step_has_said_before(step: Mapping[str, Path]) -> None:
    actions.publish({}, "one")
    actions.publish({}, "two")
    assert step["GITHUB_STEP_SUMMARY"].read_text("utf-8") == "one\ntwo\n"


def test_text_that_utf8_cannot_carry_does_not_stop_publication(step: Mapping[str, Path]) -> None:
    actions.publish({"cost": "\ud800"}, "half a pair: \udfff")
    assert outputs_in(step["GITHUB_OUTPUT"]) == {"cost": "?"}
    assert step["GITHUB_STEP_SUMMARY"].read_text("utf-8") == "half a pair: ?\n"


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_runner_without_files_is_an_error_that_names_them(
    variable: str, step: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(UsageError, match=f"{variable}.* names no file"):
        actions.publish({"verdict": "pass"}, "")
    assert all(path.read_text("utf-8") == "" for path in step.values())


def test_an_annotation_stays_one_command_whatever_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "Blocked\n::warning::x"
    actions.annotate(Annotation(level=Level.ERROR, message=hostile, title="a,b: c"))
    actions.annotate(Annotation(level=Level.NOTICE, message="Passed", title="evalgate"))
    place = "prompts/a,b/v2.md"
    actions.annotate(Annotation(level=Level.WARNING, message="Slow", title="e", path=place, line=7))
    assert capsys.readouterr().out == snapshot("""\
::error title=a%2Cb%3A c::Blocked%0A::warning::x
::notice title=evalgate::Passed
::warning title=e,file=prompts/a%2Cb/v2.md,line=7::Slow
""")


def test_commands_inside_untrusted_text_are_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    with actions.untrusted():
        print("::set-output name=verdict::pass")  # noqa: T201 - what a completion could print
    first, middle, last = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands ::")
    assert len(token) >= 32
    assert (middle, last) == ("::set-output name=verdict::pass", f"::{token}::")


def test_obedience_returns_after_an_error_inside(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError), actions.untrusted():
        raise RuntimeError
    first, last = capsys.readouterr().out.splitlines()
    assert last == f"::{first.removeprefix('::stop-commands ::')}::"


def test_two_stretches_of_untrusted_text_end_by_different_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        with actions.untrusted():
            pass
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] != lines[2]
