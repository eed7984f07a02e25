"""Every error that evalgate raises on purpose, and the exit code each one ends with.

EvalgateError
├── UsageError              2   the command line or the surroundings are wrong
│   ├── MissingExtraError   2   a verb needs packages that are not installed
│   ├── LongLineError       2   a line of the call log is longer than the database reads
│   ├── MovedError          2   somebody else changed the file that was to be changed
│   └── NothingStableError  2   no stable version has an eval set to be run on
├── ConfigurationError      2   a file is wrong: one or more problems, each with file, line and key
├── RepositoryError         2   git cannot answer: no repository, unknown ref, shallow clone
├── EvaluationError         4   nothing could be decided: outage, cost limit, error budget
├── AlertError              4   a place for alerts did not take one
├── GitHubError             4   GitHub cannot answer, or refuses what was asked
│   ├── NotPermittedError   4   the token lacks a permission; the message names it
│   └── BranchMovedError    4   somebody else moved the branch that was to be moved
├── CallError               4   an application's call got no answer
│   ├── PromptDisabledError 4   the kill switch of the prompt is on
│   ├── DeadlineError       4   the time of the call is over
│   └── BrokenStreamError   4   a stream broke after its first content
└── InterruptedRunError   130   the user broke a run off; it can be gone on with

Anything else that escapes is a bug (70). A failing gate is a verdict, not an error.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with."""

    OK = 0
    FAIL = 1
    USAGE = 2
    INCONCLUSIVE = 3
    NOT_EVALUATED = 4
    BUG = 70
    INTERRUPTED = 130


GRAVEST = (
    ExitCode.FAIL,
    ExitCode.NOT_EVALUATED,
    ExitCode.USAGE,
    ExitCode.INCONCLUSIVE,
    ExitCode.OK,
)
"""The exit codes of several things that were judged at once, the one that counts first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one file, with the place and what was expected there."""

    path: str
    line: int | None = None
    key: str = ""
    message: str

    def __str__(self) -> str:
        # A key may hold a line break; a problem is one line.
        return " ".join(self._text().split("\n"))

    def _text(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class EvalgateError(Exception):
    """The root of the tree; `exit_code` is what the process ends with."""

    exit_code = ExitCode.BUG


class UsageError(EvalgateError):
    """The command line or the surroundings are wrong."""

    exit_code = ExitCode.USAGE


class MissingExtraError(UsageError):
    """A verb needs packages that are not installed."""


class LongLineError(UsageError):
    """A line is longer than a database reads; it can be passed over line by line."""


class MovedError(UsageError):
    """Somebody else changed the file that was to be changed; `content` is what it is now."""

    def __init__(self, message: str, *, content: bytes | None) -> None:
        super().__init__(message)
        self.content = content


class NothingStableError(UsageError):
    """No stable version has an eval set to be run on; the message names each that has none."""


class ConfigurationError(EvalgateError):
    """Files are wrong: `problems` lists every one that was found."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RepositoryError(EvalgateError):
    """Git cannot answer what was asked."""

    exit_code = ExitCode.USAGE


class EvaluationError(EvalgateError):
    """Nothing could be decided, for a reason outside the prompts."""

    exit_code = ExitCode.NOT_EVALUATED


class AlertError(EvalgateError):
    """A place for alerts did not take one."""

    exit_code = ExitCode.NOT_EVALUATED


class GitHubError(EvalgateError):
    """GitHub cannot answer, or refuses what was asked."""

    exit_code = ExitCode.NOT_EVALUATED


class NotPermittedError(GitHubError):
    """The token lacks a permission; the message names it."""


class BranchMovedError(GitHubError):
    """Somebody else moved the branch that was to be moved."""


class CallError(EvalgateError):
    """An application's call got no answer: `kind` says why, `request_id` finds it in the log.

    The message repeats nothing of the request, of an answer, or of what a server said.
    """

    exit_code = ExitCode.NOT_EVALUATED

    def __init__(self, message: str, *, kind: str, request_id: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.request_id = request_id


class PromptDisabledError(CallError):
    """The kill switch of the prompt is on, and the application has nothing to put in its place."""


class DeadlineError(CallError):
    """The time of the call is over."""


class BrokenStreamError(CallError):
    """A stream broke after its first content; what has come of it must not be taken as whole."""


class InterruptedRunError(EvalgateError):
    """The user broke a run off; the message says how to go on with it."""

    exit_code = ExitCode.INTERRUPTED
