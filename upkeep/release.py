"""Checks a version before it is released, and prints its notes from the changelog.

Usage: git tag --list 'v*' | python -m upkeep.release check VERSION
       python -m upkeep.release notes VERSION

It needs the standard library alone, and runs from the root of a checkout.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evalgate import __version__

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"

_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)
_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def problems(version: str, *, package: str, changelog: str, tags: Iterable[str]) -> Iterator[str]:
    """Yield what stands against a release.

    Args:
        version: that is to be released.
        package: the version that the package says it has.
        changelog: the text of the changelog.
        tags: of the releases before, such as `v0.1.0`; others are passed over.
    """
    number = _number(version)
    if number is None:
        yield f"{version!r} is no version: expected three numbers such as 0.2.0"
        return
    if version != package:
        yield f"evalgate.__version__ is {package}: set it to {version} in evalgate/__init__.py"
    yield from _heading_problems(version, changelog)
    newest = max(filter(None, map(_number, (tag.removeprefix("v") for tag in tags))), default=None)
    if newest is not None and newest > number:
        yield f"v{'.'.join(map(str, newest))} is released already, and {version} is older"


def notes(version: str, changelog: str) -> str:
    """Return what the changelog says of a version, empty when it says nothing."""
    headings = list(_HEADING.finditer(changelog))
    for number, heading in enumerate(headings):
        if heading[1] == version:
            end = headings[number + 1].start() if number + 1 < len(headings) else len(changelog)
            return changelog[heading.end() : end].strip()
    return ""


def main(words: Sequence[str]) -> int:
    """Do what the words say, and return the exit code."""
    match list(words):
        case ["check", version]:
            return _check(version, sys.stdin.read().split())
        case ["notes", version]:
            sys.stdout.write(notes(version, CHANGELOG.read_text("utf-8")) + "\n")
            return 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 2


def _check(version: str, tags: Sequence[str]) -> int:
    changelog = CHANGELOG.read_text("utf-8")
    found = list(problems(version, package=__version__, changelog=changelog, tags=tags))
    for problem in found:
        # A version that is none may hold anything, and the runner obeys what begins a line.
        sys.stdout.write(f"::error title=release::{problem}\n")
    return 1 if found else 0


def _heading_problems(version: str, changelog: str) -> Iterator[str]:
    dates = {heading[1]: heading[2] for heading in _HEADING.finditer(changelog)}
    if version not in dates:
        yield f"CHANGELOG.md has no heading `## [{version}] - YYYY-MM-DD`"
    elif dates[version] is None:
        yield f"CHANGELOG.md says of {version} no day: write `## [{version}] - YYYY-MM-DD`"
    elif not notes(version, changelog):
        yield f"CHANGELOG.md says nothing about {version}"


def _number(version: str) -> tuple[int, int, int] | None:
    found = _VERSION.fullmatch(version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
