"""Acceptances: a maintainer answers for one exact change of an eval set."""

from dataclasses import dataclass

REMOVED = "removed"
"""What stands for the content of a set that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """The base's word that the content of an eval set may take the place of another.

    `content` and `replaces` are hashes of the set as it is to be and as the base has it, or
    `REMOVED`. `at` is the day on which it was written down, `YYYY-MM-DD` in UTC.
    """

    content: str
    replaces: str
    by: str
    at: str
    reason: str
