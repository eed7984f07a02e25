"""Where a sampled call stands in the spool, and what can be known of it without its texts."""

from dataclasses import dataclass

from evalgate.model.sample import Stratum


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SpoolPlace:
    """The line of a sample: a file of the spool, and the bytes from `start` up to `end`."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is kept in memory of a sample that waits; its texts stay where they are.

    `ts` is in seconds since 1970, `probability` the chance with which the call was chosen.
    """

    place: SpoolPlace
    ts: float
    request_id: str
    prompt: str
    version: str
    probability: float
    stratum: Stratum
