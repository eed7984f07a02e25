"""What a host does otherwise than the deployed files say, until a stated time: an emergency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.model.prompt import Switch


class Forced(StrEnum):
    """A state that a route's breakers are held in by hand."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOverride:
    """What outranks the live pointer of one prompt until `until`, in seconds since 1970.

    A `version` gets all of the traffic: there is no canary then. `switch` replaces the pointer's
    where it says anything.
    """

    until: float
    version: str | None = None
    switch: Switch = field(default_factory=Switch)
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOverride:
    """The state that a route is held in until `until`, in seconds since 1970."""

    until: float
    state: Forced
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The override file of a host; what has expired is as if it were not there."""

    path: str = ""
    prompts: Mapping[str, PromptOverride] = field(default_factory=dict)
    routes: Mapping[str, RouteOverride] = field(default_factory=dict)
