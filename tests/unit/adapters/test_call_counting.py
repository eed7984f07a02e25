"""A call counts for what became of it, whoever reads the log."""

from dataclasses import dataclass

import pytest

from evalgate.adapters.call_counting import OTHER, count_call
from evalgate.model.call import ServedBy
from evalgate.model.traffic import Tally, bucket_of


@dataclass
class Call:
    served_by: ServedBy = ServedBy.PRIMARY
    degraded: bool | None = None
    stop_reason: str | None = None
    latency_ms: float | None = 100.0
    cost_usd: float | None = 0.5
    smell: list[str] | None = None
    sampled: float | None = None


def counted(*calls: Call, thresholds: tuple[int, ...] = ()) -> Tally:
    tally = Tally()
    for call in calls:
        count_call(tally, call, thresholds)
    return tally


def test_a_plain_call_counts_with_its_cost_and_latency() -> None:
    plain = Tally(calls=1, cost_usd=0.5, latencies={bucket_of(100.0): 1})
    assert counted(Call()) == plain


@pytest.mark.parametrize(
    ("call", "failed", "degraded"),
    [
        (Call(served_by=ServedBy.NOBODY, degraded=True), 1, 0),
        (Call(served_by=ServedBy.SMALLER_MODEL), 0, 1),
        (Call(degraded=True), 0, 1),
        (Call(degraded=False), 0, 0),
    ],
)
def test_less_than_was_asked_for_is_degraded_and_no_answer_is_failed(
    call: Call, failed: int, degraded: int
) -> None:
    tally = counted(call)
    assert (tally.failed, tally.degraded) == (failed, degraded)


def test_what_came_from_memory_has_no_latency() -> None:
    tally = counted(Call(served_by=ServedBy.CACHE, latency_ms=9000.0), thresholds=(10,))
    assert (tally.cached, tally.latencies, tally.late) == (1, {}, {})


def test_a_call_is_late_beyond_a_threshold_and_not_at_it() -> None:
    assert counted(Call(), Call(latency_ms=101.0), thresholds=(100, 200)).late == {100: 1}


def test_smells_that_are_not_known_are_one_and_only_some_break_the_format() -> None:
    tally = counted(
        Call(smell=["not_json", "schema"]), Call(smell=["new", "newer"]), Call(smell=[])
    )
    assert (tally.smelling, tally.malformed) == (2, 1)
    assert tally.smells == {"not_json": 1, "schema": 1, OTHER: 1}


def test_refusals_samples_and_unknown_costs_are_counted() -> None:
    tally = counted(Call(stop_reason="refusal", sampled=0.1, cost_usd=None))
    assert (tally.refused, tally.sampled, tally.unpriced, tally.cost_usd) == (1, 1, 1, 0.0)
