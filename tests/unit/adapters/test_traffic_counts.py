"""Facts about what is kept of the calls of a log."""

from evalgate.adapters.traffic_counts import MOST_USERS, REST, TrafficCounts
from evalgate.model.call import Arm
from evalgate.model.traffic import LineCount, Traffic

AT = 1_795_305_600.0
HOUR = 3600.0


def traffic(counts: TrafficCounts, at: float = AT) -> Traffic:
    counts.settle()
    return counts.traffic(at, events=(), happened={}, lines=LineCount())


def call(counts: TrafficCounts, ts: float, *, version: str = "v1", calls: int = 1) -> None:
    key = (ts, "f", "p", version, Arm.STABLE, "direct", "anthropic", "m")
    counts.tally(key).calls += calls


def test_users_of_the_time_that_is_shown_are_told_the_dearest_first() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    for user, ts, cost in (
        ("a", AT - HOUR, 1.0),
        ("b", AT - 2 * HOUR, 3.0),
        ("a", AT - 3 * HOUR, 1.5),
        ("gone", AT - 30 * HOUR, 99.0),
    ):
        counts.spend(ts, user, cost)
    counts.spend(AT - HOUR, None, None)
    told = [(each.user, each.calls, each.cost_usd) for each in traffic(counts).spenders]
    assert told == [("b", 1, 3.0), ("a", 2, 2.5), ("", 1, 0.0)]


def test_too_many_users_are_folded_the_cheapest_first_and_no_call_is_lost() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    for number in range(3 * MOST_USERS):
        counts.spend(AT - 60, f"{number:032x}", 0.001)
    counts.spend(AT - 60, "dear", 50.0)
    counts.spend(AT - 60, None, 0.5)
    for number in range(3 * MOST_USERS, 4 * MOST_USERS):
        counts.spend(AT - 60, f"{number:032x}", 0.001)
    found = traffic(counts)
    assert found.spenders[0].user == "dear"
    assert "" in {each.user for each in found.spenders}
    assert len(found.spenders) <= MOST_USERS
    assert found.folded is not None
    assert found.folded.user == REST
    calls = found.folded.calls + sum(each.calls for each in found.spenders)
    assert calls == 4 * MOST_USERS + 2


def test_minutes_come_in_the_order_of_time_and_then_of_places() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    call(counts, AT - 60, version="v2")
    call(counts, AT - 60, version="v1")
    call(counts, AT - 120, version="v3")
    told = [(each.start, each.place.version) for each in traffic(counts).minutes]
    assert told == [(AT - 120, "v3"), (AT - 60, "v1"), (AT - 60, "v2")]


def test_a_new_version_is_a_change() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    call(counts, AT - 2 * HOUR)
    call(counts, AT - HOUR, version="v2")
    (change,) = traffic(counts).changes
    assert (change.kind, change.subject, change.before, change.after) == ("prompt", "p", "v1", "v2")
    assert change.ts == AT - HOUR


def test_who_called_and_what_was_asked_are_watched_too() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    counts.show((AT - 2 * HOUR, "p", "m1", "a1", "anthropic 2.11.0", "s1"))
    counts.show((AT - HOUR, "p", "m2", "a2", "anthropic 2.12.0", "s2"))
    told = [(each.kind, each.before, each.after) for each in traffic(counts).changes]
    assert told == [
        ("application", "a1", "a2"),
        ("configuration", "s1", "s2"),
        ("model", "m1", "m2"),
        ("sdk", "anthropic 2.11.0", "anthropic 2.12.0"),
    ]


def test_what_is_older_than_is_kept_is_forgotten() -> None:
    counts = TrafficCounts(shown=24 * HOUR, kept=48 * HOUR)
    call(counts, AT - 60)
    call(counts, AT - 3 * HOUR, version="v0")
    assert len(traffic(counts).minutes) == 2
    assert len(traffic(counts, AT + 46 * HOUR).minutes) == 1
    later = traffic(counts, AT + 60 * HOUR)
    assert later.minutes == ()
    assert later.changes == ()
