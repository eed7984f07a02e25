"""The git side of the fake GitHub: blobs, trees, commits and refs, named by their contents."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

MAIN = "refs/heads/main"
FILE = "100644"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a tree holds under one path."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit; `made` is a moment as GitHub writes it."""

    tree: str
    parents: list[str]
    message: str
    author: str
    made: str


@dataclass(slots=True, kw_only=True)
class GitData:
    """All objects and refs of one repository.

    A tree is kept flat, path → entry. Ids are SHA-1 over contents, so equal contents have equal ids;
    they aren't the ids that git itself would give to trees and commits.
    """

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, Entry]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    protected: set[str] = field(default_factory=set)
    """Refs that move only through a pull request."""

    def add_blob(self, content: bytes) -> str:
        """Keep a file's content and return its id, the one that git gives it too."""
        name = hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False)
        self.blobs[name.hexdigest()] = content
        return name.hexdigest()

    def add_tree(self, entries: Mapping[str, Entry]) -> str:
        """Keep a tree and return its id."""
        ordered = dict(sorted(entries.items()))
        name = tree_id(ordered)
        self.trees[name] = ordered
        return name

    def add_commit(self, commit: Commit, *, known_as: str = "") -> str:
        """Keep a commit and return its id: a given one, or the SHA-1 of its content."""
        name = known_as or _named("commit", msgspec.json.encode(commit))
        self.commits[name] = commit
        return name

    def push(
        self,
        branch: str,
        files: Mapping[str, str],
        *,
        onto: str = "",
        orphan: bool = False,
        commit: str = "",
    ) -> str:
        """Add a commit to a branch, as somebody with git at hand would, and return its id.

        Args:
            branch: its name, made when it does not exist.
            files: path → text; everything else stays as it was.
            onto: the branch or commit to build on; the branch itself, or else main, when empty.
            orphan: start from nothing.
            commit: the id to give to the commit, such as one from a real repository.
        """
        ref = f"refs/heads/{branch}"
        start = self.resolve(onto) if onto else self.refs.get(ref, self.refs.get(MAIN))
        parent = None if orphan else start
        entries = dict(self.files(parent)) if parent else {}
        for path, text in files.items():
            entries[path] = Entry(mode=FILE, blob=self.add_blob(text.encode()))
        made = Commit(
            tree=self.add_tree(entries),
            parents=[parent] if parent else [],
            message="Change files",
            author="octocat",
            made="2026-01-01T00:00:00Z",
        )
        self.refs[ref] = self.add_commit(made, known_as=commit)
        return self.refs[ref]

    def resolve(self, ref: str) -> str | None:
        """Return the commit that a branch, a tag, a ref or a full id names."""
        names = (ref, f"refs/{ref}", f"refs/heads/{ref}", f"refs/tags/{ref}")
        found = (self.refs[name] for name in names if name in self.refs)
        return next(found, ref if ref in self.commits else None)

    def files(self, commit: str) -> Mapping[str, Entry]:
        """Return all that a commit holds, by path."""
        return self.trees[self.commits[commit].tree]

    def text(self, path: str, *, ref: str = "main") -> str | None:
        """Return a file's text at a ref, or None when it is not there."""
        commit = self.resolve(ref)
        entry = self.files(commit).get(path) if commit else None
        return self.blobs[entry.blob].decode() if entry else None

    def history(self, commit: str) -> Iterator[str]:
        """Yield a commit and all its ancestors."""
        seen: set[str] = set()
        ahead = [commit]
        while ahead:
            each = ahead.pop()
            if each in seen or each not in self.commits:
                continue
            seen.add(each)
            yield each
            ahead.extend(self.commits[each].parents)


def with_main() -> GitData:
    """Return a repository whose branch main has one commit."""
    git = GitData()
    git.push("main", {"README.md": "# Shop\n"})
    return git


def tree_id(entries: Mapping[str, Entry]) -> str:
    """Return the id of a tree."""
    return _named("tree", msgspec.json.encode(dict(sorted(entries.items()))))


def _named(kind: str, content: bytes) -> str:
    head = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
