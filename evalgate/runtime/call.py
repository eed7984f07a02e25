"""One call on its way: what is asked on which terms, and what has become of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.model.call import DEGRADED, Arm, Assignment, ServedBy, Try
from evalgate.model.chat import ChatRequest, Completion
from evalgate.model.document import Data
from evalgate.model.prompt import PromptVersion
from evalgate.model.route import Route
from evalgate.runtime.failover.targets import Target
from evalgate.runtime.logbook.tracing import CallSpan, NoSpan
from evalgate.runtime.remembering.idempotency import OwnKey
from evalgate.runtime.terms import Terms

DISABLED = "disabled"
CANCELLED = "cancelled"
BROKEN = "broken_stream"
NO_ROUTE = "no_route"
BUG = "bug"
"""Errors of a call beside the kinds of a failed attempt; `no_route`: nobody may be asked."""


class Once:
    """A thing to be done once, whichever of several threads comes first."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = [True]

    def take(self) -> bool:
        """Return whether it is the caller's to do: true a single time."""
        try:
            return self._left.pop()
        except IndexError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an application asks.

    `began` and `ends` are moments of the monotonic clock, `at` is in seconds since 1970. `user` and
    `conversation` are keyed hashes. `key` is that of the answer in the cache; empty where nothing
    is remembered. `own` is the caller's idempotency key. `thought_over` is the route and the model
    whose thoughts the request holds. `line` is the one line that is written of it, `routes`
    are those of the settings that it was taken in under, and `settings` is their mark.
    """

    request_id: str
    version: PromptVersion
    arm: Arm
    assigned_by: Assignment | None = None
    pointer: str
    settings: str = ""
    prefix: str
    request: ChatRequest = field(repr=False)
    terms: Terms
    feature: str
    at: float
    began: float
    ends: float
    targets: tuple[Target, ...] = ()
    routes: Mapping[str, Route] = field(default_factory=dict, repr=False)
    is_disabled: bool = False
    key: str = ""
    own: OwnKey | None = None
    thought_over: tuple[str, str] | None = None
    user: str | None = None
    conversation: str | None = None
    key_id: str | None = None
    span: CallSpan = field(default_factory=NoSpan)
    streamed: bool = False
    variables: Mapping[str, Data] = field(default_factory=dict, repr=False)
    line: Once = field(default_factory=Once, repr=False, compare=False)

    def left(self) -> float:
        """Return the seconds until the call has to end, never below zero."""
        return max(0.0, self.ends - time.monotonic())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Who answered a call with what; without an answer, `error` says why.

    A stale answer and that of the application, `own_text`, have the `error` that they stand in for.
    `route_name` is that of a remembered answer, and `was_degraded` what its first caller was told.
    """

    served_by: ServedBy = ServedBy.NOBODY
    completion: Completion | None = field(default=None, repr=False)
    target: Target | None = None
    error: str | None = None
    tries: tuple[Try, ...] = ()
    route_name: str | None = None
    age_s: float | None = None
    ttft_ms: int | None = None
    smell: tuple[str, ...] | None = None
    was_degraded: bool = False
    own_text: str | None = field(default=None, repr=False)

    @property
    def is_degraded(self) -> bool:
        """Whether the answer is less than what was asked for."""
        return self.was_degraded or self.served_by in DEGRADED

    @property
    def route(self) -> str | None:
        """The name of the route that the answer came over, also of a remembered one."""
        return self.route_name if self.target is None else self.target.route_name
