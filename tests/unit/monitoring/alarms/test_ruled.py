"""The rules of each stream with their figures."""

from collections.abc import Mapping
from random import Random

import pytest

from evalgate.model.monitoring import AlarmRules
from evalgate.monitoring.alarms.looking import HeldTo
from evalgate.monitoring.alarms.ruled import Chances, Pace, Ruled, ruled_of
from tests.unit.monitoring.alarms.production import Graded, at, baselines_of, production

SCORES = production(2_000, Graded())
BASELINES = baselines_of(SCORES, until=at(1_500))


def rules(
    *,
    runs: int = 0,
    paces: Mapping[str, Pace] | None = None,
    slices: tuple[str, ...] = ("feature",),
) -> tuple[Ruled, ...]:
    chances = Chances(draws=Random(1), runs=runs, tell=lambda: None)  # noqa: S311 - a test
    to = HeldTo(baselines=BASELINES, rules=AlarmRules(slices=slices))
    return ruled_of(SCORES, to, chances, paces=paces or {}, at=at(2_000))


def test_each_declared_stream_has_its_rule() -> None:
    assert [each.stream.feature for each in rules()] == ["", "chat", "search"]
    assert [each.stream.feature for each in rules(slices=())] == [""]
    assert {each.stream.route for each in rules(slices=("route",))} == {
        "",
        "east-1",
        "west-1",
        "south-1",
    }


def test_a_slice_has_its_own_pace_and_its_share_of_one_that_is_planned() -> None:
    whole, chat, _ = rules()
    assert whole.per_hour == pytest.approx(60, rel=0.01)
    assert chat.per_hour == pytest.approx(30, rel=0.1)
    whole, chat, _ = rules(paces={"answers": Pace(calls=10_000, rate=0.01)})
    assert whole.per_hour == pytest.approx(100)
    assert chat.per_hour == pytest.approx(50, rel=0.1)
    whole, *_ = rules(paces={"letters": Pace(calls=10_000, rate=0.01)})
    assert whole.per_hour == pytest.approx(60, rel=0.01)


def test_delays_of_tickets_are_told_without_a_simulation() -> None:
    whole, chat, _ = rules()
    assert whole.simulated is None
    assert list(whole.drift_delays) == sorted(whole.drift_delays, reverse=True)
    assert chat.drift_delays == ()


def test_simulations_are_of_the_baselines_own_scores() -> None:
    whole, *_ = rules(runs=20, slices=())
    assert whole.simulated is not None
    assert whole.simulated.runs == 20
