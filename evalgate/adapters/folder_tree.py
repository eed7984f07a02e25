"""Reads a folder as it lies on the disk, as if it stood in a repository; git has no part in it."""

from pathlib import Path

from evalgate.errors import UsageError
from evalgate.model.document import Tree

MOST_BYTES = 500_000_000
"""Bytes of all files together."""


def read_tree(folder: Path, *, named: str) -> Tree:
    """Return the regular files in a folder and below it; links are left out.

    Args:
        folder: one that is not there has no files.
        named: what the paths begin with, without a slash at its end.

    Raises:
        UsageError: a file cannot be read, or all of them are too large.
    """
    found: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file():
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
        size += len(content)
        if size > MOST_BYTES:
            raise UsageError(f"{folder}: its files have more than {MOST_BYTES / 1e6:,.0f} MB")
        found[f"{named}/{path.relative_to(folder).as_posix()}"] = content
    return found
