"""Facts about reading tables of labels."""

import pytest

from evalgate.adapters.label_files import LONGEST_FIELD, read_rows
from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document


def rows(text: str, path: str = "labels.csv") -> list[tuple[object, int | None]]:
    """Return the data of each row, or its problem, with its line."""
    return [
        (row.message, row.line) if isinstance(row, Problem) else (row.data, row.line(()))
        for row in read_rows(path, text.encode())
    ]


def test_each_row_has_the_names_of_the_header_and_its_line() -> None:
    assert rows("case,answer\na,x\n\nb,y\n") == [
        ({"case": "a", "answer": "x"}, 2),
        ({"case": "b", "answer": "y"}, 4),
    ]


def test_a_field_in_quotes_may_hold_commas_quotes_and_lines() -> None:
    text = 'case,answer\r\na,"x, ""y""\r\nand z"\r\nb,last\r\n'
    assert rows(text) == [
        ({"case": "a", "answer": 'x, "y"\r\nand z'}, 2),
        ({"case": "b", "answer": "last"}, 4),
    ]


def test_other_line_breaks_end_no_row() -> None:
    assert rows("case,answer\na,one\u2028two\x0bthree\n") == [
        ({"case": "a", "answer": "one\u2028two\x0bthree"}, 2)
    ]


def test_an_empty_field_says_nothing() -> None:
    assert rows("case,note,answer\na, ,x\nb\n") == [
        ({"case": "a", "answer": "x"}, 2),
        ({"case": "b"}, 3),
    ]


def test_a_row_of_empty_fields_is_none() -> None:
    assert rows(" ,\ncase,answer\n, \na,x\n,\n") == [({"case": "a", "answer": "x"}, 4)]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert rows("\ufeffcase\na\n") == [({"case": "a"}, 2)]


def test_json_lines_are_read_too() -> None:
    found = rows('{"case": "a"}\n\nnonsense\n', "labels.jsonl")
    assert found[0] == ({"case": "a"}, 1)
    assert found[1][1] == 3


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("case,answer\na,b,c\n", 2, "3 fields under 2 columns"),
        ('case\n"open\n', 2, "not CSV"),
        (f"case\nx\n{'a' * (LONGEST_FIELD + 1)}\n", 3, "more than 131,072 characters"),
    ],
)
def test_a_wrong_row_is_a_problem_with_its_line(text: str, line: int, said: str) -> None:
    message, found = rows(text)[-1]
    assert found == line
    assert said in str(message)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("labels.xlsx", b"x", "ends in .csv or .jsonl"),
        ("labels.csv", b"case\n\xff\n", "labels.csv:2: not UTF-8"),
        ("labels.csv", b"case,case\na,b\n", "a name of its own"),
        ("labels.csv", b"case,\na,b\n", "a name of its own"),
    ],
)
def test_a_wrong_file_is_refused(path: str, content: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        list(read_rows(path, content))


def test_a_file_without_rows_has_none() -> None:
    assert [row for row in read_rows("a.csv", b"") if isinstance(row, Document)] == []
