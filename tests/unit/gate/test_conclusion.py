"""Facts about drawing a run's verdict from its trials; the flow tests cover the rest."""

import pytest

from evalgate.gate.conclusion import nearest_rank


@pytest.mark.parametrize(
    ("percent", "values", "expected"),
    [
        (50, [7], 7),
        (95, [7], 7),
        (50, [1, 2, 3, 4], 2),
        (50, [1, 2, 3, 4, 5], 3),
        (95, list(range(1, 101)), 95),
        (95, list(range(1, 21)), 19),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(
    percent: int, values: list[int], expected: int
) -> None:
    assert nearest_rank(values, percent) == expected
