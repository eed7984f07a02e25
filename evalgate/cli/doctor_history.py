"""Compares published versions with what git knows of the time when they were published."""

from collections.abc import Iterator, Sequence
from hashlib import sha1, sha256
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.cli.prompt_place import repository_of
from evalgate.errors import EvalgateError
from evalgate.model.revision import Revision
from evalgate.prompts.library import Prompt
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.rollout.instants import seconds_of

MOST_REVISIONS = 2_000

_SHA1_DIGITS = 40


def revisions_of(folder: Path) -> Sequence[Revision]:
    """Return what git knows of the past of a folder of prompts; nothing where it knows nothing."""
    try:
        root = repository_of(folder)
        if root is None:
            return ()
        repository = GitRepository(root)
        commit = repository.resolve("HEAD")
        return repository.revisions(commit, [_within(folder, root)], most=MOST_REVISIONS).listed
    except EvalgateError:
        return ()


def changed_files(prompt: Prompt, folder: Path, revisions: Sequence[Revision]) -> tuple[str, ...]:
    """Return the files that are other ones now than when a version of them was published.

    Args:
        prompt: as it is now.
        folder: that of all prompts.
        revisions: what git knows of it, oldest first.
    """
    root = repository_of(folder)
    if root is None or not revisions:
        return ()
    place = _within(folder, root)
    found = {
        path: None
        for version in sorted(prompt.versions)
        if prompt.has_pointed_to(version)
        for path, content in _files(prompt, version, place)
        if _is_other(content, _published(path, revisions, since=_instant(prompt, version)))
    }
    return tuple(found)


def _files(prompt: Prompt, version: str, place: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that make a version, by their paths in the repository."""
    yield f"{place}/{prompt.name}/{version}.md", prompt.versions[version]
    for name in prompt.dependencies(version):
        if name in prompt.shared:
            yield f"{place}/{SHARED}/{name}", prompt.shared[name]


def _instant(prompt: Prompt, version: str) -> float | None:
    """Return when a version was pointed to at first, in seconds since 1970; None if unknown."""
    named = (
        seconds_of(move.at)
        for move in prompt.history
        if version in (move.stable, move.rollout and move.rollout.version)
    )
    return min((each for each in named if each is not None), default=None)


def _published(path: str, revisions: Sequence[Revision], *, since: float | None) -> str | None:
    """Return the id of a file's content when it was published; None where git does not know it.

    Without an instant it is the last content that was committed.
    """
    known = [(seconds_of(each.at), each.files[path].id) for each in revisions if path in each.files]
    if not known:
        return None
    if since is None:
        return known[-1][1]
    before = [oid for at, oid in known if at is not None and at <= since]
    return before[-1] if before else known[0][1]


def _is_other(content: bytes, known: str | None) -> bool:
    """Whether a content is not the one with an id; how its lines end is of no matter."""
    if known is None:
        return False
    return known not in (_id(content, known), _id(content.replace(b"\r\n", b"\n"), known))


def _id(content: bytes, alike: str) -> str:
    """Return the id that git gives a content, by the kind of hash of another one."""
    blob = b"blob %d\0%s" % (len(content), content)
    if len(alike) == _SHA1_DIGITS:
        return sha1(blob, usedforsecurity=False).hexdigest()
    return sha256(blob).hexdigest()


def _within(folder: Path, root: Path) -> str:
    return folder.resolve().relative_to(root.resolve()).as_posix()
