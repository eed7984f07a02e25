"""Facts about what may stand in a log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.runtime.logbook.words import (
    INVALID,
    LONGEST_PREFIX,
    REDACTED,
    amount,
    code_word,
    count,
    feature_word,
    hex_word,
    id_word,
    known_word,
    name_word,
    prefix_word,
    short_text,
    stop_word,
    without_keys,
    word,
)

KEYS = [
    "sk-ant-api03-Zq8vX1-canary_abcdef",
    "sk-proj-0123456789abcdefghij",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "ABSKQmVkcm9ja0FQSUtleS1hYmNk",
    "AIzaSyA0123456789abcdefghijklmnopqrstu",
    "ya29.a0AfH6SMBxcanary",
    "ghp_0123456789abcdefghij0123456789abcdef",
    "ghs_0123456789abcdefghij",
    "github_pat_11ABCDEFG0abcdefghijkl",
    "glpat-0123456789abcdefghij",
    "xoxb-123456789012-abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl",
    "Bearer abcdef0123",
    "authorization: bearer abcdef0123",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_replaced_wherever_it_stands(key: str) -> None:
    for text in (key, f"x{key}" if key.startswith("sk-ant") else f"x {key}", f"model:{key}"):
        assert key[-6:] not in without_keys(text)
        assert REDACTED in without_keys(text)
        assert key[-6:] not in word(text)
        assert key[-6:] not in name_word(text)
        assert key[-6:] not in str(feature_word(text))
        assert key[-6:] not in (id_word(text) or "")
        assert key[-6:] not in short_text(text, most=100)


@pytest.mark.parametrize(
    "text",
    [
        "claude-sonnet-5-5",
        "task-management-system-of-the-team",
        "asia-southeast1",
        "anthropic.claude-haiku-5-5-20251001-v1:0",
        "claude-opus-4-5@20251101",
        "",
    ],
)
def test_names_of_models_routes_and_regions_are_words(text: str) -> None:
    assert word(text) == text


@pytest.mark.parametrize(
    "text", ["two words", "a\nb", "naïve", "x" * 81, "x" * 10_000_000, "\ud800", "a@b.c"]
)
def test_what_is_no_word_is_never_repeated(text: str) -> None:
    assert word(text) == INVALID
    assert feature_word(text) == INVALID


def test_names_that_a_team_gives_may_be_of_any_script() -> None:
    assert name_word("rückgabe 返品") == "rückgabe 返品"
    assert name_word("") == ""
    assert name_word("ann@example.com\n") == "[redacted]\\n"
    assert len(name_word("é" * 10_000_000)) == 64


def test_an_empty_word_is_not_known() -> None:
    assert known_word("") is None
    assert feature_word("") is None
    assert known_word(None) is None
    assert known_word("eu") == "eu"


@pytest.mark.parametrize("feature", ["support", "support/chat.v2", "2fa", "a" * 31, "of-20261121"])
def test_a_feature_has_a_plain_name(feature: str) -> None:
    assert feature_word(feature) == feature


@pytest.mark.parametrize(
    "feature",
    [
        "/support",
        "ann@example.com",
        "a:b",
        "x" * 65,
        "user-4915112345678",
        "01a2007d-5837-7d3a-9491-c94f491fa4b8",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_a_feature_that_may_be_somebody_is_invalid(feature: str) -> None:
    assert feature_word(feature) == INVALID


def test_ids_of_providers_are_kept_and_other_texts_are_not() -> None:
    for good in ("req_011CSabcdefghijklmnopqr", "8f5c2f0e-1b2c-4d3e-9f00-0123456789ab", "a" * 39):
        assert id_word(good) == good
    for bad in (
        "",
        "two words",
        "x-" * 65,
        "a" * 40,
        "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab",
        "é",
    ):
        assert id_word(bad) is None
    assert id_word(None) is None


def test_hashes_are_hexadecimal() -> None:
    assert hex_word("0123abcd") == "0123abcd"
    for bad in ("0123ABCD", "0123abc", "f" * 65, "ann@example.com", "", None):
        assert hex_word(bad) is None


def test_codes_and_stop_reasons_are_of_a_known_kind() -> None:
    assert code_word("rate_limit") == "rate_limit"
    assert code_word("ValueError: secret") == "other"
    assert code_word(None) is None
    assert stop_word("end_turn") == "end_turn"
    assert stop_word("whatever the server says") == "other"
    assert stop_word(None) is None


def test_numbers_that_can_be_none_are_null() -> None:
    assert [count(0), count(7), count(-1), count(10**400), count(None)] == [0, 7, None, None, None]
    numbers = (0.1 + 0.2, -1.0, float("nan"), float("inf"), None)
    assert [amount(number) for number in numbers] == [0.3, None, None, None, None]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Write to ann.smith+x@mail.example.com now", "Write to [redacted] now"),
        ("Call +49 (151) 1234-5678.", "Call [redacted]."),
        ("Card 4111 1111 1111 1111", "Card [redacted]"),
        ("IBAN DE89 3704 0044 0532 0130 00!", "IBAN [redacted]!"),
        ("from 192.168.10.1", "from [redacted]"),
        ("secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "secret [redacted]"),
        ("Within 30 days of 2026-11-21, v1.2.3", "Within 30 days of 2026-11-21, v1.2.3"),
        ("one\r\ntwo\nthree\rfour\tfive", "one\\ntwo\\nthree\\nfour five"),
        ("tel 0151\t123\t45678", "tel [redacted]"),
        ("key\nsk-0123456789abcdefghij", "key\\n[redacted]"),
        ("\x1b[31mred\u2028\u202e\ud800", " [31mred   "),
    ],
)
def test_a_short_text_is_one_line_about_nobody(text: str, shown: str) -> None:
    assert short_text(text, most=100) == shown


def test_a_text_is_cut_with_a_sign() -> None:
    assert short_text("x " * 50, most=100) == "x " * 50
    assert short_text("x " * 50 + "y", most=100) == "x " * 49 + "x…"


def test_a_key_across_the_cut_leaves_no_half() -> None:
    for start in range(70, 101):
        text = "." * start + "sk-ant-api03-Zq8vX1canary0123456789"
        assert "sk-a" not in prefix_word(text)
        assert "ann@" not in prefix_word("." * start + " ann@example.com")


@given(st.text(max_size=2000))
def test_a_prefix_is_one_short_line(text: str) -> None:
    prefix = prefix_word(text)
    assert len(prefix) <= LONGEST_PREFIX
    assert prefix.isprintable()


def test_a_huge_text_costs_no_more_than_its_start() -> None:
    for start in ("a" * 10, "1.", "@a.", "- ", "eyJ", "AA11 ", "a.b@"):
        assert len(prefix_word(start * 1_000_000)) <= LONGEST_PREFIX
