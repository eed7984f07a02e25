"""Branches, files and commits of a repository, through GitHub's API and without a clone."""

from dataclasses import dataclass

from evalgate.adapters.github_addresses import name_in_path
from evalgate.adapters.github_client import GitHubClient
from evalgate.adapters.github_exchange import RAW, Permission, Request, Response
from evalgate.adapters.github_fields import malformed, one
from evalgate.adapters.github_words import message_of
from evalgate.errors import BranchMovedError
from evalgate.model.document import Data
from evalgate.model.github import NewCommit

_REGULAR_FILE = "100644"
_MOVED = ("not a fast forward", "reference already exists", "reference does not exist")
"""Words of GitHub's when a branch is not where it was a moment ago."""


@dataclass(frozen=True, slots=True)
class GitData:
    """The git data of a repository; `root` is its path."""

    client: GitHubClient
    root: str

    def tip(self, branch: str) -> str | None:
        """Return the commit that a branch points to, or None when there is no such branch."""
        request = Request(
            method="GET",
            path=f"{self.root}/git/ref/heads/{name_in_path(branch)}",
            needs=Permission.CONTENTS_READ,
            # A repository without a commit answers 409.
            allows=frozenset({404, 409}),
        )
        answer = self.client.call(request)
        return one(answer).inner("object").text("sha") if answer.is_success else None

    def text(self, path: str, *, ref: str) -> str | None:
        """Return the text of a file at a ref, or None when it is not there."""
        request = Request(
            method="GET",
            path=f"{self.root}/contents/{name_in_path(path)}",
            needs=Permission.CONTENTS_READ,
            query={"ref": ref},
            accept=RAW,
            allows=frozenset({404}),
        )
        answer = self.client.call(request)
        return _decoded(answer) if answer.is_success else None

    def commit(self, branch: str, commit: NewCommit) -> str:
        """Make a commit and move a branch onto it: forward, or not at all."""
        tip = self.tip(branch)
        if tip not in (None, commit.parent):
            raise _moved(branch)
        made = self._commit(commit, tree=self._tree(commit))
        if tip is None:
            self._start(branch, made)
        else:
            self._move(branch, made)
        return made

    def _tree(self, commit: NewCommit) -> str:
        """Make the tree of a commit: the parent's with the files in it."""
        entries: list[Data] = [
            {"path": path, "mode": _REGULAR_FILE, "type": "blob", "content": text}
            for path, text in commit.files.items()
        ]
        body: dict[str, Data] = {"tree": entries}
        if commit.parent is not None:
            body["base_tree"] = self._tree_of(commit.parent)
        return self._created("trees", body)

    def _tree_of(self, commit: str) -> str:
        request = Request(
            method="GET",
            path=f"{self.root}/git/commits/{name_in_path(commit)}",
            needs=Permission.CONTENTS_READ,
        )
        return one(self.client.call(request)).inner("tree").text("sha")

    def _commit(self, commit: NewCommit, *, tree: str) -> str:
        parents: list[Data] = [] if commit.parent is None else [commit.parent]
        return self._created(
            "commits", {"message": commit.message, "tree": tree, "parents": parents}
        )

    def _created(self, kind: str, body: dict[str, Data]) -> str:
        """Create an object and return its id; one that nothing points to does no harm."""
        request = Request(
            method="POST",
            path=f"{self.root}/git/{kind}",
            needs=Permission.CONTENTS_WRITE,
            body=body,
            is_repeatable=True,
        )
        return one(self.client.call(request)).text("sha")

    def _start(self, branch: str, commit: str) -> None:
        request = Request(
            method="POST",
            path=f"{self.root}/git/refs",
            needs=Permission.CONTENTS_WRITE,
            body={"ref": f"refs/heads/{branch}", "sha": commit},
            allows=frozenset({422}),
            # A second one is refused, and then the branch is looked at.
            is_repeatable=True,
        )
        self._check_moved(request, branch, commit=commit)

    def _move(self, branch: str, commit: str) -> None:
        request = Request(
            method="PATCH",
            path=f"{self.root}/git/refs/heads/{name_in_path(branch)}",
            needs=Permission.CONTENTS_WRITE,
            body={"sha": commit, "force": False},
            allows=frozenset({422}),
        )
        self._check_moved(request, branch, commit=commit)

    def _check_moved(self, request: Request, branch: str, *, commit: str) -> None:
        """Point a branch at a commit, or raise what kept it from that."""
        answer = self.client.call(request)
        if answer.is_success:
            return
        if not any(words in message_of(answer).lower() for words in _MOVED):
            raise self.client.refusal(request, answer)
        # The first attempt may have done it, although its answer was lost.
        if self.tip(branch) != commit:
            raise _moved(branch)


def _decoded(answer: Response) -> str:
    try:
        return answer.body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed(answer.place, "the file is not UTF-8") from None


def _moved(branch: str) -> BranchMovedError:
    return BranchMovedError(
        f"the branch {branch} is no longer where it was read: somebody else moved it; nothing was "
        "changed, so run again"
    )
