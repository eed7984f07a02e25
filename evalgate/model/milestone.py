"""The states of a rollout, and what a live pointer's history keeps of each change between them."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where a rollout stands.

    `preflight` has an offline verdict and no traffic. `serving` gives the version the share of its
    stage; `held` does so too, and nothing moves on by itself. `promoted` and `rolled_back` end it.
    """

    PREFLIGHT = "preflight"
    SERVING = "serving"
    HELD = "held"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"

    @property
    def is_over(self) -> bool:
        """Whether the rollout has ended."""
        return self in (Phase.PROMOTED, Phase.ROLLED_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One state that a rollout came to: of which version, with which share of the traffic.

    `hash` is the identity of the version, as the offline verdict knew it. `percent` is what the
    version gets from then on. `overridden` tells that the evidence did not say so, and a person
    did.
    """

    version: str
    phase: Phase
    hash: str
    percent: float = 0.0
    overridden: bool = False
