"""Facts about a board as metrics, which a strict reader has to take."""

from dataclasses import replace

import pytest

from evalgate.model.traffic import Place, Tally, bucket_of
from evalgate.reporting.monitor_metrics import MOST_SERIES, metrics_text
from tests.unit.reporting.boards import fallen, hostile, unread, well
from tests.unit.reporting.expositions import Family, parse


def value(family: Family, **labels: str) -> float:
    """Return the sum of all samples with these labels."""
    return sum(
        number
        for (_, told), number in family.samples.items()
        if labels.items() <= dict(told).items()
    )


@pytest.mark.parametrize("board", [fallen(), well(), unread(), hostile()])
def test_every_board_can_be_read_strictly(board: object) -> None:
    found = parse(metrics_text(board))  # type: ignore[arg-type]
    assert value(found["evalgate_monitor_standing"]) == 1


def test_calls_are_counted_once_each_by_how_they_ended() -> None:
    calls = parse(metrics_text(fallen()))["evalgate_calls_total"]
    assert calls.kind == "counter"
    assert value(calls) == 200
    assert value(calls, arm="canary", outcome="failed") == 1
    assert value(calls, outcome="degraded") == 4


def test_latencies_are_a_histogram_whose_buckets_add_up() -> None:
    latency = parse(metrics_text(fallen()))["evalgate_latency_seconds"]
    buckets = {
        dict(labels)["le"]: number
        for (name, labels), number in latency.samples.items()
        if name.endswith("_bucket")
    }
    assert (buckets["1"], buckets["1.78"], buckets["5.62"], buckets["+Inf"]) == (0, 180, 198, 200)
    (total,) = (n for (name, _), n in latency.samples.items() if name.endswith("_sum"))
    assert total == pytest.approx(2 * (90 * 1.2 + 9 * 4 + 90), rel=0.02)


def test_a_latency_of_exactly_one_second_is_within_one_second() -> None:
    tally = Tally(calls=1, latencies={bucket_of(1000): 1})
    board = replace(well(), counters={Place(prompt="p"): tally})
    latency = parse(metrics_text(board))["evalgate_latency_seconds"]
    assert value(latency, le="1") == 1
    assert value(latency, le="0.562") == 0


def test_names_come_back_as_they_are_whatever_stands_in_them() -> None:
    calls = parse(metrics_text(hostile()))["evalgate_calls_total"]
    assert value(calls, prompt='"\\\n', outcome="answered") == 1


def test_many_places_are_some_and_the_rest_and_none_is_lost() -> None:
    counters = {
        Place(feature=f"f{number:04}", prompt="p"): Tally(calls=number)
        for number in range(MOST_SERIES + 50)
    }
    counters[Place(feature="(others)")] = Tally(calls=7)
    calls = parse(metrics_text(replace(well(), counters=counters)))["evalgate_calls_total"]
    assert value(calls) == sum(range(MOST_SERIES + 50)) + 7
    assert len(calls.samples) == 3 * (MOST_SERIES + 1)
    assert counters[Place(feature="(others)")].calls == 7


def test_alarms_budgets_and_losses_are_gauges() -> None:
    found = parse(metrics_text(fallen()))
    assert value(found["evalgate_alarms"], urgency="page") == 1
    assert value(found["evalgate_alarms"], urgency="ticket") == 0
    assert value(found["evalgate_alarm"], prompt="support-reply", version="v4") == 1
    assert value(found["evalgate_error_budget_left"], objective="quick") == -0.06
    assert value(found["evalgate_monitor_lost"], what="samples_dropped") == 14
    assert value(found["evalgate_quality"], criterion="accuracy") == 0.82
    assert value(found["evalgate_open_incidents"]) == 1
    assert value(found["evalgate_failing_sinks"]) == 1
    assert found["evalgate_alarm"].kind == "gauge"


def test_the_same_board_gives_the_same_text() -> None:
    assert metrics_text(fallen()) == metrics_text(fallen())
