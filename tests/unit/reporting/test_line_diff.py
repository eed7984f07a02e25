"""The lines of a prompt that a change touches."""

import time

import pytest

from evalgate.model.change import FileChange
from evalgate.reporting.line_diff import CONTEXT, ComparedFile, Line, compared
from evalgate.reporting.word_diff import Kind
from tests.machine import slowness

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


def test_a_change_has_as_many_lines_after_it_as_before_and_each_its_own_numbers() -> None:
    same = [f"line {number}" for number in range(20)]
    found = lines("\n".join(same), "\n".join(["first", *same[:10], "more", *same[10:]]))
    assert found == [
        ":1 +first",
        *(f"{number + 1}:{number + 2}  line {number}" for number in range(CONTEXT)),
        f"… {10 - 2 * CONTEXT}",
        *(f"{number + 1}:{number + 2}  line {number}" for number in range(10 - CONTEXT, 10)),
        ":12 +more",
        *(f"{number + 1}:{number + 3}  line {number}" for number in range(10, 10 + CONTEXT)),
        f"… {10 - CONTEXT}",
    ]


def test_lines_in_place_of_others_are_numbered_on_their_own_side() -> None:
    assert lines("a\nold\n", "x\na\nnew\n")[-2:] == ["2: -old", ":3 +new"]


def compared_in(before: str | None, after: str | None) -> tuple[ComparedFile, float]:
    begin = time.process_time()
    found = compared(FileChange(path="p", before=before, after=after))
    return found, time.process_time() - begin


def test_many_equal_lines_between_others_take_no_time() -> None:
    number = 3_000
    _, seconds = compared_in("}\n" * number, "".join(f"}}\nx{i}\n" for i in range(number // 2)))
    assert seconds < 2 * slowness()


def test_a_change_far_down_a_long_file_is_shown() -> None:
    same = "".join(f"line {number} of a long file with examples\n" for number in range(8_000))
    assert lines(f"{same}old\n", f"{same}new\n")[-2:] == ["8001: -old", ":8001 +new"]


def test_a_file_that_is_cut_is_not_called_the_same_and_its_lines_are_not_counted() -> None:
    only = "; only the beginning is shown, the whole is too long"
    more = "".join(f"line {number}\n" for number in range(4_000))
    found, _ = compared_in("", more)
    assert (found.summary, len(found.lines)) == (f"changed{only}", 3_000)
    assert compared_in(None, more)[0].summary == f"new{only}"
    start = "a" * 300_000
    found, seconds = compared_in(f"{start}old", f"{start}new")
    assert found.summary == f"changed{only}"
    assert seconds < 2 * slowness()


def test_of_a_line_that_is_too_long_the_beginning_is_shown() -> None:
    (line,) = compared_in(None, "ab" * 5_000_000)[0].lines
    assert len(line.pieces[0].text) == 200_000
