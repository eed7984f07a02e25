"""Faults that the fake GitHub shows on request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    SECONDARY_LIMIT = "secondary limit"
    """403 with Retry-After: too many requests that create content."""
    TOO_MANY = "too many"
    """429 with Retry-After."""
    PRIMARY_LIMIT = "primary limit"
    """403 with no requests remaining, and the time of the reset."""
    BROKEN = "broken"
    """A server error of the given status; nothing has happened."""
    DROP_BEFORE = "drop before"
    """The connection closes and nothing has happened."""
    DROP_AFTER = "drop after"
    """The request is carried out, and the connection closes before the answer."""
    SLOW = "slow"
    """The request is carried out, and the answer comes late."""
    MALFORMED = "malformed"
    """The request is carried out, and the answer is cut off in the middle of its JSON."""


EARLY = frozenset({Kind.SECONDARY_LIMIT, Kind.TOO_MANY, Kind.PRIMARY_LIMIT, Kind.BROKEN})
"""Faults that are answered in place of the request."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of fault for the next requests that match.

    Args:
        kind: what goes wrong.
        method: such as POST; every method when empty.
        path: a pattern that is searched for in the path below the API's base.
        times: how many more requests it strikes.
        status: of a broken server.
        seconds: until a limit ends, or until a slow answer comes.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 502
    seconds: float = 0

    def strikes(self, method: str, path: str) -> bool:
        """Say whether a request meets this fault."""
        return (
            self.times > 0
            and self.method in {"", method}
            and re.search(self.path, path) is not None
        )


def take(faults: Iterable[Fault], *, method: str, path: str) -> Fault | None:
    """Return the first fault that strikes a request, and count it."""
    fault = next((each for each in faults if each.strikes(method, path)), None)
    if fault:
        fault.times -= 1
    return fault
