"""Facts about what can be told of a comparison before its first trial."""

from dataclasses import replace

from tests.unit.reporting.test_preflight_words import FORESEEN


def test_a_limit_can_be_proven_from_the_smallest_number_of_units_on() -> None:
    assert replace(FORESEEN, units=59, needed_units=59).is_possible
    assert not replace(FORESEEN, units=58, needed_units=59).is_possible


def test_a_limit_that_no_number_of_units_proves_is_impossible() -> None:
    assert not replace(FORESEEN, needed_units=None).is_possible
