"""What a verdict is about: commits, or the work tree; and the states that files went through."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORK_TREE = "the work tree"
"""What a base or a head is called that is no commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """The content of a file, by its id; `size` in bytes is None where the clone lacks it."""

    id: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit that changed some of the files, and what they all were after it, by path.

    `at` is when it was committed, `YYYY-MM-DDTHH:MM:SSZ`.
    """

    commit: str
    at: str
    files: Mapping[str, Blob] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The revisions of some files, oldest first.

    `is_shallow` tells that the clone lacks the commits before, `has_more` that older ones were left
    out.
    """

    listed: tuple[Revision, ...] = ()
    is_shallow: bool = False
    has_more: bool = False
