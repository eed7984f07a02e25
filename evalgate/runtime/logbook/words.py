"""What may stand in a log: checked words and short texts, free of keys and of people's numbers.

Every text that is neither from the team's own files nor one of evalgate's words goes through here.
What does not fit is replaced, and never repeated.
"""

import math
import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

INVALID = "invalid"
"""Stands for a text that is no word of its kind."""
REDACTED = "[redacted]"
"""Stands for what looks like a key, or like somebody's number or address."""

LONGEST_WORD = 80
LONGEST_NAME = 64
LONGEST_FEATURE = 64
LONGEST_ID = 128
LONGEST_PREFIX = 100

STOP_REASONS: AbstractSet[str] = frozenset(
    {
        "end_turn",
        "max_tokens",
        "stop_sequence",
        "tool_use",
        "pause_turn",
        "refusal",
        "model_context_window_exceeded",
    }
)
"""Those of the Messages API; any other one is logged as `other`."""

_MARKERS = (
    *("sk-", "AKIA", "ASIA", "ABSK", "AIza", "ya29.", "eyJ", "xox"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    *("earer", "EARER", "-----BEGIN"),
)
"""One of these stands in everything that `_KEY` matches, and is found far sooner."""

_MARKED = re.compile("|".join(map(re.escape, _MARKERS)))
_KEY = re.compile(
    r"sk-ant-[\w-]{4,}"
    r"|(?<![A-Za-z0-9])sk-[\w-]{16,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|ABSK[\w+/=-]{16,}"
    r"|AIza[\w-]{20,}"
    r"|ya29\.[\w.-]{8,}"
    r"|eyJ[\w-]{6,}(?:\.[\w-]*){0,4}"
    r"|xox[a-z]-[\w-]{8,}"
    r"|gh[pousr]_\w{16,}"
    r"|github_pat_\w{16,}"
    r"|glpat-[\w-]{12,}"
    r"|[Bb]earer[\s:=]+[^\s\"',;]{4,}"
    r"|BEARER[\s:=]+[^\s\"',;]{4,}"
    r"|-----BEGIN[\s\S]*",
    re.ASCII,
)
_PERSONAL = re.compile(
    r"[\w.%+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"  # an e-mail address
    r"|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"  # an IBAN
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"  # an address of the Internet
    r"|\+?\d(?:[ ()./-]{0,2}\d){8,}"  # a telephone or a card
    r"|(?=[A-Za-z+/=_-]{0,64}\d)[A-Za-z0-9+/=_]{32,}"  # a long secret in letters and digits
)

_WORD = re.compile(r"[A-Za-z0-9_.:/+-]+(?:@[A-Za-z0-9-]+)?")
_FEATURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]*")
_SOMEBODY = re.compile(
    r"\d{9}|[A-Za-z0-9]{32}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-"
)
_ID = re.compile(r"[A-Za-z0-9_.:-]+")
_LONG_RUN = re.compile(r"[A-Za-z0-9]{40}")
_HEX = re.compile(r"[0-9a-f]{8,64}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")

_MOST_COUNT = 2**53
_WINDOW = 10


def without_keys(text: str) -> str:
    """Return a text with everything that looks like a key replaced."""
    if not _MARKED.search(text):
        return text
    return _KEY.sub(REDACTED, text)


def short_text(text: str, *, most: int) -> str:
    r"""Return the start of a text as one printable line without keys, addresses and long numbers.

    Line breaks become `\n`. What is replaced is looked for in ten times the length that is kept:
    after the cut, half a key would look like nothing.

    Args:
        text: of any length.
        most: characters of the result, with the `…` that stands for what was left out.
    """
    window = text[: _WINDOW * most]
    told = _PERSONAL.sub(REDACTED, without_keys(_printable(window)))
    line = told.replace("\n", "\\n")
    is_whole = len(text) <= len(window) and len(line) <= most
    return line if is_whole else line[: most - 1] + "…"


def _printable(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c == "\n" else " " for c in lines)


def prefix_word(prefix: str) -> str:
    """Return the start of a template as it may be logged; see `short_text`."""
    return _prefix(prefix[: _WINDOW * LONGEST_PREFIX + 1])


@lru_cache(maxsize=256)
def _prefix(prefix: str) -> str:
    return short_text(prefix, most=LONGEST_PREFIX)


def word(text: str) -> str:
    """Return the name of a model, a version, a region or a revision, or what replaces it.

    At most 80 letters, digits and signs of `_.:/+-`, with `@` and a date behind them as Vertex has
    it; it may be empty.
    """
    return _word(text) if len(text) <= LONGEST_WORD else INVALID


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    if text and not _WORD.fullmatch(text):
        return INVALID
    return without_keys(text)


def name_word(text: str) -> str:
    """Return the name that a team gave a prompt or a route, in any script; see `short_text`."""
    return _name(text[: _WINDOW * LONGEST_NAME + 1])


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    return short_text(text, most=LONGEST_NAME)


def known_word(text: str | None) -> str | None:
    """Return a word; None when it is not known, or empty."""
    return word(text) if text else None


def feature_word(text: str) -> str | None:
    """Return the name that an application gave one of its features; None when it gave none.

    At most 64 letters, digits and signs of `_./-`, the first one a letter or a digit. Nine digits
    in a row, an UUID, and 32 letters and digits in a row are somebody's number, and no name. What
    is no name is replaced.
    """
    if not text:
        return None
    return _feature(text) if len(text) <= LONGEST_FEATURE else INVALID


@lru_cache(maxsize=4096)
def _feature(text: str) -> str:
    if not _FEATURE.fullmatch(text):
        return INVALID
    clean = without_keys(text)
    return INVALID if clean == text and _SOMEBODY.search(text) else clean


@lru_cache(maxsize=256)
def id_word(text: str | None) -> str | None:
    """Return the id that a provider gave a request; None when it is no id.

    At most 128 letters, digits and signs of `_.:-`, without 40 letters and digits in a row: a
    secret key of AWS is as long.
    """
    if text is None or len(text) > LONGEST_ID or not _ID.fullmatch(text) or _LONG_RUN.search(text):
        return None
    return without_keys(text)


def hex_word(text: str | None) -> str | None:
    """Return 8 to 64 digits of hexadecimal, as hashes and ids of traces are; None for the rest."""
    return text if text is not None and _HEX.fullmatch(text) else None


def code_word(text: str | None) -> str | None:
    """Return a word such as `rate_limit`; `other` for what is none."""
    return text if text is None or _CODE.fullmatch(text) else "other"


def stop_word(text: str | None) -> str | None:
    """Return a stop reason that the API names; `other` for any other one."""
    return text if text is None or text in STOP_REASONS else "other"


def count(number: int | None) -> int | None:
    """Return a number of tokens, attempts or milliseconds; None when it can be none."""
    return number if number is not None and 0 <= number <= _MOST_COUNT else None


def amount(number: float | None, *, digits: int = 9) -> float | None:
    """Return a number that is not below 0, rounded; None when it is no number."""
    if number is None or not 0 <= number < math.inf:
        return None
    return round(number, digits)
