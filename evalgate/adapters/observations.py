"""Reads and writes the monitor's scores: lines of `score/1` that say what they speak about.

They are the lines of scores that rollouts read, with keys that a rollout leaves alone. The judge's
daily anchors stand between them, as lines of `anchor/1`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.line_files import head_of, line_files, lines_of
from evalgate.model.call import Arm
from evalgate.model.document import Data
from evalgate.model.exposure import LeftOut
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.sample import Stratum

SCORE, ANCHOR = "score/1", "anchor/1"

_NAME = "scores-"
_HOLDING = "lines of scores"

_Word = Annotated[str, Meta(min_length=1)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_Chance = Annotated[float, Meta(gt=0, le=1)]
_Instant = Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedObservations:
    """What files of scores say to the monitor, in the order of time; one per answer and criterion.

    `unplaced` counts scores that do not say which prompt they are about: rollouts read them, the
    monitor cannot. `left_out` counts lines that should say something, by `LeftOut`.
    """

    observations: tuple[Observation, ...]
    anchors: tuple[AnchorScore, ...] = ()
    unplaced: int = 0
    passed_over: int = 0
    left_out: Mapping[str, int]


class _Line(Struct):
    """What matters of a line; keys that are not named here are left alone."""

    schema: Literal["score/1", "anchor/1"] | None = None
    request_id: _Word | None = None
    anchor: _Word | None = None
    ts: _Instant | None = None
    answered: _Instant | None = None
    criterion: str | None = None
    passed: bool | None = None
    score: _Share | None = None
    expected: _Share | None = None
    cause: str | None = None
    judge: str | None = None
    prompt: str | None = None
    version: str | None = None
    arm: Arm | None = None
    feature: str | None = None
    route: str | None = None
    provider: str | None = None
    model: str | None = None
    probability: _Chance | None = None
    stratum: Stratum | None = None


_DECODER = Decoder(_Line)


def read_observations(
    paths: Sequence[Path], *, since: float = 0.0, prompt: str | None = None
) -> LoggedObservations:
    """Read the scores of production.

    Of several scores of an answer by one criterion the first one with an outcome counts. A line
    that cannot be read is counted, and never stops the reading.

    Args:
        paths: files, and folders of files.
        since: seconds since 1970; what was answered earlier is passed over.
        prompt: only this one's; None for all.

    Raises:
        UsageError: there is no such file or folder, or no scores in it, or it cannot be read.
    """
    reader = ObservationReader(since=since, prompt=prompt)
    for path in line_files(paths, begin=_NAME, holding=_HOLDING):
        reader.take(lines_of(path))
    return reader.read()


def line_of_observation(observation: Observation, *, ts: float) -> bytes:
    """Return the line of a score, with its end; it is read back as an equal observation.

    Args:
        observation: whose outcome is from 0 to 1, or None.
        ts: when it was scored, in seconds since 1970.
    """
    outcome = observation.outcome
    told: dict[str, Data] = {
        "schema": SCORE,
        "ts": _written(ts),
        "request_id": observation.request_id,
        "criterion": observation.criterion,
        **({"cause": observation.cause} if outcome is None else {"score": outcome}),
        "answered": _written(observation.ts),
        "prompt": observation.prompt,
        "version": observation.version,
        "arm": observation.arm,
        "feature": observation.feature,
        "route": observation.route,
        "provider": observation.provider,
        "model": observation.model,
        "probability": observation.probability,
        "stratum": observation.stratum,
        "judge": observation.judge,
    }
    return _line(told)


def line_of_anchor(score: AnchorScore) -> bytes:
    """Return the line of an anchor's score, with its end; it is read back as an equal one."""
    told: dict[str, Data] = {
        "schema": ANCHOR,
        "ts": _written(score.ts),
        "anchor": score.anchor,
        "criterion": score.criterion,
        "judge": score.judge,
        **({"cause": "ungraded"} if score.outcome is None else {"score": score.outcome}),
    }
    if score.expected is not None:
        told["expected"] = score.expected
    return _line(told)


class ObservationReader:
    """Takes lines, and keeps one observation per answer and criterion."""

    def __init__(self, *, since: float = 0.0, prompt: str | None = None) -> None:
        """Say from when on, and of which prompt; None for all."""
        self._since = since
        self._prompt = prompt
        self._observations: dict[tuple[str, str], Observation] = {}
        self._anchors: list[AnchorScore] = []
        self._unplaced = 0
        self._passed_over = 0
        self._left_out: Counter[LeftOut] = Counter()

    def take(self, lines: Iterable[bytes]) -> None:
        """Keep what the lines say, or count them."""
        for line in lines:
            try:
                read = _DECODER.decode(line)
            except (MsgspecError, UnicodeDecodeError, RecursionError):
                if line.strip():
                    self._leave_out(line)
                continue
            self._keep(read)

    def read(self) -> LoggedObservations:
        """Return all that was kept and counted so far."""
        return LoggedObservations(
            observations=tuple(
                sorted(
                    self._observations.values(),
                    key=lambda each: (each.ts, each.request_id, each.criterion),
                )
            ),
            anchors=tuple(sorted(self._anchors, key=lambda each: (each.ts, each.anchor))),
            unplaced=self._unplaced,
            passed_over=self._passed_over,
            left_out={
                each.value: self._left_out[each] for each in LeftOut if each in self._left_out
            },
        )

    def forget(self, before: float) -> None:
        """Forget the scores of answers that were given before an instant, in seconds since 1970."""
        kept = {key: each for key, each in self._observations.items() if each.ts >= before}
        self._observations = kept
        self._anchors = [each for each in self._anchors if each.ts >= before]

    def _keep(self, read: _Line) -> None:
        outcome = read.score if read.passed is None else float(read.passed)
        if read.schema == ANCHOR:
            self._keep_anchor(read, outcome)
        elif read.request_id is None or (outcome is None and read.cause is None):
            self._left_out[LeftOut.INVALID_SCORES] += 1
        elif not read.prompt or read.answered is None:
            self._unplaced += 1
        elif read.answered.timestamp() < self._since or self._prompt not in (None, read.prompt):
            self._passed_over += 1
        else:
            self._add(_observation(read, read.request_id, outcome))

    def _add(self, score: Observation) -> None:
        key = (score.request_id, score.criterion)
        known = self._observations.setdefault(key, score)
        if known is score:
            return
        self._left_out[LeftOut.REPEATED_SCORES] += 1
        if known.outcome is None and score.outcome is not None:
            self._observations[key] = score

    def _keep_anchor(self, read: _Line, outcome: float | None) -> None:
        if read.anchor is None or read.ts is None:
            self._left_out[LeftOut.INVALID_SCORES] += 1
            return
        score = AnchorScore(
            ts=read.ts.timestamp(),
            anchor=read.anchor,
            criterion=read.criterion or "",
            judge=read.judge or "",
            outcome=outcome,
            expected=read.expected,
        )
        self._anchors.append(score)

    def _leave_out(self, line: bytes) -> None:
        head = head_of(line)
        if head is None:
            self._left_out[LeftOut.UNREADABLE_SCORES] += 1
        elif head.schema and not head.schema.startswith(("score/", "anchor/")):
            self._passed_over += 1
        elif head.schema and head.schema not in (SCORE, ANCHOR):
            self._left_out[LeftOut.NEWER_SCORES] += 1
        else:
            self._left_out[LeftOut.INVALID_SCORES] += 1


def _observation(read: _Line, request_id: str, outcome: float | None) -> Observation:
    return Observation(
        ts=read.answered.timestamp() if read.answered else 0.0,
        request_id=request_id,
        criterion=read.criterion or "",
        outcome=outcome,
        cause="" if outcome is not None else read.cause or "",
        prompt=read.prompt or "",
        version=read.version or "",
        arm=read.arm or Arm.STABLE,
        feature=read.feature or "",
        route=read.route or "",
        provider=read.provider or "",
        model=read.model or "",
        probability=1.0 if read.probability is None else read.probability,
        stratum=read.stratum or Stratum.UNIFORM,
        judge=read.judge or "",
    )


def _written(ts: float) -> str:
    moment = datetime.fromtimestamp(ts, UTC).isoformat(timespec="milliseconds")
    return f"{moment[:-6]}Z"


def _line(told: Mapping[str, Data]) -> bytes:
    return json.dumps(told, separators=(",", ":"), allow_nan=False).encode() + b"\n"
