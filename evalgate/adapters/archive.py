"""Reads the zip archive of an artifact, which a stranger may have made, into memory."""

import re
import stat
import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - the name of a class

from evalgate.errors import UsageError

_BROKEN = (
    *(BadZipFile, ZlibError, struct.error),
    *(EOFError, ArithmeticError, LookupError, ValueError, RuntimeError),
)
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s24x3H12x")
_END_MARK, _ENTRY_MARK = b"PK\x05\x06", b"PK\x01\x02"
_LARGE_MARK, _LARGE_LENGTH = b"PK\x06\x07", 20
_LONGEST_REMARK = 65_535
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_CHUNK = 65_536
_LONGEST_NAME = 1_000
_BAD_CHARACTERS = re.compile(r"[\\:\x00-\x1f\x7f]")


def read_archive(
    content: bytes, *, names: Callable[[str], bool], most_files: int, most_bytes: int
) -> dict[str, bytes]:
    """Return the files of an archive that are wanted, by name; nothing is written anywhere.

    One entry that is not what it should be spoils the whole archive, wanted or not.

    Args:
        content: of the archive.
        names: tells of a path such as `main/plan.json` whether the file is wanted.
        most_files: how many entries the archive may have, folders and unwanted ones included.
        most_bytes: how much all wanted files together may hold, counted while they are unpacked.

    Raises:
        UsageError: when the archive is broken, too large, or not plain files in folders.
    """
    _check_number(content, most_files)
    try:
        with ZipFile(BytesIO(content)) as archive:
            wanted = [entry for entry in _files(archive.infolist()) if names(entry.filename)]
            found: dict[str, bytes] = {}
            room = most_bytes
            for entry in wanted:
                found[entry.filename] = _unpacked(archive, entry, room)
                room -= len(found[entry.filename])
            return found
    except _BROKEN as error:
        # The library reads whatever numbers it finds, and fails in many ways at those.
        raise _refused(f"it is broken ({type(error).__name__})") from None


def _check_number(content: bytes, most: int) -> None:
    """Count the entries of the archive's directory, no further than allowed, and read none.

    Large archives have a second such record (ZIP64), which none that is small enough needs.
    """
    at = content.rfind(_END_MARK, max(0, len(content) - _LONGEST_REMARK - _END.size))
    if at < 0 or at + _END.size > len(content):
        raise _refused("it is no zip archive")
    _, disk, first_disk, here, number, size, _, _ = _END.unpack_from(content, at)
    if content[max(0, at - _LARGE_LENGTH) : at].startswith(_LARGE_MARK):
        raise _refused("it is in the format for large archives (ZIP64)")
    if number > most:
        raise _refused(f"it has {number:,} entries, and {most:,} are allowed")
    place, counted = at - size, 0
    while 0 <= place < at and counted <= most:
        if at - place < 46 or content[place : place + 4] != _ENTRY_MARK:
            raise _refused("its directory is broken")
        _, name, extra, remark = _ENTRY.unpack_from(content, place)
        place, counted = place + 46 + name + extra + remark, counted + 1
    if place != at or counted != number or disk or first_disk or here != number:
        raise _refused("its directory does not hold what it says")


def _files(entries: list[ZipInfo]) -> Iterator[ZipInfo]:
    """Yield the entries that are files, once all entries are known to be harmless."""
    seen: set[str] = set()
    for entry in entries:
        _check(entry)
        name = entry.filename.rstrip("/").casefold()
        if name in seen:
            raise _refused("it has two entries of the same name")
        seen.add(name)
    yield from (entry for entry in entries if not entry.is_dir())


def _check(entry: ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        raise _refused("it has an entry that is neither a file nor a folder, such as a link")
    if entry.flag_bits & _ENCRYPTED:
        raise _refused("it has an encrypted entry")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _refused("it has an entry that is compressed in an unusual way")
    path = entry.filename.removesuffix("/")
    is_odd = entry.orig_filename != entry.filename or _BAD_CHARACTERS.search(path)
    if is_odd or len(path) > _LONGEST_NAME or {"", ".", ".."} & set(path.split("/")):
        raise _refused("it has an entry whose path leads elsewhere, or is none")


def _unpacked(archive: ZipFile, entry: ZipInfo, room: int) -> bytes:
    """Return the content of a file; what its header says of its size is not relied on."""
    parts: list[bytes] = []
    with archive.open(entry) as file:
        while part := file.read(_CHUNK):
            parts.append(part)
            room -= len(part)
            if room < 0:
                raise _refused("its files are larger than allowed")
    whole = b"".join(parts)
    if len(whole) != entry.file_size:
        raise _refused("it has a file that is not as long as it says")
    return whole


def _refused(why: str) -> UsageError:
    return UsageError(f"the archive of the artifact is not read: {why}")
