"""Facts about what the verbs share that move a live pointer by hand."""

from pathlib import Path

import pytest

from evalgate.cli.by_hand import difference, told_pointer, write
from evalgate.errors import UsageError

PATH = Path("prompts/p/live.yaml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "it was deleted"),
        (b"stable: [", "it cannot be read any more"),
        (b"stable: v1\n", "v1 is stable"),
        (b"stable: v1\nhistory: [{stable: v1}]\n", "v1 is stable"),
        (
            b"stable: v2\nhistory: [{stable: v2, at: 2026-11-21T10:00:00Z, by: Ann, why: slow}]\n",
            "v2 is stable (by Ann, at 2026-11-21T10:00:00Z, slow)",
        ),
    ],
)
def test_what_somebody_else_did_is_told_by_the_last_move(content: bytes | None, said: str) -> None:
    assert told_pointer(PATH, content) == said


def test_who_comes_second_is_told_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"
    write(path, None, "stable: v1\n", told=told_pointer)
    with pytest.raises(UsageError, match=r"changed by somebody else .* v1 is stable; nothing"):
        write(path, None, "stable: v2\n", told=told_pointer)
    assert path.read_text() == "stable: v1\n"


def test_a_difference_names_the_file_and_its_lines() -> None:
    lines = list(difference(PATH, "a\nb\n", "a\nc\n"))
    assert lines[0] == f"--- {PATH}"
    assert lines[-3:] == [" a", "-b", "+c"]
