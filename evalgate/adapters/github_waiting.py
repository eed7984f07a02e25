"""Whether and when a request to GitHub is sent again: a pure decision over what came of it.

Source: GitHub's documentation of rate limits: obey Retry-After; else wait for the reset when
nothing remains; else wait a minute, and longer each time.
"""

from evalgate.adapters.github_exchange import Lost, Outcome, Response
from evalgate.adapters.github_words import message_of

MOST_ATTEMPTS = 5
LONGEST_BACKOFF = 20.0
SECONDARY_PAUSE = 60.0
PASSING = frozenset({502, 503, 504})
"""Statuses of a server that is down for the moment."""

_LONGEST_NUMBER = 11
_LIMITED = ("rate limit", "abuse detection")


def pause_after(outcome: Outcome, *, may_repeat: bool, attempt: int, now: float) -> float | None:
    """Return the seconds to wait before the next attempt, or None when there is none.

    Args:
        outcome: of the last attempt.
        may_repeat: whether the request may be sent again when it may have been done.
        attempt: how many there were.
        now: seconds of the epoch.
    """
    if attempt >= MOST_ATTEMPTS:
        return None
    if isinstance(outcome, Lost):
        is_worth_it = outcome.may_pass and (may_repeat or not outcome.was_sent)
        return backoff(attempt) if is_worth_it else None
    if is_limited(outcome):
        return limit_pause(outcome, attempt, now=now)
    if outcome.status in PASSING and may_repeat:
        return max(backoff(attempt), _number(outcome, "retry-after") or 0.0)
    return None


def backoff(attempt: int) -> float:
    """Return the pause after a failed attempt: 1, 2, 4 … seconds, up to a limit."""
    return min(2.0 ** (attempt - 1), LONGEST_BACKOFF)


def is_limited(response: Response) -> bool:
    """Tell whether GitHub refuses because too much was asked; nothing was done then."""
    if response.status == 429:
        return True
    if response.status != 403:
        return False
    said = message_of(response).lower()
    if any(words in said for words in _LIMITED):
        return True
    # The last request that is let through may lack a permission: waiting would not help it.
    is_refused = "not accessible" in said
    return not is_refused and ("retry-after" in response.headers or _is_used_up(response))


def limit_pause(response: Response, attempt: int, *, now: float) -> float:
    """Return the seconds until GitHub listens again after it refused for too much."""
    asked = _number(response, "retry-after")
    if asked is not None:
        return max(asked, 1.0)
    reset = _number(response, "x-ratelimit-reset")
    if reset is not None and _is_used_up(response):
        # One more, because the header is cut to whole seconds.
        return max(reset - now, 0.0) + 1.0
    return SECONDARY_PAUSE * 2.0 ** (attempt - 1)


def _is_used_up(response: Response) -> bool:
    return response.headers.get("x-ratelimit-remaining", "").strip() == "0"


def _number(response: Response, name: str) -> float | None:
    text = response.headers.get(name, "").strip()
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    return float(text) if is_number else None
