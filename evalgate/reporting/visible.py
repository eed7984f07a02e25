"""Makes untrusted text safe to look at: nothing hidden in it, and no longer than the reader needs.

Prompts, cases, answers and judge replies are data. Characters that reorder, hide or steer what is
shown are replaced by symbols, so that every output of this package shows what is really there.
"""

import re
from dataclasses import dataclass

from evalgate.reporting.numbers import count

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, escape sequences included
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff"  # halves of a pair: no file can hold them
    "\U000e0000-\U000e0fff"  # tags: a second text that nobody sees
    "]"
)
_DIGEST = re.compile("[0-9a-f]{40,}")
_LINE_COMMAND = re.compile(r"(?m)^([^\S\n]*:)(?=:)")
_LOG_COMMAND = re.compile(r":(?=:)|#(?=#\[)")
_OLD_COMMAND = re.compile(r"#(?=#\[)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The beginning of a text, and how many characters were left out after it."""

    text: str
    left_out: int = 0

    @property
    def note(self) -> str:
        """Say what is missing; empty when nothing is."""
        return f"{count(self.left_out, 'more character')} not shown" if self.left_out else ""


def excerpt(text: str, limit: int) -> Excerpt:
    """Cut a text after so many characters."""
    return Excerpt(text=text[:limit], left_out=max(0, len(text) - limit))


def shorter(part: Excerpt, limit: int) -> Excerpt:
    """Cut an excerpt further and keep count of what is missing."""
    cut = excerpt(part.text, limit)
    return Excerpt(text=cut.text, left_out=cut.left_out + part.left_out)


def ended(text: str, limit: int) -> str:
    """Cut a text after so many characters, the last of which then says that there is more."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def visible(text: str) -> str:
    """Replace what cannot be seen by what can; line breaks and tabs stay."""
    return _HIDDEN.sub(_symbol, text.replace("\r\n", "\n"))


def on_one_line(text: str, limit: int) -> str:
    """Make a text visible, collapse its white space, and cut it with an ellipsis."""
    words = " ".join(visible(text[: 4 * limit]).split())
    return words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"


def short(name: str) -> str:
    """Cut the id of a commit or the hash of a file to what people read; other names stay."""
    return name[:12] if _DIGEST.fullmatch(name) else on_one_line(name, 60)


def inert_in_logs(text: str) -> str:
    r"""Break the workflow commands that a build log would obey.

    `::error` counts at the start of a line, after white space too, `##[error]` anywhere in it; the
    first character is parted from the second by a zero-width space. Line breaks other than `\n`
    are for `visible` to replace. Source: GitHub's documentation and runner.
    """
    return _OLD_COMMAND.sub(_parted, _LINE_COMMAND.sub(_parted, text))


def safe_line(text: str) -> str:
    """Write a text on one line of a terminal or a build log, where nothing in it may act.

    Control and bidirectional characters become visible, line breaks spaces; workflow commands are
    broken wherever they stand, because who prints a long line may break it anywhere.
    """
    return _LOG_COMMAND.sub(_parted, visible(text).replace("\n", " "))


def _parted(found: re.Match[str]) -> str:
    return f"{found.group()}\u200b"


def _symbol(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"
