"""What stands in both texts, what is gone and what was added, in any script."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.reporting.word_diff import MOST_WORDS, Kind, likeness, word_diff, words
from tests.machine import slowness

SHOWN = {Kind.SAME: "{}", Kind.GONE: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
TEXTS = st.text(alphabet="ab c.\n退款天ก็x́é👩‍👩‍👧", max_size=40)


def shown(before: str, after: str) -> str:
    """Both texts in one, as `git diff --word-diff` writes it."""
    return "".join(SHOWN[piece.kind].format(piece.text) for piece in word_diff(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We refund within 30 days.", "We refund within 14 days.", "We refund within [-30-]{+14+} days."),
        ("Sorry.", "Sorry. Call us.", "Sorry.{+ Call us.+}"),
        ("Hello there", "Hello", "Hello[- there-]"),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("cats", "catsup", "[-cats-]{+catsup+}"),
        ("a\nb\nc", "a\nx\nc", "a\n[-b-]{+x+}\nc"),
    ],
)  # fmt: skip
def test_words_are_compared_whole(before: str, after: str, expected: str) -> None:
    assert shown(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("三十天内可以退款。", "十四天内可以退款。", "[-三-]十{+四+}天内可以退款。"),
        ("返金は30日以内です", "返金は14日以内です", "返金は[-30-]{+14+}日以内です"),
        ("คืนเงินได้", "คืนของได้", "คืน[-เงิน-]{+ของ+}ได้"),
        ("환불 가능합니다", "교환 가능합니다", "[-환불-]{+교환+} 가능합니다"),
    ],
)
def test_scripts_without_spaces_are_compared_by_the_character(
    before: str, after: str, expected: str
) -> None:
    assert shown(before, after) == expected


def test_what_a_reader_sees_as_one_character_is_never_cut() -> None:
    assert shown("👩‍👩‍👧", "👩‍👩‍👦") == "[-👩‍👩‍👧-]{+👩‍👩‍👦+}"
    assert shown("か\u3099", "か") == "[-か\u3099-]{+か+}"


def test_changes_with_a_mere_space_between_them_are_one() -> None:
    assert shown("one two six", "red sky six") == "[-one two-]{+red sky+} six"


def test_a_small_island_between_large_changes_is_swallowed() -> None:
    before, after = "absolutely nothing to everybody here", "refunds are due to customers abroad"
    assert shown(before, after) == f"[-{before}-]{{+{after}+}}"


def test_a_line_break_stays_where_lines_change_on_both_sides_of_it() -> None:
    assert shown("a\nb", "x\ny") == "[-a-]{+x+}\n[-b-]{+y+}"


def test_long_texts_are_compared_line_by_line() -> None:
    lines = [f"line {number} says so\n" for number in range(MOST_WORDS)]
    changed = [*lines[:5], "line five says no\n", *lines[6:]]
    assert [
        (piece.kind, piece.text)
        for piece in word_diff("".join(lines), "".join(changed))
        if piece.kind is not Kind.SAME
    ] == [(Kind.GONE, lines[5]), (Kind.ADDED, "line five says no\n")]


@given(before=TEXTS, after=TEXTS)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.GONE) == after


@given(before=TEXTS, after=TEXTS)
def test_no_piece_is_empty_and_neighbours_differ_in_kind(before: str, after: str) -> None:
    kinds = [piece.kind for piece in word_diff(before, after)]
    assert all(piece.text for piece in word_diff(before, after))
    assert all(first is not second for first, second in pairwise(kinds))


@given(text=TEXTS)
def test_a_text_compared_with_itself_is_the_same(text: str) -> None:
    assert shown(text, text) == text
    assert likeness(word_diff(text, text)) == 1.0


@pytest.mark.parametrize("around", ["{}", "a{}b", " {} ", "\r{}", "{}\n"])
def test_the_words_of_latin_texts_are_those_that_unicode_tells(around: str) -> None:
    texts = [around.format(chr(code)) for code in range(0x300)]
    assert [words(text) for text in texts] == [words(text + "一")[:-1] for text in texts]


def test_texts_are_as_alike_as_what_they_share() -> None:
    assert likeness(word_diff("abc def", "abc xyz")) == pytest.approx(8 / 14)
    assert likeness(word_diff("abc", "xyz")) == 0.0


def test_flags_without_end_take_no_longer_than_letters() -> None:
    assert words("🇩🇪🇫🇷🇯") == ["🇩🇪", "🇫🇷", "🇯"]
    begin = time.process_time()
    word_diff("🇩" * 20_000, "🇫" * 20_000)
    assert time.process_time() - begin < 0.5 * slowness()
