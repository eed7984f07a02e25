"""Facts about limits that a policy states in points."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.points import read_points
from evalgate.model.reading import Section


def read(text: str) -> float:
    section = Section(read_yaml("p.yml", text.encode()))
    points = read_points(section, "drop", 0.07)
    section.finish()
    return points


def test_points_become_a_fraction() -> None:
    assert [read("drop: 5"), read("drop: 0.5"), read("drop: 50")] == [0.05, 0.005, 0.5]


def test_what_is_not_named_is_exactly_the_default() -> None:
    assert read("other: 5") == 0.07
    assert read("drop: null") == 0.07


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0.05", "is in points, not a fraction: did you mean 5?"),
        ("0.499", "is in points, not a fraction: did you mean 49.9?"),
        ("0", "expected a number from 0.5 to 50, got the number 0"),
        ("-0.1", "expected a number from 0.5 to 50, got the number -0.1"),
        ("50.1", "expected a number from 0.5 to 50, got the number 50.1"),
        ("'5'", "expected a number from 0.5 to 50, got `5`"),
        ("true", "expected a number from 0.5 to 50, got true"),
    ],
)
def test_a_fraction_and_what_is_out_of_all_measure_are_told_apart(written: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(f"drop: {written}")
    assert f"drop: {said}" in str(caught.value)
