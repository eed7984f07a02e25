"""The folder that scores of production are appended to, for one worker at a time.

The scores are files by day. What the worker alone needs lies in the folder `.worker` inside: its
lock, what it has spent, and the ledger that says which samples are due.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal, Self

from msgspec import Meta, MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.adapters.day_file import DayFile
from evalgate.adapters.line_files import lines_of
from evalgate.adapters.observations import line_of_anchor, line_of_observation
from evalgate.adapters.swap import swap
from evalgate.errors import UsageError
from evalgate.model.document import Data
from evalgate.model.observation import AnchorScore, Observation
from evalgate.model.scored import AnchorKey, Block, KnownScores, Ledger, Pass, ScoreKey

CALL_FAILED = "call_failed"
"""The cause of a score that lacks nothing but a reply of the judge."""

MOST_FORGOTTEN = 10_000
"""Lines of the ledger that say nothing any more, until it is written anew without them."""

SPENDING = "spending.sqlite"

_WORKER, _LOCK, _LEDGER = ".worker", "lock", "ledger.jsonl"
_BLOCK, _PASS = "block/1", "pass/1"
_REMEMBERED = 3 * 86_400.0
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_READ_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC

_Count = Annotated[int, Meta(ge=0)]
_Amount = Annotated[float, Meta(ge=0)]
_Share = Annotated[float, Meta(ge=0, le=1)]


class _Score(Struct):
    schema: Literal["score/1", "anchor/1"]
    ts: str = ""
    request_id: str = ""
    anchor: str = ""
    criterion: str = ""
    judge: str = ""
    cause: str = ""


class _Written(Struct):
    schema: Literal["block/1", "pass/1"]
    ts: float
    samples: _Count
    usd: _Amount
    file: str = ""
    start: _Count = 0
    end: _Count = 0
    below: _Share = 0.0
    due: _Count = 0


_SCORES, _LINES = Decoder(_Score), Decoder(_Written)


def spending_in(folder: Path) -> Path:
    """Return the file of a folder of scores that says what the judge has cost today."""
    return folder / _WORKER / SPENDING


class ScoreFolder:
    """Reads what is scored already, and appends what is scored now.

    As a context it keeps every other worker out; the end of the process lets them in again.
    """

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        """Make the folder if it is missing, for its owner alone.

        Args:
            path: of the folder.
            now: seconds since 1970, UTC.

        Raises:
            UsageError: it is a link, or cannot be made or opened.
        """
        self._path = path
        self._now = now
        self._scores = DayFile(path, name="scores", now=now)
        self._worker = path / _WORKER
        self._held: int | None = None

    @property
    def spending(self) -> Path:
        """The file that says what the judge has cost today."""
        return spending_in(self._path)

    def __enter__(self) -> Self:
        """Keep other workers out.

        Raises:
            UsageError: another one is at work, or the folder cannot be written to.
        """
        try:
            self._worker.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
            self._held = os.open(self._worker / _LOCK, _APPEND, _PRIVATE_FILE)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise UsageError(
                f"another worker writes its scores into {self._path}: wait for its end, end it, or"
                " name another folder with --scores"
            ) from None
        except OSError:  # a file system without locks keeps nobody out
            pass
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let other workers in."""
        self._scores.close()
        self._release()

    def known(self, since: str) -> KnownScores:
        """Return what is scored already.

        Args:
            since: the oldest day of the spool, as `2026-11-22`: files of earlier days hold nothing
                about it. Empty for all.

        Raises:
            UsageError: a file cannot be read.
        """
        done: set[ScoreKey] = set()
        failed: Counter[ScoreKey] = Counter()
        anchors: set[AnchorKey] = set()
        today = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        for path in sorted(self._path.glob("scores-*.jsonl")):
            if path.name < f"scores-{since}":
                continue
            for read in _read(path):
                key = (read.request_id, read.criterion)
                if read.schema == "anchor/1":
                    if read.ts.startswith(today):
                        anchors.add((read.anchor, read.criterion, read.judge))
                elif read.cause == CALL_FAILED:
                    failed[key] += 1
                else:
                    done.add(key)
        return KnownScores(done=done, failed=failed, anchors=anchors)

    def ledger(self, files: Collection[str]) -> Ledger:
        """Return the blocks and passes that were written down; a line that is none says nothing.

        What is older than the money that it was paid from is forgotten with its file.

        Args:
            files: of the spool.

        Raises:
            UsageError: it cannot be read or written.
        """
        path = self._worker / _LEDGER
        written = list(lines_of(path)) if path.exists() else []
        old = self._now() - _REMEMBERED
        kept = [
            (line, read)
            for line, read in zip(written, map(_decoded, written), strict=True)
            if read is not None and (read.ts >= old or read.file in files)
        ]
        if len(written) - len(kept) > MOST_FORGOTTEN:
            swap(path, path.read_bytes(), b"".join(line for line, _ in kept))
        lines = [read for _, read in kept]
        return Ledger(
            blocks=tuple(_block(each) for each in lines if each.schema == _BLOCK),
            passes=tuple(
                Pass(ts=each.ts, samples=each.samples, usd=each.usd)
                for each in lines
                if each.schema == _PASS
            ),
        )

    def add_score(self, observation: Observation) -> None:
        """Append a score.

        Raises:
            UsageError: it cannot be written.
        """
        self._append(line_of_observation(observation, ts=self._now()))

    def add_anchor(self, score: AnchorScore) -> None:
        """Append what the judge says of an anchor.

        Raises:
            UsageError: it cannot be written.
        """
        self._append(line_of_anchor(score))

    def add_block(self, block: Block) -> None:
        """Write down which samples of a block are due.

        Raises:
            UsageError: it cannot be written.
        """
        self._note(
            {
                "schema": _BLOCK,
                "ts": block.ts,
                "file": block.file,
                "start": block.start,
                "end": block.end,
                "below": block.below,
                "samples": block.samples,
                "due": block.due,
                "usd": block.usd,
            }
        )

    def add_pass(self, done: Pass) -> None:
        """Write down what a pass came to.

        Raises:
            UsageError: it cannot be written.
        """
        self._note({"schema": _PASS, "ts": done.ts, "samples": done.samples, "usd": done.usd})

    def _append(self, line: bytes) -> None:
        try:
            self._scores(line)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def _note(self, told: Mapping[str, Data]) -> None:
        line = json.dumps(told, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        try:
            file = os.open(self._worker / _LEDGER, _READ_APPEND, _PRIVATE_FILE)
            try:
                whole = line if _is_ended(file) else b"\n" + line
                if os.write(file, whole) < len(whole):
                    raise OSError("the line was written in part")
            finally:
                os.close(file)
        except OSError as error:
            raise _unwritable(self._worker, error) from error

    def _release(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            os.close(held)


def _is_ended(file: int) -> bool:
    """Return whether no kill has cut the last line."""
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _read(path: Path) -> Iterator[_Score]:
    for line in lines_of(path):
        try:
            yield _SCORES.decode(line)
        except (MsgspecError, UnicodeDecodeError, RecursionError):
            continue


def _decoded(line: bytes) -> _Written | None:
    try:
        return _LINES.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _block(read: _Written) -> Block:
    return Block(
        ts=read.ts,
        file=read.file,
        start=read.start,
        end=read.end,
        below=read.below,
        samples=read.samples,
        due=read.due,
        usd=read.usd,
    )


def _unwritable(path: Path, error: OSError) -> UsageError:
    reason = error.strerror or str(error)
    return UsageError(f"{path}: no scores can be kept here: {reason}; name another with --scores")
