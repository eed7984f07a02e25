"""Facts about bounding what a pattern takes to compile."""

import pytest

from evalgate.grading.pattern import MOST_CHARACTERS, size_fault


@pytest.mark.parametrize(
    "pattern",
    [
        "30 days?",
        r"\A\s*(?:\S+\s+){180}\S",
        "x{0,9999}",
        "(?:ab){10}{10}",
        "{not a count}",
        "a{,5}",
        "x" * MOST_CHARACTERS,
    ],
)
def test_an_ordinary_pattern_is_fine(pattern: str) -> None:
    assert size_fault(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:(?:x{1000}){1000}){100}",
        "x{1000000}",
        "x{1000000000}",
        "(?:x{1000})(?#comment){1000}",
        "(?:abcdef){2,200000}",
        "((a{99}){99}){99}",
        "(?x)( a # comment\n) {1000} ( b ) {1000}",
    ],
)
def test_counted_repeats_multiply_and_are_limited(pattern: str) -> None:
    assert "lower the counts" in (size_fault(pattern) or "")


def test_a_very_long_pattern_names_its_length_and_the_limit() -> None:
    assert size_fault("x" * 2_001) == "the pattern has 2,001 characters; at most 2,000 can be"


@pytest.mark.parametrize("pattern", ["(?x)(?: x{1 000} ){1000}", "(?x)(?: x{#c\n1000} ){1000}"])
def test_a_count_cannot_hide_behind_blanks_or_comments(pattern: str) -> None:
    assert "a brace must start a count" in (size_fault(pattern) or "")
