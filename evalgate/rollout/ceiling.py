"""What a call may take before it counts as a failure: a limit of the policy or a learnt one."""

from bisect import insort
from collections.abc import Sequence

FEWEST = 20
"""Units of the stable arm before a limit is learnt."""

MOST = 1000
"""Units of the stable arm after which a limit stays as it is."""

HEADROOM = 1.5
_SHARE = 0.9


class Ceiling:
    """A limit that is known before the units that are held to it.

    One that is learnt is half as much again as nine in ten of the stable units of the past took. It
    is set from blocks that are over, so that a block cannot bend the limit it is judged by.
    """

    def __init__(self, fixed: float | None = None) -> None:
        """Take a limit from the policy, or learn one."""
        self._fixed = fixed
        self._learnt: list[float] = []

    @property
    def value(self) -> float | None:
        """The limit; None while too little was seen."""
        if self._fixed is not None:
            return self._fixed
        if len(self._learnt) < FEWEST:
            return None
        return HEADROOM * self._learnt[int(_SHARE * (len(self._learnt) - 1))]

    def learn(self, stable: Sequence[float]) -> None:
        """See what units of the stable arm took."""
        if self._fixed is None and len(self._learnt) < MOST:
            for value in stable:
                insort(self._learnt, value)
