"""Facts about the order in which slices are read."""

from evalgate.model.verdict import Slice
from evalgate.reporting.slice_order import reading_order


def part(tag: str, cases: int, delta: float | None, *, protected: bool = False) -> Slice:
    return Slice(
        tag=tag, cases=cases, baseline=None, candidate=0.5, delta=delta, protected=protected
    )


def test_protected_slices_come_first_then_those_that_lost_most_cases() -> None:
    slices = [
        part("few lost", 2, -1.0),
        part("unknown", 9, None),
        part("many lost", 45, -0.5),
        part("guarded", 2, 0.0, protected=True),
        part("guarded and lost", 2, -0.5, protected=True),
        part("alike", 9, 0.0),
    ]
    assert [each.tag for each in reading_order(slices)] == [
        "guarded and lost",
        "guarded",
        "many lost",
        "few lost",
        "alike",
        "unknown",
    ]
