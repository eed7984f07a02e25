"""What is asked of the call log: which calls, grouped by what, and how many rows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Key(StrEnum):
    """What calls can be grouped by, and all but the times what they can be chosen by."""

    FEATURE = "feature"
    PROMPT = "prompt"
    VERSION = "version"
    ARM = "arm"
    MODEL = "model"
    PROVIDER = "provider"
    ROUTE = "route"
    USER = "user"
    HOUR = "hour"
    DAY = "day"


TIMES: Mapping[Key, int] = {Key.HOUR: 3_600, Key.DAY: 86_400}
"""The keys that are stretches of time, in seconds. A group is named by its number since 1970."""

CHOICES = tuple(key for key in Key if key not in TIMES)
"""The keys that calls can be chosen by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which calls are meant: those that began in `[since, until)` and have the values.

    The instants are in microseconds since 1970. An empty value means calls that have none.
    """

    since: int | None = None
    until: int | None = None
    values: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """A question to the call log; `top` bounds the rows, None asks for all.

    Groups by time come in their order, and the latest ones count; others come largest first.
    """

    by: tuple[Key, ...] = ()
    where: Selection = field(default_factory=Selection)
    top: int | None = None

    @property
    def is_in_order_of_time(self) -> bool:
        """Whether a stretch of time is among what calls are grouped by."""
        return any(key in TIMES for key in self.by)
