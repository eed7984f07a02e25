"""Writes into a git repository: objects of a change to be judged, refs fetched, demo commits."""

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from evalgate.adapters.git_process import check, git, said
from evalgate.errors import RepositoryError

_DEMO = ("-c", "user.name=evalgate demo", "-c", "user.email=demo@evalgate.invalid")
_IDENTITY: Mapping[str, str] = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "evalgate"), ("EMAIL", "evalgate@evalgate.invalid"))
}
_PROTOCOLS = "https:http:ssh:file"
_PULL_REQUEST = "refs/evalgate/pull/{}"
_SECRET_IN_URL = re.compile(r"//[^/@\s]*@")


def create_repository(folder: Path, branch: str) -> None:
    """Make an empty repository whose first branch has the given name."""
    folder.mkdir(parents=True, exist_ok=True)
    check(folder, "init", "--quiet", f"--initial-branch={branch}")


def commit_all(folder: Path, message: str) -> None:
    """Commit all files of a work tree, under a name of our own, without hooks or signatures."""
    check(folder, "add", "--all")
    check(folder, *_DEMO, "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", message)


def switch_branch(folder: Path, branch: str, *, start: str) -> None:
    """Make a branch at a commit and check it out."""
    check(folder, "switch", "--quiet", "--create", branch, start)


def write_commit(folder: Path, *, parent: str, files: Mapping[str, str], message: str) -> str:
    """Write a commit into the object database and return its id; no branch, index or file moves.

    Args:
        folder: inside the repository.
        parent: the commit that it follows.
        files: path → text; everything else stays as the parent has it.
        message: of the commit.
    """
    with TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        check(folder, "read-tree", parent, settings=index)
        for path, text in files.items():
            blob = check(folder, "hash-object", "-w", "--stdin", stdin=text.encode()).decode()
            entry = f"100644 {blob.strip()}\t{path}\n".encode()
            check(folder, "update-index", "--add", "--index-info", stdin=entry, settings=index)
        tree = check(folder, "write-tree", settings=index).decode().strip()
    words = ("-c", "commit.gpgsign=false", "commit-tree", tree, "-p", parent, "-F", "-")
    return check(folder, *words, stdin=message.encode(), settings=_IDENTITY).decode().strip()


def fetch_pull_request(folder: Path, number: int, *, token: str = "") -> str:
    """Fetch the head of a pull request from origin, as objects only, and return its commit.

    Args:
        folder: inside the repository.
        number: of the pull request.
        token: what reads the repository; it reaches git by its environment, and appears nowhere.

    Raises:
        RepositoryError: when origin does not have it, or cannot be reached.
    """
    ref = _PULL_REQUEST.format(number)
    return _fetch(folder, f"+refs/pull/{number}/head:{ref}", ref, token=token)


def fetch_branch(folder: Path, branch: str, *, token: str = "") -> str:
    """Fetch a branch from origin, as objects only, and return its commit.

    Raises:
        RepositoryError: when origin does not have it, or cannot be reached.
    """
    ref = f"refs/remotes/origin/{branch}"
    return _fetch(folder, f"+refs/heads/{branch}:{ref}", ref, token=token)


def _fetch(folder: Path, refspec: str, ref: str, *, token: str) -> str:
    words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
    settings = {"GIT_ALLOW_PROTOCOL": _PROTOCOLS} | _credentials(folder, token)
    done = git(folder, (*words, "origin", refspec), settings=settings)
    if done.returncode != 0:
        reason = _SECRET_IN_URL.sub("//", said(done))
        raise RepositoryError(f"cannot fetch {refspec.partition(':')[0].lstrip('+')}: {reason}")
    return check(folder, "rev-parse", "--verify", f"{ref}^{{commit}}").decode().strip()


def _credentials(folder: Path, token: str) -> dict[str, str]:
    """Return the settings that let git authenticate to origin, where origin is spoken to by HTTP.

    The user's own variables of this kind are kept: ours follow them. A checkout that has kept its
    credentials authenticates by those, since a server refuses two.
    """
    origin = check(folder, "config", "--get", "remote.origin.url").decode().strip()
    if not token or not origin.startswith(("https://", "http://")):
        return {}
    kept = git(folder, ("config", "--get-urlmatch", "http.extraheader", origin)).stdout
    if kept.lower().startswith(b"authorization:"):
        return {}
    number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    host = re.sub(r"^(https?://)(?:[^/@]*@)?([^/]*).*", r"\1\2/", origin)
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"http.{host}.extraheader",
        f"GIT_CONFIG_VALUE_{number}": f"AUTHORIZATION: basic {basic}",
    }
