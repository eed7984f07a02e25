"""A git repository through the git command, read only."""

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from evalgate.adapters.git_history import read_blobs, read_revisions
from evalgate.adapters.git_process import git, said
from evalgate.errors import RepositoryError
from evalgate.model.document import Tree
from evalgate.model.revision import Revisions

_SHALLOW_ADVICE = "fetch the whole history (in GitHub Actions: `fetch-depth: 0` at the checkout)"
_PARTIAL_ADVICE = "clone or fetch without `--filter`, since evalgate never fetches by itself"

# What follows the name of a ref in an expression such as `main~1`, `main^{tree}` or `main@{1}`.
_STEPS = re.compile(r"[~^:]|@\{")
_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class GitRepository:
    """One repository, read only; see `model.ports.Repository`."""

    def __init__(self, folder: Path) -> None:
        """Find the repository around a folder.

        Raises:
            RepositoryError: when there is none, or git is not installed.
        """
        self._folder = folder
        done = git(folder, ("rev-parse", "--show-toplevel"))
        if done.returncode != 0:
            raise RepositoryError(
                f"{folder} is not inside a git repository: run evalgate where your prompts are"
                f" (git said: {said(done)})"
            )
        self.root = Path(os.fsdecode(done.stdout).rstrip("\n"))
        self._folder = self.root
        self._blobs: dict[str, bytes] = {}

    def resolve(self, ref: str) -> str:
        """Return the full id of the commit that a ref names.

        Raises:
            RepositoryError: when it names none; or when it is the short name of several refs, of
                which git would silently take the tag.
        """
        self._refuse_ambiguous(_STEPS.split(ref)[0])
        answer = self._try(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
        )
        if answer is None:
            raise RepositoryError(
                f"no commit is named `{ref}`: check the name, or {self._advice()}"
            )
        return answer.decode().strip()

    def default_branch(self) -> str:
        """Return the full name of the branch that changes are merged into.

        It is origin's default branch, or else main or master, at origin first.
        """
        answer = self._try("symbolic-ref", "refs/remotes/origin/HEAD")
        if answer is not None:
            return answer.decode().strip()
        for branch in _USUAL_BRANCHES:
            if self._exists(branch):
                return branch
        raise RepositoryError("cannot tell the default branch: name the base with --base")

    def current_branch(self) -> str | None:
        """Return the short name of the branch that is checked out, or None when none is."""
        answer = self._try("symbolic-ref", "--quiet", "--short", "HEAD")
        return None if answer is None else answer.decode().strip()

    def user(self) -> str:
        """Return the name that commits are made under here, or else the email; "" for neither."""
        for key in ("user.name", "user.email"):
            answer = self._try("config", "--get", key)
            if answer is not None:
                return answer.decode(errors="replace").strip()
        return ""

    def branch(self, name: str) -> str:
        """Return the full name of a branch: the one at origin, or else the one in this clone.

        Raises:
            RepositoryError: when neither exists; says what to fetch.
        """
        for branch in (f"refs/remotes/origin/{name}", f"refs/heads/{name}"):
            if self._exists(branch):
                return branch
        fetching = f"`git fetch origin +refs/heads/{name}:refs/remotes/origin/{name}`"
        advice = _SHALLOW_ADVICE if self._is_shallow() else f"fetch it first ({fetching})"
        raise RepositoryError(f"there is no branch `{name}`, here or at origin: {advice}")

    def merge_base(self, base: str, head: str | None) -> str:
        """Return the commit where head forked from base, or raise RepositoryError."""
        answer = self._try("merge-base", base, head or "HEAD")
        if answer is None:
            raise RepositoryError(f"`{base}` and the head share no history: {_SHALLOW_ADVICE}")
        return answer.decode().strip()

    def changed(self, since: str, until: str | None, under: Iterable[str]) -> frozenset[str]:
        """Return the paths that differ between two trees, among those under the given paths."""
        paths = list(under)
        if not paths:  # git takes no path at all for every path
            return frozenset()
        trees = [since] if until is None else [since, until]
        changed = set(_names(self._run(*_DIFF, *trees, "--", *paths)))
        if until is None:
            changed |= set(_names(self._others(paths)))
        return frozenset(changed)

    def listing(self, commit: str | None, under: Iterable[str]) -> Mapping[str, bool]:
        """Return path → whether it is a regular file; links and submodules are not.

        A given path that is a link itself, or leads through one, shows up as that link.
        """
        paths = list(under)
        if commit is None:
            return self._work_tree_listing(paths)
        return {path: oid is not None for path, oid in self._entries(commit, paths).items()}

    def files(self, commit: str | None, under: Iterable[str]) -> Tree:
        """Return path → content of the regular files under the given paths; links are left out."""
        paths = list(under)
        if commit is None:
            listed = self._work_tree_listing(paths)
            with _reading():
                return {path: (self.root / path).read_bytes() for path in listed if listed[path]}
        blobs = {path: oid for path, oid in self._entries(commit, paths).items() if oid}
        # Trees share most of their files, and one of them can be large.
        new = list(dict.fromkeys(oid for oid in blobs.values() if oid not in self._blobs))
        self._blobs |= dict(zip(new, self._contents(new), strict=True))
        return {path: self._blobs[oid] for path, oid in blobs.items()}

    def revisions(self, commit: str, under: Iterable[str], *, most: int) -> Revisions:
        """Return the states that the files under the given paths went through, up to a commit."""
        return read_revisions(self._folder, commit, under, most=most)

    def contents(self, ids: Sequence[str]) -> Iterator[bytes]:
        """Yield the contents with the ids of blobs, none of which the clone may lack."""
        return read_blobs(self._folder, ids)

    def _entries(self, commit: str, paths: list[str]) -> dict[str, str | None]:
        """Return path → id of the content, or None for what is no regular file."""
        if not paths:
            return {}
        tree = ("ls-tree", "-z", "--full-tree", "-t")
        leading = _entries(self._run(*tree, commit, "--", *sorted(_with_parents(paths))))
        below = _entries(self._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths))
        return {path: None for path, oid in leading if oid is None} | dict(below)

    def _work_tree_listing(self, paths: list[str]) -> dict[str, bool]:
        if not paths:
            return {}
        index = self._run("ls-files", "-t", "-s", "-z", "--", *paths)
        _refuse_sparse(self.root, index)
        known = dict(_staged(index))
        known |= dict(_untracked(self._others(paths)))
        folders = _with_parents(paths).union(*map(_parents, known))
        with _reading():
            links = {folder for folder in folders if (self.root / folder).is_symlink()}
            listed = dict.fromkeys(sorted(links), False)
            for path in sorted(known):
                if not _parents(path) & links:
                    is_file = _is_file(self.root / path, repository=known[path])
                    listed |= {} if is_file is None else {path: is_file}
        return listed

    def _others(self, paths: list[str]) -> bytes:
        """Return what git lists of files that it does not track; a closed folder hides some."""
        done = git(self._folder, (*_UNTRACKED, "--", *paths))
        if done.returncode != 0 or _CLOSED in done.stderr:
            raise RepositoryError(f"git ls-files failed: {said(done)}")
        return done.stdout

    def _contents(self, ids: Iterable[str]) -> Iterator[bytes]:
        answer = self._run("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in ids).encode())
        at = 0
        while at < len(answer):
            end = answer.index(b"\n", at)
            header = answer[at:end].split()
            if header[-1] == b"missing":
                raise RepositoryError(f"this clone lacks contents of files: {_PARTIAL_ADVICE}")
            size = int(header[-1])
            yield answer[end + 1 : end + 1 + size]
            at = end + size + 2

    def _exists(self, name: str) -> bool:
        return self._try("show-ref", "--verify", "--quiet", "--", name) is not None

    def _refuse_ambiguous(self, name: str) -> None:
        if name in ("", "HEAD") or name.startswith("refs/") or _COMMIT_ID.fullmatch(name):
            return
        places = [place.format(name) for place in _PLACES]
        found = self._run("for-each-ref", "--format=%(refname)", *places).decode().split("\n")
        known = [place for place in places if place in found]
        if len(known) > 1:
            raise RepositoryError(
                f"`{name}` names {len(known)} things: say which, {' or '.join(known)}"
            )

    def _advice(self) -> str:
        return _SHALLOW_ADVICE if self._is_shallow() else "fetch it first (`git fetch origin`)"

    def _is_shallow(self) -> bool:
        answer = self._try("rev-parse", "--is-shallow-repository")
        return answer is not None and answer.strip() == b"true"

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        done = git(self._folder, arguments, stdin)
        if done.returncode != 0:
            raise RepositoryError(f"git {arguments[0]} failed: {said(done)}")
        return done.stdout

    def _try(self, *arguments: str) -> bytes | None:
        done = git(self._folder, arguments)
        return done.stdout if done.returncode == 0 else None


_SKIPPED = "S "
"""How git marks a file of the index that is not to stand in the work tree."""

_CLOSED = b"could not open directory"  # git warns of it, and ends well

_UNTRACKED = ("ls-files", "--others", "--exclude-standard", "-z")

# Whether a submodule's own files were edited is not asked: that would start git inside it.
_DIFF = (
    *("diff", "--name-only", "-z", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"),
)

# Where git looks for a short name, in its order.
_PLACES = (
    "refs/{}",
    "refs/tags/{}",
    "refs/heads/{}",
    "refs/remotes/{}",
    "refs/remotes/{}/HEAD",
)

_USUAL_BRANCHES = (
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)


def _names(listing: bytes) -> Iterator[str]:
    for name in listing.split(b"\0"):
        if name:
            yield name.decode("utf-8", errors="surrogateescape")


def _entries(listing: bytes) -> Iterator[tuple[str, str | None]]:
    """Yield path → id of the content, or None for links and submodules; folders are left out."""
    for entry in _names(listing):
        description, _, path = entry.partition("\t")
        mode, kind, oid = description.split()
        if kind != "tree":
            yield path, oid if mode.startswith("100") else None


def _staged(listing: bytes) -> Iterator[tuple[str, bool]]:
    """Yield path → whether the index knows it as a submodule."""
    for entry in _names(listing):
        description, _, path = entry.partition("\t")
        yield path, description.split()[1] == "160000"


def _refuse_sparse(root: Path, listing: bytes) -> None:
    """Raise when a file was left out of the checkout: it would look deleted."""
    for entry in _names(listing):
        description, _, path = entry.partition("\t")
        if description.startswith(_SKIPPED) and not (root / path).exists():
            folder = path.partition("/")[0]
            raise RepositoryError(
                f"{path} is left out of this sparse checkout and would look deleted: run"
                f" `git sparse-checkout add {folder}`, or name a commit with --head"
            )


def _untracked(listing: bytes) -> Iterator[tuple[str, bool]]:
    """Yield path → whether it is a repository of its own, which git lists as a folder."""
    for name in _names(listing):
        yield name.rstrip("/"), name.endswith("/")


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RepositoryError(
            f"cannot read {error.filename}: {error.strerror or error}; let this user read it"
        ) from error


def _is_file(path: Path, *, repository: bool) -> bool | None:
    """Return whether something is a regular file; None when it is not there, or a mere folder."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISDIR(mode):
        return False if repository else None
    return stat.S_ISREG(mode)


def _parents(path: str) -> frozenset[str]:
    return frozenset(str(parent) for parent in PurePosixPath(path).parents) - {".", "/"}


def _with_parents(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths and all folders that lead to them."""
    given = {str(PurePosixPath(path)) for path in paths} - {"."}
    return frozenset(given).union(*map(_parents, given))
