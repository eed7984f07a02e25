"""Facts about reading server-sent events."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.claude_events import EventReader


def read(*chunks: bytes) -> list[tuple[str, str]]:
    reader = EventReader()
    return [event for chunk in chunks for event in reader.take(chunk)]


def test_an_event_is_its_name_and_its_data_up_to_an_empty_line() -> None:
    assert read(b"event: ping\ndata: {}\n\nevent:x\ndata:y\n\n") == [("ping", "{}"), ("x", "y")]


def test_what_no_empty_line_ends_is_no_event() -> None:
    assert read(b"event: ping\ndata: {}\n") == []
    assert read(b"<html>proxy login</html>\n\n\n\n") == []


def test_lines_of_data_are_joined_and_comments_and_other_fields_passed_over() -> None:
    lines = b": hello\nid: 3\nretry: 9\ndata: a\n\ndata: b\ndata:  c\nevent: e\n\n"
    assert read(lines) == [("", "a"), ("e", "b\n c")]


def test_lines_may_end_like_on_windows() -> None:
    assert read(b"event: e\r\ndata: a\r", b"\n\r", b"\n") == [("e", "a")]


def test_separators_of_unicode_end_no_line() -> None:
    assert read("data: a\u2028b\x85c\n\n".encode()) == [("", "a\u2028b\x85c")]


def test_a_line_of_no_encoding_is_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        read(b"data: \xff\xfe\n\n")


def test_a_line_of_many_chunks_is_read_in_linear_time() -> None:
    chunks = [b"x" * 1_000] * 64_000
    assert read(b"data: ", *chunks, b"\n\n") == [("", "x" * 64_000_000)]


WHOLE = "event: a\ndata: größer\r\n\r\n: c\n\ndata: {\n\ndata: 1\ndata: 2\n\n".encode()


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_the_cuts_between_chunks_change_nothing(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE)]
    chunks = [WHOLE[start:stop] for start, stop in pairwise(edges)]
    assert read(*chunks) == [("a", "größer"), ("", "{"), ("", "1\n2")]
