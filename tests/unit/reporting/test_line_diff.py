"""The lines of a prompt that a change touches."""

import pytest

from evalgate.model.change import FileChange
from evalgate.reporting.line_diff import CONTEXT, Line, compared
from evalgate.reporting.word_diff import Kind

SIGNS = {Kind.SAME: " ", Kind.GONE: "-", Kind.ADDED: "+"}
SHOWN = {Kind.SAME: "{}", Kind.GONE: "[{}]", Kind.ADDED: "{{{}}}"}


def shown(line: Line) -> str:
    if line.left_out:
        return f"… {line.left_out}"
    words = "".join(SHOWN[piece.kind].format(piece.text) for piece in line.pieces)
    return f"{line.before or ''}:{line.after or ''} {SIGNS[line.kind]}{words}"


def lines(before: str | None, after: str | None) -> list[str]:
    return [*map(shown, compared(FileChange(path="p", before=before, after=after)).lines)]


def test_a_changed_line_marks_its_words() -> None:
    assert lines("a\nBe kind to all.\nz\n", "a\nBe brief to all.\nz\n") == [
        "1:1  a",
        "2: -Be [kind] to all.",
        ":2 +Be {brief} to all.",
        "3:3  z",
    ]


def test_lines_with_little_in_common_are_marked_as_a_whole() -> None:
    assert lines("Be kind.\n", "Never name a date of delivery\n") == [
        "1: -Be kind.",
        ":1 +Never name a date of delivery",
    ]


def test_unchanged_lines_away_from_a_change_count_as_one() -> None:
    same = [f"line {number}" for number in range(20)]
    found = lines("\n".join(same), "\n".join([*same, "more"]))
    assert found == [
        f"… {20 - CONTEXT}",
        *(f"{number + 1}:{number + 1}  line {number}" for number in range(20 - CONTEXT, 20)),
        ":21 +more",
    ]


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        ("a\nb\n", "a\nc\nd\n", "2 lines added, 1 removed"),
        ("a", "a", "the same text"),
        (None, "a", "new"),
        ("a", None, "no longer included"),
    ],
)
def test_a_clause_says_what_changed(before: str | None, after: str | None, summary: str) -> None:
    assert compared(FileChange(path="p", before=before, after=after)).summary == summary


def test_hidden_characters_are_shown() -> None:
    assert lines(None, "a\u202eb") == [":1 +a⟨U+202E⟩b"]
