"""Fetches one branch, tag or commit of a repository into a folder of its own, as objects only."""

import os
import re
from pathlib import Path

from evalgate.adapters.git_process import check, git, said
from evalgate.errors import RepositoryError

PATIENCE = 60.0
"""Seconds that a fetch may take."""

_REF = "refs/evalgate/sync"
_SECRET = re.compile(r"//[^\s/]*@")
_PROTOCOLS = "https:http:ssh:file"
_WORDS = (
    *("-c", "gc.auto=0"),
    *("-c", "http.lowSpeedLimit=1"),
    *("-c", "http.lowSpeedTime=20"),
    "fetch",
    *("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"),
    *("--force", "--depth=1"),
)


def masked(text: str) -> str:
    """Return a text without the names and passwords of addresses in it."""
    return _SECRET.sub("//", text)


def fetch_commit(cache: Path, source: str, ref: str, *, patience: float = PATIENCE) -> str:
    """Fetch what a ref names, and return its commit.

    Args:
        cache: a repository of our own, made as needed.
        source: the address or the path of the repository.
        ref: a branch, a tag, or the full id of a commit.
        patience: seconds that it may take.

    Raises:
        RepositoryError: when it cannot be fetched; no password is in the message.
    """
    for word in (source, ref):
        if not word or word.startswith("-") or "\0" in word:
            raise RepositoryError(f"cannot fetch: expected a repository and a ref, got `{word}`")
    cache.mkdir(parents=True, exist_ok=True)
    if not (cache / ".git").exists():
        check(cache, "init", "--quiet")
    settings = {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GIT_SSH_COMMAND": _ssh()}
    words = (*_WORDS, "--end-of-options", _address(source), f"+{ref}:{_REF}")
    done = git(cache, words, settings=settings, patience=patience)
    if done.returncode != 0:
        raise RepositoryError(f"cannot fetch `{ref}` from {masked(source)}: {masked(said(done))}")
    return check(cache, "rev-parse", "--verify", f"{_REF}^{{commit}}").decode().strip()


def _address(source: str) -> str:
    """Return a source as git reads it from within the cache: a path of here is made absolute."""
    path = Path(source)
    return str(path.resolve()) if "://" not in source and path.is_dir() else source


def _ssh() -> str:
    # Nobody is there to answer a question, and a host that is gone must not keep us for ever.
    usual = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=10"
    return os.environ.get("GIT_SSH_COMMAND") or usual
