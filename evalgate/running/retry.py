"""Which failures are worth another attempt and after how long, and which end the whole run."""

from collections.abc import Callable, Mapping

from evalgate.model.chat import CallFailure, FailureKind

RETRIES: Mapping[FailureKind, int | None] = {
    FailureKind.CONNECTION: None,
    FailureKind.CUT: None,
    FailureKind.TIMEOUT: None,
    FailureKind.RATE_LIMIT: None,
    FailureKind.OVERLOADED: None,
    FailureKind.SERVER: None,
    # A second broken answer to the same request is no accident.
    FailureKind.MALFORMED: 1,
    FailureKind.DEADLINE: 0,
    FailureKind.WRONG_MODEL: 0,
    FailureKind.REQUEST: 0,
    FailureKind.TOO_LARGE: 0,
    FailureKind.MODEL_NOT_FOUND: 0,
    FailureKind.AUTHENTICATION: 0,
    FailureKind.PERMISSION: 0,
    FailureKind.BILLING: 0,
    FailureKind.SPEND_LIMIT: 0,
    FailureKind.COST_LIMIT: 0,
    # A batch gets a day; who has waited that long is told so.
    FailureKind.EXPIRED: 0,
    FailureKind.WORKER_LOST: None,
    # Without a call there is nothing to try.
    FailureKind.CALL_NEEDED: 0,
}
"""How often each kind is tried again; None leaves it to the limit of attempts."""

STOPS_RUN = frozenset(
    {
        FailureKind.AUTHENTICATION,
        FailureKind.PERMISSION,
        FailureKind.BILLING,
        FailureKind.SPEND_LIMIT,
        FailureKind.MODEL_NOT_FOUND,
        FailureKind.COST_LIMIT,
    }
)
"""Kinds that every further call would meet too."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


def pause(
    failure: CallFailure, *, attempts: int, alike: int, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before the next attempt, or None when its kind forbids one.

    The pause doubles from attempt to attempt up to a limit, and half of it is drawn at random, so
    that calls that failed together do not return together. A server's own wish is not undercut.

    Args:
        failure: what the last attempt ended with.
        attempts: attempts made so far, at least 1.
        alike: those among them that failed with the same kind, at least 1.
        random: draws a number from 0 up to 1.
    """
    limit = RETRIES[failure.kind]
    if limit is not None and alike > limit:
        return None
    # The exponent is held down because a float overflows at 2 to the 1024.
    full = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts - 1, 16))
    return (failure.retry_after or 0.0) + full * (0.5 + 0.5 * random())
