"""Files of JSON lines that others append to: found in folders, and read in bounded memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from evalgate.errors import UsageError

LONGEST = 1_000_000
"""Bytes of the longest line that is read; of a longer one the beginning is."""

BUFFER = 1 << 17

ENDING = ".jsonl"

_MARK = b"\xef\xbb\xbf"


class Head(Struct):
    """What a line says of itself, whatever else is wrong with it."""

    schema: str | None = None
    prompt: str | None = None


_HEADS = Decoder(Head)


def line_files(paths: Sequence[Path], *, begin: str, holding: str) -> tuple[Path, ...]:
    """Return the files that are meant, each once, in the order of the paths.

    Of a folder these are the files `<begin>*.jsonl` in it, or, without any, all `*.jsonl`.

    Args:
        paths: files and folders.
        begin: what the names of such files usually begin with.
        holding: what they hold, for messages.

    Raises:
        UsageError: there is no such file or folder, or no such file in it, or it cannot be read.
    """
    found: dict[tuple[int, int], Path] = {}
    for path in paths:
        expected = f"expected {holding}: a file, or a folder with files `{begin}*{ENDING}`"
        try:
            files = files_in(path, begin) if path.is_dir() else [path]
            for file in files:
                place = file.stat()
                found.setdefault((place.st_dev, place.st_ino), file)
        except OSError as error:
            raise UsageError(f"{path}: {_reason(error)}; {expected}") from error
        if not files:
            raise UsageError(f"{path}: no file in this folder ends in {ENDING}; {expected}")
    return tuple(found.values())


def files_in(folder: Path, begin: str) -> list[Path]:
    """Return the files `<begin>*.jsonl` of a folder, or, without any, all `*.jsonl`.

    Raises:
        OSError: the folder cannot be read.
    """
    every = sorted(
        file
        for file in folder.iterdir()
        if file.name.endswith(ENDING) and not file.name.startswith(".") and file.is_file()
    )
    return [file for file in every if file.name.startswith(begin)] or every


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield each line of a file; of one that is too long, the beginning.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        with path.open("rb", buffering=BUFFER) as file:
            mark = _MARK
            while line := file.readline(LONGEST):
                yield line.removeprefix(mark)
                mark = b""
                while len(line) >= LONGEST and not line.endswith(b"\n"):
                    line = file.readline(LONGEST)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {_reason(error)}") from error


def head_of(line: bytes) -> Head | None:
    """Return what a line says of itself; None when it is no JSON object."""
    try:
        return _HEADS.decode(line)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
