"""One call of either arm as a rollout looks at it, and the score that somebody gave its answer."""

from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.call import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What a line of the call log says to a rollout.

    `ts` is in seconds since 1970. `unit` is whom the split keeps in one arm: the hash of the user,
    else of the conversation, else the id of the request. `pointer` tells one state of the prompt's
    files from another. `assigned_by` is how the arm was chosen: `split`, `pin`, `chooser`, or empty
    where the line does not say. `is_fresh` tells that a model answered this very call. `sampled` is
    the probability with which it was chosen for scoring, None when it was not.
    """

    ts: float
    request_id: str
    unit: str
    arm: Arm
    version: str
    hash: str
    pointer: str = ""
    assigned_by: str = ""
    failed: bool = False
    refused: bool = False
    is_fresh: bool = True
    latency_ms: int | None = None
    cost_usd: float | None = None
    sampled: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good an answer was by one criterion: from 0 to 1, or None with the cause why not."""

    request_id: str
    outcome: float | None
    criterion: str = ""
    cause: str = ""


class LeftOut(StrEnum):
    """Why a line says nothing to a rollout, although it should.

    An `unreadable` one is no JSON object: it was cut off, is too long or damaged. An `invalid` one
    lacks a key, or has a value that cannot be. A `newer` one has a schema that is not known here.
    A `repeated` score is another one of the same answer by the same criterion.
    """

    UNREADABLE_CALLS = "unreadable_calls"
    INVALID_CALLS = "invalid_calls"
    NEWER_CALLS = "newer_calls"
    UNREADABLE_SCORES = "unreadable_scores"
    INVALID_SCORES = "invalid_scores"
    NEWER_SCORES = "newer_scores"
    REPEATED_SCORES = "repeated_scores"
