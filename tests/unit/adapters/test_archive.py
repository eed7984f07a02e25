"""Facts about reading an artifact's archive: one hostile entry spoils it, and none costs much."""

import io
import stat
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import nullcontext, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.archive import read_archive
from evalgate.errors import UsageError
from tests.machine import slowness

Entry = tuple[zipfile.ZipInfo | str, bytes]


def zipped(*entries: Entry, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def read(
    content: bytes,
    *,
    names: Callable[[str], bool] = lambda _: True,
    most_files: int = 10,
    most_bytes: int = 1_000,
) -> dict[str, bytes]:
    return read_archive(content, names=names, most_files=most_files, most_bytes=most_bytes)


def entry(name: str, *, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    info.external_attr = mode << 16
    info.flag_bits = flags
    return info


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite bytes of the first record that begins with a mark."""
    at = content.index(mark) + offset
    return content[:at] + value + content[at + len(value) :]


def why(content: bytes, *, most_files: int = 10, most_bytes: int = 1_000) -> str:
    with pytest.raises(UsageError) as refused:
        read(content, most_files=most_files, most_bytes=most_bytes)
    return str(refused.value).removeprefix("the archive of the artifact is not read: ")


def test_wanted_files_are_read_and_others_are_not() -> None:
    content = zipped(("main/plan.json", b"{}"), ("main/report.html", b"<p>" * 10_000))
    assert read(content, names=lambda name: name.endswith("plan.json")) == {"main/plan.json": b"{}"}


def test_folders_are_passed_over() -> None:
    folder = entry("main/", mode=stat.S_IFDIR | 0o755)
    assert read(zipped((folder, b""), ("main/a", b"x"))) == {"main/a": b"x"}


def test_stored_files_are_read_as_well_as_compressed_ones() -> None:
    assert read(zipped(("a", b"x"), compression=zipfile.ZIP_STORED)) == {"a": b"x"}


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.json", fullmatch=True), st.binary(), max_size=5))
def test_what_was_packed_comes_out(files: dict[str, bytes]) -> None:
    assert read(zipped(*files.items()), most_bytes=100_000) == files


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "//host/share",
        "a//b",
        "./a",
        "..",
        "a\\b",
        "..\\a",
        "C:/a",
        "c:a",
        "a\nb",
        "x" * 1_001,
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(name: str) -> None:
    assert why(zipped((entry(name), b"x"))) == (
        "it has an entry whose path leads elsewhere, or is none"
    )


def test_a_path_with_a_hidden_end_is_refused() -> None:
    content = zipped(("trials.jsonlXevil", b"x"))
    assert "leads elsewhere" in why(content.replace(b"lXevil", b"l\x00evil"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_plain_file_is_refused(kind: int) -> None:
    link = entry("a", mode=kind | 0o777)
    assert why(zipped((link, b"/etc/passwd"))) == (
        "it has an entry that is neither a file nor a folder, such as a link"
    )


def test_an_unwanted_link_spoils_the_archive_too() -> None:
    content = zipped(("a", b"x"), (entry("b", mode=stat.S_IFLNK | 0o777), b"a"))
    with pytest.raises(UsageError):
        read(content, names=lambda name: name == "a")


@pytest.mark.parametrize("names", [("a", "a"), ("a", "A"), ("a/", "a")])
def test_two_entries_of_one_name_are_refused(names: tuple[str, str]) -> None:
    first, second = names
    with pytest.warns(UserWarning, match="Duplicate") if first == second else nullcontext():
        content = zipped((first, b""), (second, b"y"))
    assert why(content) == "it has two entries of the same name"


def test_an_encrypted_entry_is_refused() -> None:
    content = patched(zipped(("a", b"x")), b"PK\x01\x02", 8, struct.pack("<H", 1))
    assert why(content) == "it has an encrypted entry"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_compression_is_refused(compression: int) -> None:
    content = zipped(("a", b"x"), compression=compression)
    assert why(content) == "it has an entry that is compressed in an unusual way"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = zipped(("a", b"\0" * 50_000_000))
    start = time.process_time()
    assert why(content, most_bytes=1_000_000) == "its files are larger than allowed"
    assert time.process_time() - start < 0.5 * slowness()


def test_the_limit_is_for_all_files_together() -> None:
    content = zipped(("a", b"x" * 600), ("b", b"x" * 600))
    assert why(content) == "its files are larger than allowed"
    assert len(read(content, most_bytes=1_200)) == 2


@pytest.mark.parametrize("size", [1, 400_000])
def test_a_size_in_the_header_is_not_believed(size: int) -> None:
    packed = zipped(("a", b"x" * 300))
    content = patched(packed, b"PK\x01\x02", 24, struct.pack("<L", size))
    assert why(content) in (
        "it is broken (BadZipFile)",
        "it has a file that is not as long as it says",
    )


def test_content_that_does_not_fit_its_sum_is_refused() -> None:
    packed = zipped(("a", b"xyz"), compression=zipfile.ZIP_STORED)
    assert why(packed.replace(b"xyz", b"xyy")) == "it is broken (BadZipFile)"


def test_more_entries_than_allowed_are_refused() -> None:
    content = zipped(*((str(number), b"") for number in range(11)))
    assert why(content) == "it has 11 entries, and 10 are allowed"


def many(number: int) -> bytes:
    """Return an archive of empty files that share one local header."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    )
    names = (struct.pack("<B", 97 + number % 26) for number in range(number))
    directory = b"".join(central + name for name in names)
    count = min(number, 65_535)
    end = (b"PK\x05\x06", 0, 0, count, count, len(directory), len(local), 0)
    return local + directory + struct.pack("<4s4H2LH", *end)


def test_tens_of_thousands_of_entries_are_refused_at_once() -> None:
    content = many(65_000)
    start = time.process_time()
    assert why(content, most_files=100) == "it has 65,000 entries, and 100 are allowed"
    assert time.process_time() - start < 0.05 * slowness()


def test_a_directory_that_is_longer_than_it_says_is_refused_at_once() -> None:
    content = bytearray(many(65_000))
    struct.pack_into("<2H", content, len(content) - 14, 1, 1)
    start = time.process_time()
    assert why(bytes(content), most_files=100) == "its directory does not hold what it says"
    assert time.process_time() - start < 0.05 * slowness()


@pytest.mark.parametrize("number", [1, 3])
def test_a_number_of_entries_that_is_a_lie_is_refused(number: int) -> None:
    content = bytearray(zipped(("a", b""), ("b", b"")))
    struct.pack_into("<2H", content, len(content) - 14, number, number)
    assert why(bytes(content)) == "its directory does not hold what it says"


def test_a_second_directory_for_large_archives_is_refused() -> None:
    content = zipped(("a", b"x"))
    at = content.rindex(b"PK\x05\x06")
    large = b"PK\x06\x07" + b"\0" * 16
    assert "ZIP64" in why(content[:at] + large + content[at:])


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no archive", b"PK\x03\x04" * 100])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    assert why(content) == "it is no zip archive"


@given(st.binary(max_size=200), st.integers(0, 200))
def test_a_damaged_archive_is_read_as_it_was_or_refused(noise: bytes, at: int) -> None:
    content = zipped(("a", b"x" * 50), ("b/c", b"y"))
    damaged = content[:at] + noise + content[at + len(noise) :]
    with suppress(UsageError):
        assert set(read(damaged, most_bytes=100)) <= {"a", "b/c"} or noise


def test_an_entry_without_a_name_is_refused() -> None:
    content = patched(zipped(("x", b"1")), b"PK\x01\x02", 46, b"\0")
    assert why(content).startswith("it is broken")
