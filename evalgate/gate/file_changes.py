"""What a change does to the files of its prompts: the texts before and after, for people."""

import re
from collections.abc import Iterator, Mapping

from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.model.change import FileChange
from evalgate.model.document import Tree

_NUMBER = re.compile(r"\.v[0-9]+(?=\.[^./]+$)")


def file_changes(plan: Plan) -> dict[tuple[str, str], tuple[FileChange, ...]]:
    """Return prompt and version → the files in which it differs from what it is held against.

    The version's own file comes first, then what it includes. A new number of an included file
    stands against the one that it takes the place of.
    """
    found: dict[tuple[str, str], tuple[FileChange, ...]] = {}
    for matchup in plan.matchups:
        version = matchup.candidate.version
        if not matchup.checks and not matchup.candidate.unchanged:
            found[version.prompt, version.version] = tuple(_changes(matchup, plan))
    return found


def _changes(matchup: Matchup, plan: Plan) -> Iterator[FileChange]:
    version, baseline = matchup.candidate.version, matchup.candidate.baseline
    base, head = plan.sources.trees.base, plan.sources.trees.head
    former = baseline.path if baseline else ""
    yield _change(version.path, head, former=former, base=base)
    new = {_family(path): path for path in version.dependencies}
    old = {_family(path): path for path in (baseline.dependencies if baseline else ())}
    for family in sorted({*new, *old}):
        now, past = new.get(family, ""), old.get(family, "")
        change = _change(now or past, head if now else {}, former=past, base=base)
        if change.before != change.after:
            yield change


def _change(path: str, head: Tree, *, former: str, base: Tree) -> FileChange:
    return FileChange(
        path=path,
        before=_text(base, former),
        after=_text(head, path),
        formerly=former if former != path else "",
    )


def _text(files: Mapping[str, bytes], path: str) -> str | None:
    content = files.get(path)
    return None if content is None else content.decode(errors="replace")


def _family(path: str) -> str:
    """Return the path of an included file without its number."""
    return _NUMBER.sub("", path)
