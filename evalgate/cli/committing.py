"""Commits records to a branch on GitHub, so that of several runs at once none loses anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalgate.adapters.records import RecordFiles
from evalgate.cli.keeping import record_text
from evalgate.deciding.wording import counted
from evalgate.errors import BranchMovedError, GitHubError
from evalgate.gate.recording import joined
from evalgate.model.github import NewCommit
from evalgate.model.github_port import GitHub
from evalgate.model.trial import Trial

ATTEMPTS = 5
"""How often a commit is tried while others move the branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where records are committed, and what is to be there.

    `trials` are graded trials of stable versions by the path of their file, and `stable` the hashes
    of these versions. `is_latest` tells whether they are those of the latest commit by now, and
    `source` stands in the message of a commit.
    """

    branch: str
    trials: Mapping[str, Sequence[Trial]]
    stable: Mapping[str, str]
    is_latest: Callable[[], bool]
    source: str


def commit_records(github: GitHub, ledger: Ledger) -> str | None:
    """Commit what the records on a branch lack, and return the commit; None when nothing is lacked.

    A branch that does not exist begins with these records and nothing else.

    Raises:
        GitHubError: when the branch cannot be written to, or others move it again and again.
        ConfigurationError: when a record on the branch cannot be read.
    """
    for _ in range(ATTEMPTS):
        tip = github.tip(ledger.branch)
        files = dict(_changed(github, ledger, tip))
        if not files:
            return None
        commit = NewCommit(parent=tip, files=files, message=_message(ledger, files))
        try:
            return github.commit(ledger.branch, commit)
        except BranchMovedError:
            continue  # what others have committed is read and joined with ours
    raise GitHubError(
        f"the branch {ledger.branch} was moved by others {ATTEMPTS} times while records were being "
        "committed"
    )


def _changed(github: GitHub, ledger: Ledger, tip: str | None) -> Iterator[tuple[str, str]]:
    is_latest = ledger.is_latest()
    for path, trials in ledger.trials.items():
        text = None if tip is None else github.text(path, ref=tip)
        past = RecordFiles({path: (text or "").encode()}).trials()
        both = joined(past, trials, stable=ledger.stable, is_latest=is_latest)
        if both is not None:
            yield path, record_text(both)


def _message(ledger: Ledger, files: Mapping[str, str]) -> str:
    listed = "\n".join(
        f"{path}: {counted(text.count(chr(10)), 'trial')}" for path, text in files.items()
    )
    return f"Record trials of stable versions\n\n{listed}\n\nRecorded {ledger.source}\n"
