"""The files of `prompts/_shared/`: which of them a version depends on, and what that makes of it.

What a file depends on is told from its bytes, without reading it as YAML or as a template. The
scan may see a name that has no effect, in a comment say; a reader must refuse a file that it did
not see.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256

FOLDER = "_shared"
NAMING = "<name>.v<N>.md, .txt or .json"

_FILE = r"\w[\w.-]*\.v[1-9][0-9]*\.(?:md|json|txt)"
_SHARED = re.compile(_FILE)
_INCLUDE = re.compile(rf"\{{%[-+]?\s*include\s+([\"'])({_FILE})\1\s*[-+]?%\}}")
_SCHEMA = re.compile(r"(?<![\w.-])\w[\w.-]*\.v[1-9][0-9]*\.json(?![\w-]|\.\w)")
_BORDER = "\n---\n"


def is_shared(name: str) -> bool:
    """Return whether a name is that of a shared file: `tone.v2.md`."""
    return _SHARED.fullmatch(name) is not None


def normal(content: bytes) -> bytes:
    """Return a file's bytes without byte order mark and with LF line ends."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def own_identity(content: bytes) -> str:
    """Return the identity of a file by itself: SHA-256 of its normal bytes."""
    return sha256(normal(content)).hexdigest()


def identity(content: bytes, shared: Mapping[str, bytes]) -> str:
    """Return the identity of a version: its own, or, when it depends on shared files, of them all.

    A file that is not there counts as missing.
    """
    own = own_identity(content)
    names = dependencies(content, shared)
    if not names:
        return own
    hashes = (own_identity(shared[name]) if name in shared else "missing" for name in names)
    lines = (f"{name} {digest}\n" for name, digest in zip(names, hashes, strict=True))
    return sha256((own + "\n" + "".join(lines)).encode()).hexdigest()


def dependencies(content: bytes, shared: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the names of the shared files that a version depends on, indirectly too, sorted."""
    found: set[str] = set()
    waiting = list(_of_version(content))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _of_shared(shared.get(name, b""))
    return tuple(sorted(found))


def included(text: str) -> Iterator[tuple[str, int]]:
    """Yield each shared file that a template names in an include, with the line it stands on."""
    line, end = 1, 0
    for mark in _INCLUDE.finditer(text):
        line, end = line + text.count("\n", end, mark.start()), mark.start()
        yield mark[2], line


@lru_cache(maxsize=1024)
def _of_version(content: bytes) -> tuple[str, ...]:
    front, _, body = normal(content).decode(errors="replace").partition(_BORDER)
    schemas = (mark[0] for mark in _SCHEMA.finditer(front))
    return (*schemas, *(name for name, _ in included(body)))


@lru_cache(maxsize=1024)
def _of_shared(content: bytes) -> tuple[str, ...]:
    return tuple(name for name, _ in included(normal(content).decode(errors="replace")))
