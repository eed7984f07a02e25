"""Waivers: somebody answers for a case that one candidate may break for some time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """The policy's word that a case of a set does not count for one candidate.

    `expires` is the last day on which it holds, `YYYY-MM-DD` in UTC; `candidate` are at least the
    first twelve hex digits of the version's hash.
    """

    case: str
    evalset: str
    owner: str
    reason: str
    expires: str
    candidate: str

    def holds(self, today: str) -> bool:
        """Return whether it has not expired; on an unknown day, which is empty, it has."""
        return "" < today <= self.expires
