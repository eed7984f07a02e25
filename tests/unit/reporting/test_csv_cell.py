"""Facts about texts in tables: a spreadsheet takes none for a formula."""

import pytest

from evalgate.reporting.csv_cell import csv_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\uff1d1", "  =1", "\n=1"])
def test_what_could_be_a_formula_is_none(text: str) -> None:
    assert csv_cell(text).startswith("'")


def test_other_texts_stay_on_one_line() -> None:
    assert csv_cell("a = b") == "a = b"
    assert "\n" not in csv_cell("a\nb\x1b")
    assert "\x1b" not in csv_cell("a\nb\x1b")
