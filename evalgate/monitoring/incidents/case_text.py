"""Puts a case into the text of an eval set; all else stays as it was written; pure."""

import re
from collections.abc import Sequence

from evalgate.errors import UsageError

_CASES = re.compile(r"^cases:[ \t]*(?P<rest>[^\n]*)$", re.MULTILINE)
_NEXT = re.compile(r"^(?=[^ \t\n#-])", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent> *)- ", re.MULTILINE)


def with_case(text: str, entry: str, *, comments: Sequence[str] = ()) -> str:
    """Return the text of an eval set with one case more, after all others.

    Args:
        text: of the file, in YAML, with its cases inside.
        entry: the case as an item of a list, beginning with `- `.
        comments: lines that stand above it.

    Raises:
        UsageError: the cases do not stand in a list of lines.
    """
    found = _CASES.search(text)
    if found is None or found["rest"].split("#")[0].strip():
        raise UsageError(
            "evalset: expected `cases:` with a list of lines below it: put the case in by hand, "
            "as `--print` shows it"
        )
    following = _NEXT.search(text, found.end() + 1)
    end = following.start() if following else len(text)
    block = text[found.end() : end]
    item = _ITEM.search(block)
    indent = item["indent"] if item else "  "
    kept = _end_of_cases(block)
    lines = [*(f"# {each}" for each in comments), *entry.rstrip("\n").split("\n")]
    written = "\n".join(f"{indent}{line}" if line else "" for line in lines)
    rest = block[kept:].strip("\n")
    tail = f"\n{rest}\n" if rest else ""
    between = "\n" if following and not tail else ""
    return f"{text[: found.end()]}{block[:kept]}\n\n{written}\n{tail}{between}{text[end:]}"


def _end_of_cases(block: str) -> int:
    """Return where the last case ends; comments that stand before what follows come after it."""
    lines = block.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return len("\n".join(lines))
