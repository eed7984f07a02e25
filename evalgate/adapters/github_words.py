"""GitHub's own words out of an error, made fit for one line of a message."""

import json

from evalgate.adapters.github_exchange import Response
from evalgate.model.document import Data

LONGEST = 300
MOST_ERRORS = 5
_MOST_PARSED = 100_000


def message_of(response: Response) -> str:
    """Return all that GitHub says about an error; empty when the body is none of GitHub's."""
    data = _data(response.body)
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        return ""
    said = str(data["message"])
    errors = data.get("errors")
    details = _details(errors) if isinstance(errors, list) else []
    return f"{said}: {'; '.join(details)}" if details else said


def one_line(text: str, longest: int = LONGEST) -> str:
    """Return a text as one line without characters that act or hide, and not too long."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * longest])
    words = " ".join(shown.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def shortened(text: str, longest: int) -> str:
    """Return a text in one line, cut with an ellipsis, between words unless one is very long."""
    words = " ".join(text.split())
    if len(words) <= longest:
        return words
    kept = words[:longest]
    # A space at the end of what is kept means that the last word is whole.
    whole = kept[:-1] if kept[-1] == " " else kept.rpartition(" ")[0]
    return f"{whole if len(whole) > longest // 2 else words[: longest - 1]}…"


def _details(errors: list[Data]) -> list[str]:
    told = (_detail(error) for error in errors[:MOST_ERRORS])
    return [text for text in told if text]


def _detail(error: Data) -> str:
    """Write one of `errors`: a text, or a mapping with a message or with field and code."""
    if isinstance(error, str):
        return error
    if not isinstance(error, dict):
        return ""
    if isinstance(error.get("message"), str):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("field", "code") if isinstance(error.get(key), str))


def _data(body: bytes) -> Data:
    try:
        data: Data = json.loads(body[:_MOST_PARSED])
    except (ValueError, RecursionError):
        return None
    return data
