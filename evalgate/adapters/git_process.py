"""Runs the git command: the only module that starts processes."""

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from evalgate.errors import RepositoryError

# Hooks, aliases and rebases set these: git would look at, or write to, another repository.
_ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)

# Git and what it may start for a user (credential helpers, ssh) need none of these.
_SECRET = frozenset(
    {
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "AWS_BEARER_TOKEN_BEDROCK",
        "CLOUDSDK_AUTH_ACCESS_TOKEN",
        "EVALGATE_TOKEN",
    }
)

# A repository that a change commits inside the work tree must not be taken for the user's, no
# configured command may run, and no replacement may change what a commit holds.
_SAFE = (
    "--no-replace-objects",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
)


def git(
    folder: Path,
    arguments: Iterable[str],
    stdin: bytes = b"",
    *,
    settings: Mapping[str, str] | None = None,
    patience: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder and return how it ended.

    Args:
        folder: where it runs.
        arguments: its words, never a shell's.
        stdin: what it reads.
        settings: environment variables on top of ours, which other users cannot read.
        patience: seconds after which it is ended; None waits for ever.

    Raises:
        RepositoryError: when git is not installed, or took too long.
    """
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, never a shell
            ["git", *_SAFE, *arguments],  # noqa: S607 - the git that the user has
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
            env=_environment(os.environ) | dict(settings or {}),
            timeout=patience,
        )
    except FileNotFoundError:
        raise RepositoryError("git is not installed, or not on the PATH") from None
    except subprocess.TimeoutExpired:
        raise RepositoryError(f"git took longer than {patience:g} s, and was ended") from None


def check(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    settings: Mapping[str, str] | None = None,
) -> bytes:
    """Run git in a folder and return what it prints, or raise RepositoryError when it fails."""
    done = git(folder, arguments, stdin, settings=settings)
    if done.returncode != 0:
        raise RepositoryError(f"git {' '.join(arguments)} failed: {said(done)}")
    return done.stdout


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said on standard error."""
    return done.stderr.decode(errors="replace").strip()


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    # Literal pathspecs, so that a folder named `*` means itself; no locks, so that reading never
    # gets in the way of the user's own git; nothing is fetched, whatever a partial clone lacks
    # (versions before 2.44 know only the list of allowed protocols).
    return {
        **{name: value for name, value in inherited.items() if name not in _ELSEWHERE | _SECRET},
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }
