"""One comment on a pull request, found again and kept up to date: what is to be written.

A comment is ours when its author is, and it begins with our marker: anybody can write a marker.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evalgate.model.github import Comment

_MARKER = re.compile(
    r"<!-- evalgate:comment/1 key=(?P<key>\S*) head=(?P<head>[0-9a-f]*)"
    r" at=(?P<at>[0-9]{1,15}) run=(?P<run>[0-9]{1,18}) attempt=(?P<attempt>[0-9]{1,9}) -->\n"
)

_SAID = "the comment says it already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What a comment of ours says of itself, unseen by readers.

    `key` tells apart the comments of several jobs on one pull request. `head` is the commit that it
    is about; `at` is when its judging began, in seconds since 1970, and `run` and `attempt` are the
    run's that has written it. An old run that somebody runs again is newer than what it replaces.
    """

    key: str
    head: str
    at: int
    run: int
    attempt: int

    def __str__(self) -> str:
        """The line that a comment begins with."""
        of_run = f"at={self.at} run={self.run} attempt={self.attempt}"
        return f"<!-- evalgate:comment/1 key={self.key} head={self.head} {of_run} -->\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPlan:
    """What is to be done: `update` names the comment that gets the text, `delete` the superfluous.

    With `write` and no `update`, a comment is to be created. `kept` says why nothing is written,
    and `found` is the comment that stays or is updated.
    """

    write: bool
    update: int | None = None
    delete: tuple[int, ...] = ()
    kept: str = ""
    found: Comment | None = None


def comment_key(text: str) -> str:
    """Return a text as the key of a marker, in which nothing can end the marker early."""
    return re.sub(r"[^A-Za-z0-9._/-]|--", "_", text)


def plan_comment(
    comments: Sequence[Comment], text: str, *, marker: Marker, author: str, may_create: bool
) -> CommentPlan:
    """Return what is to be done so that one comment of ours shows the latest result.

    Args:
        comments: all of the pull request, oldest first.
        text: what the comment is to say below its marker.
        marker: of the comment to be written.
        author: the login that we write under.
        may_create: whether there is enough to say for a first comment.
    """
    found = [(each, read) for each in comments if (read := _own(each, author, marker.key))]
    if not found:
        return CommentPlan(write=may_create, kept="" if may_create else "there is nothing to say")
    oldest, written = min(found, key=lambda pair: pair[0].id)
    newest, latest = max(found, key=lambda pair: _when(pair[1]))
    if _when(latest) > _when(marker):
        kept = f"run {latest.run} is newer and has written the comment"
        return CommentPlan(write=False, delete=_others(found, newest), kept=kept, found=newest)
    others = _others(found, oldest)
    if _shown(oldest.body) == _lines(text) and written.head == marker.head:
        return CommentPlan(write=False, delete=others, kept=_SAID, found=oldest)
    return CommentPlan(write=True, update=oldest.id, delete=others, found=oldest)


def newer_about(comments: Sequence[Comment], *, marker: Marker, author: str) -> Comment | None:
    """Return our comment that a newer run has written about the same commit, if there is one."""
    for comment in comments:
        written = _own(comment, author, marker.key)
        if written and written.head == marker.head and _when(written) > _when(marker):
            return comment
    return None


def _when(marker: Marker) -> tuple[int, int, int]:
    return marker.at, marker.run, marker.attempt


def _own(comment: Comment, author: str, key: str) -> Marker | None:
    """Return the marker of a comment, when it is one of ours with the same key."""
    found = _MARKER.match(_lines(comment.body))
    if found is None or comment.author != author or found["key"] != key:
        return None
    return Marker(
        key=found["key"],
        head=found["head"],
        at=int(found["at"]),
        run=int(found["run"]),
        attempt=int(found["attempt"]),
    )


def _others(found: Sequence[tuple[Comment, Marker]], kept: Comment) -> tuple[int, ...]:
    return tuple(comment.id for comment, _ in found if comment.id != kept.id)


def _shown(body: str) -> str:
    return _MARKER.sub("", _lines(body), count=1)


def _lines(text: str) -> str:
    """Return a text with the line ends, and the end, that GitHub may have changed made alike."""
    return text.replace("\r\n", "\n").rstrip() + "\n"
