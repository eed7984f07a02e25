"""The trials of a run in a file: one JSON object per line, added as they come."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

from evalgate.adapters.own_lines import read_own_line
from evalgate.adapters.trial_lines import SCHEMA, decode, encode, parse
from evalgate.errors import EvaluationError, UsageError
from evalgate.model.document import Data
from evalgate.model.trial import Arm, Trial

START = json.dumps({"schema": SCHEMA})[:-1].encode()
"""What every line begins with that was written here."""

_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class TrialFile:
    """A file of trials, as `evalgate.model.ports.TrialLog` asks for it.

    A last line without its end was cut by a kill in the middle of writing. It is left out when
    reading and removed when adding; `notice` then says so.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: of the file; it and its folder are made by the first `append`.
        """
        self.notice: str | None = None
        self._path = path
        self._out: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, trial: Trial) -> None:
        """Add one trial; it survives the end of the process when this returns.

        Raises:
            UsageError: the file or its folder is a link.
            EvaluationError: the file cannot be written.
        """
        try:
            if self._out is None:
                self._out = self._continued()
            self._out.write(_line(encode(trial)))
            self._out.flush()
        except OSError as error:
            raise self._unwritable(error) from error

    def read(self) -> Iterator[Trial]:
        """Yield the stored trials in the order they were written; none when there is no file.

        Raises:
            UsageError: the file or its folder is a link, or the file cannot be read.
            ConfigurationError: a line is no trial; names the file and the line.
        """
        self._refuse_link()
        if not self._path.exists():
            return
        path = str(self._path)
        try:
            with self._open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    if _is_cut(line):
                        self._note_cut(number)
                    elif line.strip():
                        own = read_own_line(line)
                        yield own or decode(parse(path, line, number=number), arm=Arm.CANDIDATE)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UsageError(f"{self._path}: trials cannot be read here: {reason}") from error

    def keep_only(self, wanted: Callable[[Trial], bool]) -> None:
        """Drop the trials that are not wanted; the file is replaced as a whole, or stays as it is.

        Raises:
            UsageError, ConfigurationError: as `read` does.
            EvaluationError: the file cannot be written.
        """
        if not self._path.exists():
            return
        shorter = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with open(shorter, "wb", opener=_unless_link) as out:
                for trial in self.read():
                    if wanted(trial):
                        out.write(_line(encode(trial)))
            shorter.replace(self._path)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            shorter.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file if it was opened for adding."""
        out, self._out = self._out, None
        try:
            if out is not None:
                out.close()
        except OSError as error:
            raise self._unwritable(error) from error

    def _open(self, mode: Literal["rb", "a+b"]) -> BinaryIO:
        # The check gives the message; the flag closes the gap between the check and the opening.
        self._refuse_link()
        return open(self._path, mode, opener=_unless_link)

    def _refuse_link(self) -> None:
        for place in (self._path.parent, self._path):
            if place.is_symlink():
                raise UsageError(
                    f"{place} is a link, which is not followed: a change could have committed it to"
                    " point anywhere; remove it, or choose another folder"
                )

    def _continued(self) -> BinaryIO:
        self._refuse_link()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        out = self._open("a+b")
        out.seek(0)
        size, number, last = 0, 0, b""
        for number, last in enumerate(out, start=1):  # noqa: B007 - the last line is what counts
            size += len(last)
        if _is_cut(last):
            self._note_cut(number)
            out.truncate(size - len(last))
        elif last and not last.endswith(b"\n"):
            out.write(b"\n")
        return out

    def _note_cut(self, number: int) -> None:
        self.notice = f"{self._path}:{number}: the last line was cut off and is left out"

    def _unwritable(self, error: OSError) -> EvaluationError:
        reason = error.strerror or type(error).__name__
        return EvaluationError(f"{self._path}: trials cannot be written here: {reason}")


def _unless_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _is_cut(line: bytes) -> bool:
    """Whether a line is the start of one of our own without its end."""
    if line.endswith(b"\n") or not (line and (line.startswith(START) or START.startswith(line))):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def _line(data: dict[str, Data]) -> bytes:
    try:
        return _WRITER.encode(data).encode() + b"\n"
    except UnicodeEncodeError:
        # Half of a surrogate pair, which a model's JSON can contain, exists only as an escape.
        return json.dumps(data, allow_nan=False).encode() + b"\n"
