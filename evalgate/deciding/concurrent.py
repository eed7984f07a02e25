"""Puts the units of two arms into blocks of one time, within which the arms can be compared.

Where a block ends depends on the arms of its units alone and never on what became of them, so that
evidence may be multiplied over blocks. What moves with the time of day moves in both arms of a
block, so that no arm is compared with another hour of the other one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEAST = 2
"""Units of each arm that a block has at least: with one, a fifth of the evidence is lost."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What became of one unit: `at` in seconds since 1970, and a `value` that the caller knows."""

    at: float
    is_canary: bool
    value: float


@dataclass(frozen=True, slots=True)
class Block:
    """The values of either arm in a stretch of time that ended `at`; the last one may be open."""

    at: float
    canary: tuple[float, ...]
    stable: tuple[float, ...]

    @property
    def is_closed(self) -> bool:
        """Whether both arms have enough units for a comparison."""
        return min(len(self.canary), len(self.stable)) >= LEAST


def blocks(observations: Iterable[Observation]) -> Iterator[Block]:
    """Yield blocks of units that are in order of time; what is left at the end is an open one."""
    canary: list[float] = []
    stable: list[float] = []
    at = 0.0
    for each in observations:
        (canary if each.is_canary else stable).append(each.value)
        at = each.at
        if len(canary) >= LEAST and len(stable) >= LEAST:
            yield Block(at, tuple(canary), tuple(stable))
            canary, stable = [], []
    if canary or stable:
        yield Block(at, tuple(canary), tuple(stable))
