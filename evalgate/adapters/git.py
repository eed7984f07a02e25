"""A git repository through the git command: the only module that starts processes."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evalgate.errors import RepositoryError
from evalgate.model.document import Tree

_SHALLOW_ADVICE = "fetch the whole history (in GitHub Actions: `fetch-depth: 0` at the checkout)"


class GitRepository:
    """One repository, read only; see `model.ports.Repository`."""

    def __init__(self, folder: Path) -> None:
        """Find the repository around a folder.

        Raises:
            RepositoryError: when there is none, or git is not installed.
        """
        self._folder = folder
        answer = self._try("rev-parse", "--show-toplevel")
        if answer is None:
            raise RepositoryError(
                f"{folder} is not inside a git repository: run evalgate where your prompts are"
            )
        self.root = Path(answer.decode().rstrip("\n"))
        self._folder = self.root

    def resolve(self, ref: str) -> str:
        """Return the full id of the commit that a ref names, or raise RepositoryError."""
        answer = self._try(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
        )
        if answer is None:
            raise RepositoryError(
                f"no commit is named `{ref}`: check the name, or {self._advice()}"
            )
        return answer.decode().strip()

    def default_branch(self) -> str:
        """Return the branch that changes are merged into: origin's, or else main or master."""
        answer = self._try("symbolic-ref", "--short", "refs/remotes/origin/HEAD")
        if answer is not None:
            return answer.decode().strip()
        for name in ("origin/main", "origin/master", "main", "master"):
            if self._try("rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}"):
                return name
            if self._try("rev-parse", "--verify", "--quiet", f"refs/remotes/{name}^{{commit}}"):
                return name
        raise RepositoryError("cannot tell the default branch: name the base with --base")

    def merge_base(self, base: str, head: str | None) -> str:
        """Return the commit where head forked from base, or raise RepositoryError."""
        answer = self._try("merge-base", base, head or "HEAD")
        if answer is None:
            raise RepositoryError(f"`{base}` and the head share no history: {_SHALLOW_ADVICE}")
        return answer.decode().strip()

    def changed(self, since: str, until: str | None, under: Iterable[str]) -> frozenset[str]:
        """Return the paths that differ between two trees, among those under the given paths."""
        paths = list(under)
        trees = [since] if until is None else [since, until]
        options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        changed = set(_names(self._run("diff", *options, *trees, "--", *paths)))
        if until is None:
            changed |= set(_names(self._run(*_UNTRACKED, "--", *paths)))
        return frozenset(changed)

    def files(self, commit: str | None, under: Iterable[str]) -> Tree:
        """Return path → content of the regular files under the given paths; links are left out."""
        if commit is None:
            return self._work_tree_files(list(under))
        listing = self._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *under)
        blobs = dict(_blobs(listing))
        return dict(zip(blobs, self._contents(blobs.values()), strict=True))

    def _work_tree_files(self, paths: list[str]) -> Tree:
        listed = set(_names(self._run("ls-files", "-c", "-z", "--", *paths)))
        listed |= set(_names(self._run(*_UNTRACKED, "--", *paths)))
        files = {name: self.root / name for name in sorted(listed)}
        return {
            name: path.read_bytes()
            for name, path in files.items()
            if path.is_file() and not path.is_symlink()
        }

    def _contents(self, ids: Iterable[str]) -> Iterator[bytes]:
        answer = self._run("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in ids).encode())
        at = 0
        while at < len(answer):
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[-1])
            yield answer[end + 1 : end + 1 + size]
            at = end + size + 2

    def _advice(self) -> str:
        shallow = self._try("rev-parse", "--is-shallow-repository")
        is_shallow = shallow is not None and shallow.strip() == b"true"
        return _SHALLOW_ADVICE if is_shallow else "fetch it first (`git fetch origin`)"

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        done = _git(self._folder, arguments, stdin)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise RepositoryError(f"git {arguments[0]} failed: {said}")
        return done.stdout

    def _try(self, *arguments: str) -> bytes | None:
        done = _git(self._folder, arguments)
        return done.stdout if done.returncode == 0 else None


_UNTRACKED = ("ls-files", "--others", "--exclude-standard", "-z")


def create_repository(folder: Path, branch: str) -> None:
    """Make an empty repository whose first branch has the given name."""
    folder.mkdir(parents=True, exist_ok=True)
    _check(folder, "init", "--quiet", f"--initial-branch={branch}")


def commit_all(folder: Path, message: str) -> None:
    """Commit all files of a work tree, under a name of our own, without hooks or signatures."""
    author = ("-c", "user.name=evalgate demo", "-c", "user.email=demo@evalgate.invalid")
    quiet = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
    _check(folder, "add", "--all")
    _check(folder, *author, *quiet, "commit", "--quiet", "--message", message)


def switch_branch(folder: Path, branch: str, *, start: str) -> None:
    """Make a branch at a commit and check it out."""
    _check(folder, "switch", "--quiet", "--create", branch, start)


def _check(folder: Path, *arguments: str) -> None:
    done = _git(folder, arguments)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise RepositoryError(f"git {' '.join(arguments)} failed: {said}")


def _git(
    folder: Path, arguments: Iterable[str], stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, never a shell
            ["git", *arguments],  # noqa: S607 - the git that the user has
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
            env=_environment(os.environ),
        )
    except FileNotFoundError:
        raise RepositoryError("git is not installed, or not on the PATH") from None


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    # Literal pathspecs, so that a folder named `*` means itself; no locks, so that reading never
    # gets in the way of the user's own git.
    return {
        **inherited,
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
    }


def _names(listing: bytes) -> Iterator[str]:
    for name in listing.split(b"\0"):
        if name:
            yield name.decode("utf-8", errors="surrogateescape")


def _blobs(listing: bytes) -> Iterator[tuple[str, str]]:
    for entry in _names(listing):
        description, _, path = entry.partition("\t")
        mode, kind, oid = description.split()
        if kind == "blob" and mode != "120000":
            yield path, oid
