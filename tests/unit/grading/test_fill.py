import re

import pytest

from evalgate.grading.fill import fill, fill_pattern, names_in
from evalgate.model.document import Data

VALUES: dict[str, Data] = {"city": "Rome", "days": 30, "note": None, "price": "9.50 (net)"}


def test_a_placeholder_is_replaced_wherever_it_stands() -> None:
    assert fill("In {{city}}, {{ days }} days: {{city}}{{note}}.", VALUES) == (
        "In Rome, 30 days: Rome."
    )


@pytest.mark.parametrize("value", [30, True, ["a"], {"a": 1}, None, "text"])
def test_a_text_that_is_only_a_placeholder_keeps_the_type_of_its_value(value: Data) -> None:
    assert fill("{{it}}", {"it": value}) == value


def test_lists_and_mappings_are_filled_at_any_depth() -> None:
    argument: Data = {"to": ["{{city}}", 5], "within": {"days": "{{days}}"}}
    assert fill(argument, VALUES) == {"to": ["Rome", 5], "within": {"days": 30}}


def test_a_value_is_never_read_as_a_template() -> None:
    assert fill("{{a}} {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} x"


def test_escaped_braces_stay_braces() -> None:
    assert fill(r"\{{city}} in {{city}}", VALUES) == "{{city}} in Rome"
    assert fill(r"\{{city}}", VALUES) == "{{city}}"


@pytest.mark.parametrize("text", ["{{2}}", "{{a-b}}", "{{", "{city}", "{{city}", "{{a b}}"])
def test_braces_around_anything_but_a_name_are_left_alone(text: str) -> None:
    assert names_in(text) == frozenset()
    assert fill(text, VALUES) == text


def test_a_value_stands_literally_inside_a_pattern() -> None:
    pattern = fill_pattern("^costs {{price}}$", VALUES)
    assert isinstance(pattern, str)
    assert re.search(pattern, "costs 9.50 (net)")
    assert not re.search(pattern, "costs 9x50 (net)")


def test_a_value_alone_is_the_pattern() -> None:
    assert fill_pattern("{{it}}", {"it": "yes|no"}) == "yes|no"


def test_an_escaped_brace_in_a_pattern_keeps_its_backslash() -> None:
    assert fill_pattern(r"\{{city}}", VALUES) == r"\{{city}}"


def test_a_pattern_that_is_no_text_is_left_alone() -> None:
    assert fill_pattern(5, VALUES) == 5


def test_the_names_of_an_argument_are_found_at_any_depth() -> None:
    argument: Data = {"a": ["{{x}}", {"b": "{{y}} {{x}}"}], "c": 1, "d": None, "e": r"\{{z}}"}
    assert names_in(argument) == {"x", "y"}


def test_a_name_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="town"):
        fill("{{town}}", VALUES)
