"""How long to wait before the same target is asked again."""

from collections.abc import Callable

from evalgate.model.serving import RetryRules

MOST_DOUBLINGS = 16
"""A float overflows at 2 to the 1024."""


def pause(
    rules: RetryRules,
    retries: int,
    *,
    retry_after: float | None,
    room: float,
    draw: Callable[[], float],
) -> float | None:
    """Return the seconds to wait, or None when they do not fit.

    The pause doubles from retry to retry up to a limit. Half of it is drawn, so that calls that
    failed together do not come back together. What the server named is waited for in full before.

    Args:
        rules: first and longest pause.
        retries: those that the call has made so far.
        retry_after: seconds that the server named, if any.
        room: the most seconds that may be spent on waiting.
        draw: draws a number from 0 up to 1.
    """
    full = min(rules.longest_pause, rules.pause * 2.0 ** min(retries, MOST_DOUBLINGS))
    seconds = max(0.0, retry_after or 0.0) + full * (0.5 + 0.5 * draw())
    return seconds if seconds <= room else None
