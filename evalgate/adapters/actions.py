"""GitHub Actions, from inside a step: outputs, job summary and annotations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum

import github_action_utils

from evalgate.errors import UsageError


class Level(StrEnum):
    """How loudly an annotation speaks."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


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
    for name, value in outputs.items():
        github_action_utils.set_output(name, _encodable(value))
    github_action_utils.append_job_summary(_encodable(summary))


def annotate(level: Level, message: str, *, title: str) -> None:
    """Print one annotation; the runner shows ten of each level per step and drops the rest."""
    say = {
        Level.NOTICE: github_action_utils.notice,
        Level.WARNING: github_action_utils.warning,
        Level.ERROR: github_action_utils.error,
    }[level]
    say(_encodable(message), title=_encodable(title))


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
