"""Reads which states files went through, from the commits that a branch was moved to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.git_process import check, git
from evalgate.model.revision import Blob, Revision, Revisions

MOST_WALKED = 50_000
"""How many commits are looked at: in a repository of millions that takes minutes otherwise."""

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: a commit may name any second, and later ones have no date."""

_REGULAR = "100"
"""How the mode of a regular file begins."""

_MOST_MISSING = 500

_Change = tuple[str, str | None]
"""A path, and the id of its content, or None where there is no regular file any more."""


def read_revisions(folder: Path, commit: str, under: Iterable[str], *, most: int) -> Revisions:
    """Return the revisions of the files under some paths, up to a commit.

    Only first parents are followed, so that what a merge brought counts at the merge. No setting of
    the user's git changes what is read.

    Args:
        folder: the root of the repository.
        commit: the full id of the last commit.
        under: files and folders.
        most: how many revisions are returned; older ones are left out.

    Raises:
        RepositoryError: when git cannot answer.
    """
    paths = tuple(under)
    reach = _end(folder, commit)
    wanted = ("--first-parent", "--timestamp", f"--max-count={most + 1}", *reach)
    found = check(folder, "rev-list", *wanted, commit, "--", *paths) if paths else b""
    commits = [_timed(line) for line in found.decode().splitlines()][::-1]
    if not commits:
        return Revisions()
    has_more, commits = bool(reach) or len(commits) > most, commits[-most:]
    states = list(_states(folder, [commit for _, commit in commits], paths))
    blobs = _blobs(folder, states)
    return Revisions(
        listed=tuple(
            Revision(commit=commit, at=at, files={path: blobs[oid] for path, oid in files.items()})
            for (at, commit), files in zip(commits, states, strict=True)
        ),
        is_shallow=check(folder, "rev-parse", "--is-shallow-repository").strip() == b"true",
        has_more=has_more,
    )


def read_blobs(folder: Path, ids: Sequence[str]) -> Iterator[bytes]:
    """Yield the contents with these ids, which the clone must have; all are in memory at once.

    Raises:
        RepositoryError: when git cannot answer.
    """
    answer = check(folder, "cat-file", "--batch", stdin=_lines(ids))
    at = 0
    for _ in ids:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[-1])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


def _end(folder: Path, commit: str) -> tuple[str, ...]:
    """Return what keeps a walk from going on for too long; nothing where it cannot."""
    done = git(folder, ("rev-parse", "--verify", "--quiet", f"{commit}~{MOST_WALKED}"))
    return (f"^{done.stdout.decode().strip()}",) if done.returncode == 0 else ()


def _timed(line: str) -> tuple[str, str]:
    """Return when a commit was made, and its id."""
    seconds, commit = line.split()
    moment = datetime.fromtimestamp(min(max(0, int(seconds)), _LAST_SECOND), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ"), commit


def _states(
    folder: Path, commits: Sequence[str], paths: tuple[str, ...]
) -> Iterator[Mapping[str, str]]:
    """Yield path → id of the content after each commit: the first whole, then what differs."""
    listing = check(folder, "ls-tree", "-r", "-z", "--full-tree", commits[0], "--", *paths)
    files = dict(_listed(listing))
    yield dict(files)
    pairs = zip(commits[1:], commits, strict=False)
    differences = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames")
    stdin = "".join(f"{commit} {before}\n" for commit, before in pairs).encode()
    answer = check(folder, *differences, "--", *paths, stdin=stdin) if stdin else b""
    changes = _changes(answer)
    for commit in commits[1:]:
        for path, oid in changes.get(commit, ()):
            files.pop(path, None)
            files |= {} if oid is None else {path: oid}
        yield dict(files)


def _listed(listing: bytes) -> Iterator[tuple[str, str]]:
    for entry in _words(listing):
        description, _, path = entry.partition("\t")
        mode, _, oid = description.split()
        if mode.startswith(_REGULAR):
            yield path, oid


def _changes(answer: bytes) -> Mapping[str, Sequence[_Change]]:
    """Return commit → what differs from the one before; `diff-tree -z` ends all by a zero byte."""
    changes: dict[str, list[_Change]] = {}
    current: list[_Change] = []
    words = _words(answer)
    for word in words:
        if not word.startswith(":"):
            current = changes.setdefault(word, [])
            continue
        _, mode, _, oid, _ = word.split()
        current.append((next(words), oid if mode.startswith(_REGULAR) else None))
    return changes


def _blobs(folder: Path, states: Iterable[Mapping[str, str]]) -> Mapping[str, Blob]:
    """Return each content that a state has, with its size."""
    ids = tuple(dict.fromkeys(oid for files in states for oid in files.values()))
    sizes = _sizes(folder, ids)
    return {oid: Blob(id=oid, size=size) for oid, size in zip(ids, sizes, strict=True)}


def _sizes(folder: Path, ids: Sequence[str]) -> Sequence[int | None]:
    """Return the size of each content, None where it is missing.

    Git ends at the first one that a partial clone lacks, so it is asked again about those behind
    it; where very many are missing, so are the others.
    """
    sizes: list[int | None] = []
    for _ in range(_MOST_MISSING):
        if len(sizes) == len(ids):
            break
        rest = ids[len(sizes) :]
        done = git(folder, ("cat-file", "--batch-check"), _lines(rest))
        told = [line.split()[-1] for line in done.stdout.decode().splitlines()]
        sizes += [int(size) if size.isdigit() else None for size in told]
        sizes += [None] if len(told) < len(rest) else []
    return [*sizes, *[None] * (len(ids) - len(sizes))]


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in ids).encode()


def _words(answer: bytes) -> Iterator[str]:
    for word in answer.split(b"\0"):
        if word:
            yield word.decode("utf-8", errors="surrogateescape")
