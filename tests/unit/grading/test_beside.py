"""Facts about the files that stand beside an eval set."""

from time import process_time

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.formats import FORMATS
from evalgate.grading.beside import Beside, media_type
from evalgate.model.content import Attachment
from evalgate.model.document import Tree
from tests.machine import slowness

PNG = b"\x89PNG\r\n\x1a\n"


def beside(tree: Tree, *, evalset: str = "evalsets/s.yaml") -> Beside:
    return Beside(evalset=evalset, tree=tree, parser=FORMATS, problems=[])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"%PDF-1.7\n\xff", "application/pdf"),
        ("Größe".encode(), "text/plain"),
        (b"\xef\xbb\xbftext", "text/plain"),
        ("Größe".encode("latin-1"), None),
        ("text".encode("utf-16"), None),
        (b"a\x00b", None),
        (b"x" * 999_999 + "é".encode() + b"y" * 10, "text/plain"),
        (b"x" * 1_000_010 + b"\xff", "text/plain"),
    ],
)
def test_the_type_of_a_file_is_told_from_its_bytes(content: bytes, kind: str | None) -> None:
    assert media_type(content) == kind


def test_an_attachment_is_named_from_the_root_and_read_once() -> None:
    files = beside({"evalsets/img/a.png": PNG})
    found = files.attachment("img/a.png")
    assert isinstance(found, Attachment)
    assert (found.name, found.media_type, found.content) == ("evalsets/img/a.png", "image/png", PNG)
    assert files.attachment("img/a.png") is found
    assert files.used == {"evalsets/img/a.png"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "b.png",
            snapshot(
                "there is no file `b.png`: write its path from the eval set's folder (did you mean `a.png`?)"
            ),
        ),
        (
            "../a.png",
            snapshot(
                "there is no file `../a.png`: write its path from the eval set's folder (did you mean `a.png`?)"
            ),
        ),
        (
            "/etc/passwd",
            snapshot("there is no file `/etc/passwd`: write its path from the eval set's folder"),
        ),
        (
            "empty.txt",
            snapshot(
                "expected a PNG, JPEG, GIF, WebP or PDF file, or UTF-8 text; `empty.txt` is empty"
            ),
        ),
        (
            "noise",
            snapshot(
                "expected a PNG, JPEG, GIF, WebP or PDF file, or UTF-8 text; `noise` is none of these"
            ),
        ),
        (
            "large.png",
            snapshot("`large.png` has 3,750,008 bytes; at most 3,750,000 can be sent of this type"),
        ),
        (
            "large.txt",
            snapshot("`large.txt` has 1,000,001 bytes; at most 1,000,000 can be sent of this type"),
        ),
        (
            "large.pdf",
            snapshot(
                "`large.pdf` has 20,000,005 bytes; at most 20,000,000 can be sent of this type"
            ),
        ),
        (
            "x" * 100_000,
            snapshot(
                "there is no file `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`: write its path from the eval set's folder"
            ),
        ),
    ],
)
def test_a_file_that_cannot_be_attached_is_told_by_name(written: str, said: str) -> None:
    tree = {
        "evalsets/a.png": PNG,
        "evalsets/empty.txt": b"",
        "evalsets/noise": b"\xff\x00",
        "evalsets/large.png": PNG + b"x" * 3_750_000,
        "evalsets/large.txt": b"x" * 1_000_001,
        "evalsets/large.pdf": b"%PDF-" + b"x" * 20_000_000,
    }
    assert beside(tree).attachment(written) == said


def test_a_file_that_is_missing_counts_as_used() -> None:
    files = beside({})
    files.attachment("a.png")
    files.lines("c.jsonl")
    assert files.schemas().get("evalsets/r.json") is None
    assert files.used == {"evalsets/a.png", "evalsets/c.jsonl", "evalsets/r.json"}


def test_very_many_missing_files_cost_little_time() -> None:
    files = beside({f"evalsets/photo-{number}.png": PNG for number in range(20_000)})
    start = process_time()
    said = [str(files.attachment(f"photo_{number}.png")) for number in range(1_000)]
    assert "did you mean" in said[0]
    assert "did you mean" not in said[-1]
    assert process_time() - start < 2 * slowness()


def test_a_set_at_the_root_finds_its_files() -> None:
    files = beside({"a.png": PNG}, evalset="s.yaml")
    assert isinstance(files.attachment("a.png"), Attachment)
    assert "`a.png`?" in str(files.attachment("a.pgn"))


def test_a_wrong_schema_is_told_once() -> None:
    files = beside({"evalsets/r.json": b"{"})
    schemas = files.schemas()
    assert schemas["evalsets/r.json"].data == schemas["evalsets/r.json"].data == {}
    assert len(files.problems) == 1


def test_what_git_lfs_leaves_in_place_of_a_file_is_not_attached() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    said = beside({"evalsets/terms.pdf": pointer}).attachment("terms.pdf")
    assert said == "`terms.pdf` is kept in Git LFS, which is not read: commit the file itself"
