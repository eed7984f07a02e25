"""How long answers took, in two numbers."""

import pytest

from evalgate.model.verdict import Latency


@pytest.mark.parametrize(
    ("values", "p50", "p95"),
    [
        ([7], 7, 7),
        ([4, 1, 3, 2], 2, 4),
        ([5, 1, 4, 2, 3], 3, 5),
        (list(range(1, 101)), 50, 95),
        (list(range(1, 21)), 10, 19),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(values: list[int], p50: int, p95: int) -> None:
    assert Latency.of(values) == Latency(p50=p50, p95=p95)


def test_no_answers_have_no_percentiles() -> None:
    assert Latency.of([]) is None
