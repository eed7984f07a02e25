"""Reads the spool of sampled calls: the inverse of `spool_lines`, for its owner alone.

A file is read from where the last look ended. A line whose end has not been written yet is left to
the next look; one that says nothing is counted.
"""

import json
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, BinaryIO, Literal, TypeVar

from msgspec import Meta, MsgspecError, Raw, Struct, field
from msgspec.json import Decoder

from evalgate.errors import UsageError
from evalgate.model.call import Arm
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Attachment, Block, Role, Text, ToolCall, ToolResult, Turn
from evalgate.model.document import Data
from evalgate.model.sample import Sample, Sampled, Stratum
from evalgate.model.serving import Mark
from evalgate.model.spooled import Glance, SpoolPlace

LONGEST = 8_000_000
"""Bytes of the longest line that is read."""

UNREADABLE = "unreadable"
"""Under which name lines are counted that are no samples."""

_NAME = re.compile(r"samples-\d{4}-\d{2}-\d{2}\.jsonl")
_OTHERS = 0o077
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK

_Word = Annotated[str, Meta(min_length=1)]
_Chance = Annotated[float, Meta(gt=0, le=1)]
_Seconds = Annotated[float, Meta(ge=0, lt=253_402_300_800)]
"""Seconds from 1970 to the end of the year 9999: what a calendar can write."""


class _Head(Struct):
    schema: Literal["sample/1"]
    ts: _Seconds
    request_id: _Word
    prompt: str
    version: str
    probability: _Chance
    stratum: Stratum


class _Block(Struct):
    type: Literal["text", "attachment", "tool_use", "tool_result", "opaque"]
    text: str = ""
    name: str = ""
    sha256: str = ""
    input: Raw = field(default_factory=lambda: Raw(b"{}"))
    content: str = ""
    failed: bool = False


class _Turn(Struct):
    role: Role
    content: str | list[_Block]


class _Request(Struct):
    model: str
    system: str
    turns: list[_Turn]


class _Line(_Head):
    prompt_hash: str
    arm: Arm
    feature: str
    request: _Request
    text: str
    route: str | None = None
    provider: str | None = None
    model: str | None = None
    marks: list[Mark] = []
    smell: list[str] = []
    tool_calls: list[_Block] = []
    stop_reason: str | None = None


_HEADS, _LINES = Decoder(_Head), Decoder(_Line)
_Read = TypeVar("_Read")


def read_samples(folder: Path, *, left_out: Counter[str] | None = None) -> Iterator[Sample]:
    """Yield the samples of a spool, file by file, in the order in which they were written.

    Args:
        folder: of the spool.
        left_out: counts under `unreadable` what is no sample.

    Raises:
        UsageError: there is no such folder, it or a file in it is open to others, or a link.
    """
    spool = SpooledSamples(folder)
    for name in spool.files():
        for glance in spool.glances(name, 0):
            sample = spool.sample(glance.place) if isinstance(glance, Glance) else None
            if sample is not None:
                yield sample
            elif left_out is not None:
                left_out[UNREADABLE] += 1


def find_sample(folder: Path, request_id: str) -> Sample | None:
    """Return the sample of one call, if the spool has it.

    Raises:
        UsageError: see `read_samples`.
    """
    spool = SpooledSamples(folder)
    for name in spool.files():
        for glance in spool.glances(name, 0):
            if isinstance(glance, Glance) and glance.request_id == request_id:
                return spool.sample(glance.place)
    return None


@dataclass(frozen=True, slots=True)
class SpooledSamples:
    """The samples in a folder; nothing is kept open, and nothing of their texts remembered."""

    folder: Path

    def files(self) -> Sequence[str]:
        """Return the names of the files, oldest day first.

        Raises:
            UsageError: there is no such folder, it is a link, or others may read it.
        """
        with _opened(self.folder, None, _FOLDER) as place:
            return sorted(each.name for each in os.scandir(place) if _NAME.fullmatch(each.name))

    def glances(self, name: str, start: int) -> Iterator[Glance | SpoolPlace]:
        """Yield what each whole line from a byte on says, or its place where it is no sample.

        Empty lines are passed over. A file that has gone meanwhile has no lines.

        Raises:
            UsageError: others may read the file, it is a link, or cannot be read.
        """
        for at, line in self._lines(name, start):
            place = SpoolPlace(file=name, start=at, end=at + len(line))
            if line.strip():
                read = _decoded(_HEADS.decode, line)
                yield place if read is None else _glance(place, read)

    def sample(self, place: SpoolPlace) -> Sample | None:
        """Return the sample at a place; None when it has gone, or is none.

        Raises:
            UsageError: see `glances`.
        """
        with self._file(place.file) as file:
            if file is None:
                return None
            file.seek(place.start)
            read = _decoded(_LINES.decode, file.read(place.end - place.start))
        return None if read is None else _sample(read)

    def _lines(self, name: str, start: int) -> Iterator[tuple[int, bytes]]:
        with self._file(name) as file:
            if file is None:
                return
            at = file.seek(start)
            while line := file.readline(LONGEST):
                begin, at = at, at + len(line)
                # Of a line that is too long no piece is a sample.
                if line.endswith(b"\n") or len(line) == LONGEST:
                    yield begin, line

    @contextmanager
    def _file(self, name: str) -> Iterator[BinaryIO | None]:
        with _opened(self.folder, None, _FOLDER) as folder:
            try:
                found = os.open(name, _FILE, dir_fd=folder)
            except FileNotFoundError:
                yield None
                return
            except OSError as error:
                raise _refused(self.folder / name, error.strerror or "it cannot be read") from None
            with os.fdopen(found, "rb") as file:
                _check_private(self.folder / name, os.fstat(found))
                yield file


def _glance(place: SpoolPlace, read: _Head) -> Glance:
    return Glance(
        place=place,
        ts=read.ts,
        request_id=read.request_id,
        prompt=read.prompt,
        version=read.version,
        probability=read.probability,
        stratum=read.stratum,
    )


@contextmanager
def _opened(path: Path, folder: int | None, flags: int) -> Iterator[int]:
    try:
        place = os.open(path, flags, dir_fd=folder)
    except OSError as error:
        if path.is_symlink():
            raise _refused(path, "it is a link") from None
        raise _refused(path, error.strerror or "it cannot be opened") from None
    try:
        _check_private(path, os.fstat(place))
        yield place
    finally:
        os.close(place)


def _check_private(path: Path, found: os.stat_result) -> None:
    """Refuse what others could have written, or may read."""
    if found.st_uid != os.geteuid():
        raise _refused(path, "it belongs to somebody else")
    if not stat.S_ISDIR(found.st_mode) and (not stat.S_ISREG(found.st_mode) or found.st_nlink > 1):
        raise _refused(path, "it is no plain file, or has a second name")
    if found.st_mode & _OTHERS:
        raise _refused(path, f"others may read it: run `chmod go-rwx {quote(str(path))}`")


def _refused(path: Path, reason: str) -> UsageError:
    return UsageError(
        f"{path}: the spool of samples cannot be read: {reason}; expected the folder that"
        " `sampling.spool` of runtime.yml names, which is its owner's alone"
    )


def _decoded(decode: Callable[[bytes], _Read], line: bytes) -> _Read | None:
    try:
        return decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _sample(read: _Line) -> Sample | None:
    try:
        return Sample(
            ts=read.ts,
            request_id=read.request_id,
            prompt=read.prompt,
            version=read.version,
            prompt_hash=read.prompt_hash,
            arm=read.arm,
            feature=read.feature,
            route=read.route,
            sampled=Sampled(
                probability=read.probability, stratum=read.stratum, marks=tuple(read.marks)
            ),
            request=ChatRequest(
                model=read.request.model,
                max_tokens=0,
                system=read.request.system,
                turns=tuple(
                    Turn(role=each.role, content=_content(each)) for each in read.request.turns
                ),
            ),
            text=read.text,
            stop_reason=read.stop_reason,
            smell=tuple(read.smell),
            tool_calls=tuple(_call(each) for each in read.tool_calls),
            provider=read.provider,
            model=read.model,
        )
    except (ValueError, RecursionError):  # of the input of a tool, which is data of any shape
        return None


def _content(turn: _Turn) -> str | tuple[Block, ...]:
    if isinstance(turn.content, str):
        return turn.content
    return tuple(_block(each) for each in turn.content if each.type != "opaque")


def _block(read: _Block) -> Block:
    match read.type:
        case "attachment":
            return Attachment(name=read.name, media_type="", sha256=read.sha256, content=b"")
        case "tool_use":
            return _call(read)
        case "tool_result":
            return ToolResult(call="", content=read.content, failed=read.failed)
        case _:
            return Text(text=read.text)


def _call(read: _Block) -> ToolCall:
    told: Data = json.loads(bytes(read.input))
    given: Mapping[str, Data] = told if isinstance(told, dict) else {}
    return ToolCall(id="", name=read.name, input=given)
