"""Reads and writes scores: what a judge, a check or a person says of answers, a line for each."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.line_files import head_of, line_files, lines_of
from evalgate.model.document import Data
from evalgate.model.exposure import LeftOut, Score

SCHEMA = "score/1"

_NAME = "scores-"
_HOLDING = "lines of scores"
_COMPACT = (",", ":")

_Word = Annotated[str, Meta(min_length=1)]
_Share = Annotated[float, Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedScores:
    """What files of scores say, in the order of their lines: one score per answer and criterion.

    `passed_over` counts lines of other schemas, and `left_out` those that should say something, by
    `LeftOut`. Together they are all lines but empty ones.
    """

    scores: tuple[Score, ...]
    passed_over: int = 0
    left_out: Mapping[str, int]


class _Line(Struct):
    """What matters of a line; keys that are not named here are left alone."""

    request_id: _Word
    schema: Literal["score/1"] | None = None
    criterion: str | None = None
    passed: bool | None = None
    score: _Share | None = None
    cause: str | None = None


_DECODER = Decoder(_Line)


def read_scores(paths: Sequence[Path]) -> LoggedScores:
    """Read scores.

    Of several scores of an answer by one criterion the first one with an outcome counts. A line
    that cannot be read is counted, and never stops the reading. A file that is named twice is read
    once.

    Args:
        paths: files, and folders of files.

    Raises:
        UsageError: there is no such file or folder, or no scores in it, or it cannot be read.
    """
    reader = _Reader()
    for path in line_files(paths, begin=_NAME, holding=_HOLDING):
        for line in lines_of(path):
            reader.take(line)
    return reader.read()


def line_of(score: Score, *, ts: float | None = None) -> bytes:
    """Return the line of a score, with its end; it is read back as an equal score.

    Args:
        score: whose outcome is from 0 to 1, or None.
        ts: when it was given, in seconds since 1970; None leaves that out.
    """
    told: dict[str, Data] = {"schema": SCHEMA}
    if ts is not None:
        moment = datetime.fromtimestamp(ts, UTC).isoformat(timespec="milliseconds")
        told["ts"] = f"{moment[:-6]}Z"
    told |= {"request_id": score.request_id, "criterion": score.criterion}
    told |= {"cause": score.cause} if score.outcome is None else {"score": score.outcome}
    return json.dumps(told, separators=_COMPACT, allow_nan=False).encode() + b"\n"


class _Reader:
    """Takes line after line, and keeps one score per answer and criterion."""

    def __init__(self) -> None:
        self._scores: dict[tuple[str, str], Score] = {}
        self._passed_over = 0
        self._left_out: Counter[LeftOut] = Counter()

    def take(self, line: bytes) -> None:
        """Keep the score of a line, or count the line."""
        try:
            read = _DECODER.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            if line.strip():
                self._leave_out(line)
            return
        score = _score(read)
        if score is None:
            self._left_out[LeftOut.INVALID_SCORES] += 1
        else:
            self._keep(score)

    def read(self) -> LoggedScores:
        """Return all that was kept and counted."""
        return LoggedScores(
            scores=tuple(self._scores.values()),
            passed_over=self._passed_over,
            left_out={
                each.value: self._left_out[each] for each in LeftOut if each in self._left_out
            },
        )

    def _keep(self, score: Score) -> None:
        known = self._scores.setdefault((score.request_id, score.criterion), score)
        if known is score:
            return
        self._left_out[LeftOut.REPEATED_SCORES] += 1
        if known.outcome is None and score.outcome is not None:
            self._scores[score.request_id, score.criterion] = score

    def _leave_out(self, line: bytes) -> None:
        head = head_of(line)
        if head is None:
            self._left_out[LeftOut.UNREADABLE_SCORES] += 1
        elif head.schema and not head.schema.startswith("score/"):
            self._passed_over += 1
        elif head.schema and head.schema != SCHEMA:
            self._left_out[LeftOut.NEWER_SCORES] += 1
        else:
            self._left_out[LeftOut.INVALID_SCORES] += 1


def _score(read: _Line) -> Score | None:
    """Return the score of a line; None when it says neither how good the answer is nor why not."""
    outcome = read.score if read.passed is None else float(read.passed)
    if outcome is None and read.cause is None:
        return None
    cause = "" if outcome is not None else read.cause or ""
    return Score(
        request_id=read.request_id,
        outcome=outcome,
        criterion=read.criterion or "",
        cause=cause,
    )
