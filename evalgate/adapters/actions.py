"""GitHub Actions, from inside a step: outputs, job summary and annotations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import github_action_utils

from evalgate.errors import UsageError
from evalgate.model.github import Annotation, Level


def check() -> None:
    """Make sure that the step can be written to.

    Raises:
        UsageError: the runner names no file to write to.
    """
    github = github_action_utils.vars.github
    if not (github.output and github.step_summary):
        raise UsageError(
            "GITHUB_ACTIONS is true, but GITHUB_OUTPUT or GITHUB_STEP_SUMMARY names no file: "
            "run inside a step of a workflow, or unset GITHUB_ACTIONS"
        )


def publish(outputs: Mapping[str, str], summary: str) -> None:
    """Write the step's outputs, then append to the job summary.

    Args:
        outputs: name → value, as `action.yml` names them.
        summary: Markdown, under 1 MiB; the runner fails the step when it is larger.

    Raises:
        UsageError: the runner names no file to write to.
    """
    check()
    set_outputs(outputs)
    github_action_utils.append_job_summary(_encodable(summary))


def annotate(annotation: Annotation) -> None:
    """Print one annotation; the runner shows ten of each level per step and drops the rest."""
    say = {
        Level.NOTICE: github_action_utils.notice,
        Level.WARNING: github_action_utils.warning,
        Level.ERROR: github_action_utils.error,
    }[annotation.level]
    place = annotation.path or None
    say(
        _encodable(annotation.message),
        title=_encodable(annotation.title),
        file=None if place is None else _encodable(place),
        line=None if place is None else annotation.line,
    )


def set_outputs(outputs: Mapping[str, str]) -> None:
    """Write outputs of the step, as `action.yml` names them."""
    for name, value in outputs.items():
        github_action_utils.set_output(name, _encodable(value))


def mask(secret: str) -> None:
    """Keep a secret out of the job's log, also where it has several lines."""
    for line in filter(None, secret.splitlines()):
        github_action_utils.add_mask(line)


@contextmanager
def untrusted() -> Iterator[None]:
    """Keep the runner from obeying workflow commands in what is printed inside.

    Print to standard output only: the runner reads standard error on its own, without the marks.
    """
    with github_action_utils.stop_commands():
        yield


def _encodable(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot carry, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
