"""Reads what a log of calls says to a rollout: the calls of one prompt, as exposures."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.line_files import head_of, line_files, lines_of
from evalgate.model.call import Arm, ServedBy
from evalgate.model.exposure import Exposure, LeftOut

SCHEMA = "call/1"

UNANSWERED = frozenset({ServedBy.NOBODY, ServedBy.APPLICATION, ServedBy.STALE_CACHE})
"""Where no model has answered, although one was to."""
FRESH = frozenset({ServedBy.PRIMARY, ServedBy.OTHER_ROUTE, ServedBy.SMALLER_MODEL})
"""Where a model has answered this very call."""
REFUSAL = "refusal"

EARLIEST, LATEST = 946_684_800.0, 4_102_444_800.0
"""Where a clock was right: the years from 2000 to 2099, in seconds since 1970."""

_NAME = "calls-"
_HOLDING = "lines of the call log"
_KEY = b'"prompt":"'

_Word = Annotated[str, Meta(min_length=1)]
_Count = Annotated[int, Meta(ge=0, le=2**53)]
_Amount = Annotated[float, Meta(ge=0)]
_Chance = Annotated[float, Meta(gt=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedExposures:
    """What files of the call log say of one prompt, in the order of time.

    `unnamed` counts the exposures whose line names neither a user nor a conversation. `passed_over`
    counts lines that are of no matter: of other prompts, of events, of earlier calls. `left_out`
    counts those that should say something, by `LeftOut`. Together they are all lines but empty
    ones.
    """

    exposures: tuple[Exposure, ...]
    unnamed: int = 0
    passed_over: int = 0
    left_out: Mapping[str, int]


class _Line(Struct):
    """What matters of a line; keys that are not named here are left alone."""

    schema: Literal["call/1"]
    ts: Annotated[datetime, Meta(tz=True)]
    request_id: _Word
    prompt: str
    version: _Word
    prompt_hash: str
    arm: Arm
    served_by: ServedBy
    assigned_by: str | None = None
    pointer: str | None = None
    error: str | None = None
    stop_reason: str | None = None
    user: str | None = None
    conversation: str | None = None
    latency_ms: _Count | None = None
    cost_usd: _Amount | None = None
    sampled: _Chance | None = None


_DECODER = Decoder(_Line)


def read_exposures(paths: Sequence[Path], prompt: str, *, since: float = 0.0) -> LoggedExposures:
    """Read the calls of a prompt.

    A line that cannot be read is counted, and never stops the reading. A file that is named twice
    is read once.

    Args:
        paths: files, and folders of files.
        prompt: its name, as it stands in the log.
        since: seconds since 1970; calls that began earlier are passed over.

    Raises:
        UsageError: there is no such file or folder, or no log in it, or it cannot be read.
    """
    reader = _Reader(prompt, since)
    for path in line_files(paths, begin=_NAME, holding=_HOLDING):
        for line in lines_of(path):
            reader.take(line)
    return reader.read()


class _Reader:
    """Takes line after line, and keeps what is to be kept."""

    def __init__(self, prompt: str, since: float) -> None:
        self._prompt = prompt
        written = json.dumps(prompt, ensure_ascii=False)
        self._ours = b'"prompt":' + written.encode(errors="surrogatepass")
        self._since = since
        self._exposures: list[Exposure] = []
        self._unnamed = 0
        self._passed_over = 0
        self._left_out: Counter[LeftOut] = Counter()

    def take(self, line: bytes) -> None:
        """Keep the exposure of a line, or count the line."""
        if self._is_plainly_anothers(line):
            self._passed_over += 1
        elif line.strip():
            self._decode(line)

    def read(self) -> LoggedExposures:
        """Return all that was kept and counted."""
        # By time and id, so that the order of files and hosts is of no matter.
        ordered = sorted(self._exposures, key=attrgetter("ts", "request_id"))
        return LoggedExposures(
            exposures=tuple(ordered),
            unnamed=self._unnamed,
            passed_over=self._passed_over,
            left_out={
                each.value: self._left_out[each] for each in LeftOut if each in self._left_out
            },
        )

    def _is_plainly_anothers(self, line: bytes) -> bool:
        """Whether the bytes name another prompt, which is much faster to see than to decode."""
        key = line.find(_KEY)
        if key < 0 or line.startswith(self._ours, key) or line.find(b"{", 1, key) >= 0:
            return False
        start = key + len(_KEY)
        end = line.find(b'"', start)
        # A name with escapes has to be decoded: it may be ours.
        return end >= 0 and line.find(b"\\", start, end) < 0

    def _decode(self, line: bytes) -> None:
        try:
            read = _DECODER.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            self._leave_out(line)
            return
        ts = read.ts.timestamp()
        if read.prompt != self._prompt or EARLIEST <= ts < self._since:
            self._passed_over += 1
        elif not EARLIEST <= ts < LATEST:
            self._left_out[LeftOut.INVALID_CALLS] += 1
        else:
            self._unnamed += not (read.user or read.conversation)
            self._exposures.append(_exposure(read, ts))

    def _leave_out(self, line: bytes) -> None:
        head = head_of(line)
        if head is None:
            self._left_out[LeftOut.UNREADABLE_CALLS] += 1
        elif head.prompt != self._prompt or not (head.schema or "").startswith("call/"):
            self._passed_over += 1
        elif head.schema != SCHEMA:
            self._left_out[LeftOut.NEWER_CALLS] += 1
        else:
            self._left_out[LeftOut.INVALID_CALLS] += 1


def _exposure(read: _Line, ts: float) -> Exposure:
    # The same few words come in a million lines: one of each is enough.
    return Exposure(
        ts=ts,
        request_id=read.request_id,
        unit=intern(read.user or read.conversation or read.request_id),
        arm=read.arm,
        version=intern(read.version),
        hash=intern(read.prompt_hash),
        pointer=intern(read.pointer or ""),
        assigned_by=intern(read.assigned_by or ""),
        failed=read.served_by in UNANSWERED or read.error is not None,
        refused=read.stop_reason == REFUSAL,
        is_fresh=read.served_by in FRESH,
        latency_ms=read.latency_ms,
        cost_usd=read.cost_usd,
        sampled=read.sampled,
    )
