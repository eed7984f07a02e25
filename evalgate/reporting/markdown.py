"""Writes untrusted text into GitHub's Markdown so that it is read and does nothing.

Text in a sentence cannot mention, link, format, open HTML or leave its table cell; text in a block
cannot close its fence. Sources: the GitHub Flavored Markdown specification (fences, autolinks,
tables); GitHub's documentation of mentions and references.
"""

import re
from collections.abc import Callable

from evalgate.reporting.visible import Excerpt, inert_in_logs, on_one_line, visible

_IN_WORD = r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])"
_MARKS = rf"[\\`*\[\]|~$]|(?!{_IN_WORD})_"
_SPECIAL = re.compile(rf"{_MARKS}|^[-+=]|^\d+(?=[.)])")
_MARK = re.compile(_MARKS)
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_LINKING = re.compile(r"[@#]|:(?=//)|\bwww(?=\.)|\bGH(?=-)", re.IGNORECASE)
_CODE = re.compile(r"`([^`\n]+)`")
_SENTENCE_LIMIT = 600


def inline(text: str, limit: int = _SENTENCE_LIMIT) -> str:
    """Write a text as plain words on one line."""
    words = _unlinked(on_one_line(text, limit)).translate(_HTML)
    return _SPECIAL.sub(_escaped, words)


def prose(text: str, limit: int = _SENTENCE_LIMIT) -> str:
    """Write a sentence in which what stands between backticks is code, the rest plain words."""
    return _sentence(text, limit, inline)


def html_prose(text: str, limit: int) -> str:
    """Write a sentence like `prose`, in HTML that Markdown leaves alone: for summaries."""
    return _sentence(text, limit, lambda piece: entities(piece, limit))


def _sentence(text: str, limit: int, plain: Callable[[str], str]) -> str:
    pieces = _CODE.split(on_one_line(text, limit))
    leading = [len(piece) - len(piece.lstrip()) for piece in pieces]
    trailing = [len(piece) - len(piece.rstrip()) for piece in pieces]
    return "".join(
        code(piece) if i % 2 else f"{' ' * leading[i]}{plain(piece)}{' ' * trailing[i]}"
        for i, piece in enumerate(pieces)
    )


def code(text: str, limit: int = 80) -> str:
    """Write a short text as code, in HTML: it stands in sentences, tables and summaries alike."""
    return f"<code>{entities(text, limit)}</code>"


def entities(text: str, limit: int) -> str:
    """Write a text as plain words on one line, in HTML that Markdown leaves alone."""
    words = _unlinked(on_one_line(text, limit)).translate(_HTML)
    return _MARK.sub(lambda found: f"&#{ord(found.group())};", words)


def fence(part: Excerpt, *, language: str = "text") -> str:
    """Write a text as a block that ends where it should, with a note when it was cut."""
    text = inert_in_logs(visible(part.text)).rstrip("\n") or "(nothing)"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    note = f"\n\n… {part.note}" if part.note else ""
    return f"{marks}{language}\n{text}\n{marks}{note}"


def row(*cells: str) -> str:
    """Write one line of a table, of cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def details(summary: str, body: str) -> str:
    """Fold a body away under a summary, which is HTML."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _escaped(found: re.Match[str]) -> str:
    special = found.group()
    return f"{special}\u200b" if special.isdigit() else f"\\{special}"


def _unlinked(text: str) -> str:
    """Part what GitHub would turn into a mention, a reference or a link by a zero-width space."""
    return _LINKING.sub("\\g<0>\u200b", text)
