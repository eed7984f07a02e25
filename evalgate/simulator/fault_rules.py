"""The failures that the simulator can be told to play, and how they are written down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalgate.model.document import Data, Document
from evalgate.model.reading import Section
from evalgate.model.route import Provider
from evalgate.simulator.patterns import read_pattern

LONGEST_WAIT = 86_400
"""Seconds that a slow reply, a `retry-after` or a batch may last."""

MOST_FAULTS = 1_000

_KEYS = (
    *("kind", "share", "for", "first_attempts", "seconds", "between"),
    *("provider", "model", "region", "from", "until"),
)


class Calls(StrEnum):
    """Which calls: for answers, for the judge's opinion of them, or both."""

    ALL = "all"
    ANSWERS = "answers"
    JUDGE = "judge"


class FaultKind(StrEnum):
    """The ways in which the simulator can be told to fail."""

    RATE_LIMIT = "rate_limit"
    SPEND_LIMIT = "spend_limit"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    BAD_KEY = "bad_key"
    HTML = "html"
    BROKEN_JSON = "broken_json"
    WRONG_MODEL = "wrong_model"
    DROPPED = "dropped"
    CUT = "cut"
    SLOW = "slow"
    SLOW_STREAM = "slow_stream"
    STALL = "stall"
    STREAM_ERROR = "stream_error"
    STREAM_END = "stream_end"
    BATCH_EXPIRED = "batch_expired"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    NONSENSE_JUDGE = "nonsense_judge"


_SECONDS: Mapping[FaultKind, float] = {
    FaultKind.SLOW: 600.0,
    FaultKind.STALL: 600.0,
    FaultKind.SLOW_STREAM: 10.0,
    FaultKind.RATE_LIMIT: 1.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A failure that strikes a share of the trials, over the ways and at the times that it is for.

    `first_attempts` is how many attempts at one request fail; None means all. `seconds` is how long
    a slow reply takes, or what `retry-after` says; `between` how long a slow stream takes from one
    event to the next. `provider` and `region` are those of the path that was called; None means
    any. `model` is searched in the model's id as the provider writes it, and in Claude's own.
    `start` and `end` are seconds, from when the server began or was told of the fault.
    """

    kind: FaultKind
    share: float = 1.0
    calls: Calls = Calls.ALL
    first_attempts: int | None = None
    seconds: float = 0.0
    between: float = 0.0
    provider: Provider | None = None
    model: re.Pattern[str] | None = None
    region: str | None = None
    start: float = 0.0
    end: float | None = None


def read_faults(data: Data, *, origin: str) -> tuple[Fault, ...]:
    """Read a list of faults that stands in no rule file.

    Args:
        data: the list, parsed.
        origin: what to call the list in problems.

    Raises:
        ConfigurationError: with every problem of the list.
    """
    section = Section(Document(path=origin, data={"faults": data}, lines={}))
    if isinstance(data, list) and len(data) > MOST_FAULTS:
        section.note("faults", f"expected at most {MOST_FAULTS:,} faults, got {len(data):,}")
        section.finish()
    if not isinstance(data, list):
        section.note("faults", "expected a list")
    faults = tuple(read_fault(item) for item in section.sections("faults"))
    section.finish()
    return faults


def read_fault(section: Section) -> Fault:
    """Read one fault; problems are noted in the section."""
    section.allow(*_KEYS)
    if section.data.get("kind") is None:
        section.note(None, "the key `kind` is missing")
    kind = section.choice("kind", FaultKind.SERVER_ERROR)
    if kind is not FaultKind.SLOW_STREAM and "between" in section.data:
        section.note("between", "only `slow_stream` has a time between events")
    attempts = section.integer("first_attempts", 0, least=1, most=1000)
    start, end = _read_span(section)
    provider = _read_provider(section)
    return Fault(
        kind=kind,
        share=section.number("share", 1.0, least=0, most=1),
        calls=section.choice("for", Calls.ALL),
        first_attempts=attempts or None,
        seconds=section.number("seconds", _SECONDS.get(kind, 0.0), least=0, most=LONGEST_WAIT),
        between=section.number("between", 0.0, least=0, most=LONGEST_WAIT),
        provider=provider,
        model=read_pattern(section, "model"),
        region=section.optional_text("region"),
        start=start,
        end=end,
    )


def _read_provider(section: Section) -> Provider | None:
    if section.data.get("provider") is None:
        return None
    provider = section.choice("provider", Provider.DIRECT)
    if provider is not Provider.VERTEX and section.data.get("region") is not None:
        section.note("region", "only the paths of vertex name a region")
    return provider


def _read_span(section: Section) -> tuple[float, float | None]:
    start = section.number("from", 0.0, least=0, most=LONGEST_WAIT)
    if section.data.get("until") is None:
        return start, None
    end = section.number("until", LONGEST_WAIT, least=0, most=LONGEST_WAIT)
    if end <= start:
        section.note("until", f"expected more than `from`, which is {start:g}")
    return start, end
