"""What a call of the server brings, and what it gets back, before any of it is HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalgate.simulator.providers import CLAUDE, Caller
from evalgate.simulator.response import Response


class Line(StrEnum):
    """How far a response gets: to its end, to its middle, or nowhere at all."""

    WHOLE = "whole"
    CUT = "cut"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One call.

    `trial` is the header `X-Evalgate-Trial`, `names` the parts of the path that the table of routes
    names, `origin` the server's own address as the client wrote it. `caller` is whose form the call
    had. Ids are made of `key`. `now` is in seconds since 1970.
    """

    body: bytes = b""
    trial: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    caller: Caller = CLAUDE
    key: str = ""
    now: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One response, and the way in which it goes out.

    It goes out after `seconds`, and in `pieces` when it is a stream; a number among them is a pause
    in seconds. `output_tokens` are taken from
    the rate limits then; None keeps the limits out of it, their headers included.
    """

    response: Response
    seconds: float = 0.0
    pieces: tuple[bytes | float, ...] | None = None
    line: Line = Line.WHOLE
    output_tokens: int | None = None
