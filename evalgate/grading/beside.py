"""The files that stand beside an eval set: schemas, cases in lines, and what cases attach."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import sha256
from itertools import islice

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.content import Attachment
from evalgate.model.document import Document, Tree
from evalgate.model.ports import Parser
from evalgate.model.reading import describe

MOST_IMAGE_BYTES = 3_750_000
"""An image's size counts in Base64, of which the strictest platform takes 5 MB."""

MOST_PDF_BYTES = 20_000_000
MOST_TEXT_BYTES = 1_000_000
MOST_LINES_BYTES = 500_000_000

MOST_GUESSES = 20
"""Missing files for which the nearest name is looked up."""

MOST_COMPARED = 2_000
LONGEST_PATH = 300

_IMAGES: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_PDF = "application/pdf"

_LARGE_FILE = b"version https://git-lfs.github.com/spec/"
"""What stands in git in place of a file that Git LFS keeps."""


class _Schemas(Mapping[str, Document]):
    """The JSON files of a tree as documents, each parsed once, when it is asked for."""

    def __init__(self, tree: Tree, parser: Parser, problems: list[Problem]) -> None:
        self._tree = tree
        self._parser = parser
        self._problems = problems
        self._read: dict[str, Document] = {}

    def __getitem__(self, path: str) -> Document:
        if path not in self._read:
            self._read[path] = self._parse(path, self._tree[path])
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    def __len__(self) -> int:
        return len(self._tree)

    def _parse(self, path: str, content: bytes) -> Document:
        try:
            return self._parser.read_json(path, content)
        except ConfigurationError as error:
            self._problems += error.problems
            return Document(path=path, data={}, lines={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The files that one eval set may name.

    `evalset` is its path; `tree` holds the folder of the eval sets; `used` collects the paths that
    were asked for, so that a reader can tell what the set depends on. `attachments` remembers what
    was read, by the path as written, and `missing` what was not there.
    """

    evalset: str
    tree: Tree
    parser: Parser
    problems: list[Problem]
    used: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    attachments: dict[str, Attachment | str] = field(default_factory=dict)

    def schemas(self) -> Mapping[str, Document]:
        """Return the JSON files by path."""
        return _Schemas(_Watched(self.tree, self.used), self.parser, self.problems)

    def path(self, written: str) -> str:
        """Return the path from the repository's root of a file that the set names."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.evalset), written))

    def lines(self, written: str) -> Iterator[Document | Problem] | str:
        """Return the documents of a file of cases, or what is wrong with the file."""
        path = self.path(written)
        self.used.add(path)
        content = self.tree.get(path)
        if not written.endswith(".jsonl"):
            wanted = "expected a list of cases, or the name of a .jsonl file"
            return f"{wanted}, got {describe(written)}"
        if content is None:
            return self._missing(written)
        if len(content) > MOST_LINES_BYTES:
            most = f"{MOST_LINES_BYTES / 1e6:g} MB"
            return f"the file has {len(content) / 1e6:,.0f} MB; at most {most} are read"
        return self.parser.read_json_lines(path, content)

    def attachment(self, written: str) -> Attachment | str:
        """Return the file that a case attaches, or what is wrong with it."""
        if written not in self.attachments:
            self.attachments[written] = self._attachment(written)
        return self.attachments[written]

    def _attachment(self, written: str) -> Attachment | str:
        path = self.path(written)
        self.used.add(path)
        content = self.tree.get(path)
        if content is None:
            return self._missing(written)
        if content.startswith(_LARGE_FILE):
            return (
                f"{describe(written)} is kept in Git LFS, which is not read: commit the file itself"
            )
        kind = media_type(content)
        if kind is None or not content:
            wanted = "expected a PNG, JPEG, GIF, WebP or PDF file, or UTF-8 text"
            return f"{wanted}; {describe(written)} is {'empty' if not content else 'none of these'}"
        most = _most(kind)
        if len(content) > most:
            size = f"{len(content):,} bytes"
            return f"{describe(written)} has {size}; at most {most:,} can be sent of this type"
        return Attachment(
            name=path, media_type=kind, sha256=sha256(content).hexdigest(), content=content
        )

    def _missing(self, written: str) -> str:
        said = f"there is no file {describe(written)}: write its path from the eval set's folder"
        self.missing.add(written)
        # Each comparison costs time, and a hostile set names very many files, or very long ones.
        if len(self.missing) > MOST_GUESSES or len(written) > LONGEST_PATH:
            return said
        folder = posixpath.dirname(self.evalset)
        known = [
            posixpath.relpath(path, folder or ".") for path in islice(self.tree, MOST_COMPARED)
        ]
        near = get_close_matches(written, known, n=1)
        return f"{said} (did you mean `{near[0]}`?)" if near else said


class _Watched(Mapping[str, bytes]):
    """A tree that notes which of its files were asked for."""

    def __init__(self, tree: Tree, used: set[str]) -> None:
        self._tree = tree
        self._used = used

    def __getitem__(self, path: str) -> bytes:
        self._used.add(path)
        return self._tree[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    def __len__(self) -> int:
        return len(self._tree)


def media_type(content: bytes) -> str | None:
    """Return the type of a file, told from its first bytes; None when it can be none of ours."""
    for magic, kind in _IMAGES.items():
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return _PDF
    try:
        text = content[: MOST_TEXT_BYTES + 4].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) <= MOST_TEXT_BYTES or error.start < MOST_TEXT_BYTES:
            return None
        return "text/plain"
    return None if "\0" in text else "text/plain"


def _most(kind: str) -> int:
    if kind.startswith("image/"):
        return MOST_IMAGE_BYTES
    return MOST_PDF_BYTES if kind == _PDF else MOST_TEXT_BYTES
