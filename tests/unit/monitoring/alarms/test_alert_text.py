"""Facts about how an alarm is told."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.alarm import Signal
from evalgate.model.observation import Stream
from evalgate.monitoring.alarms.alert_text import alert_of, title_of, weight_of
from evalgate.monitoring.places import Places
from tests.unit.alerts import NOW, an_alarm


def test_an_alarm_is_told_with_its_figures_and_what_to_do() -> None:
    alert = alert_of(
        an_alarm(), at=NOW, incident="2026-09-21-support", commands=("evalgate rollback support",)
    )
    assert (alert.fingerprint, alert.is_resolved) == ("f1", False)
    assert alert.title == "support (v4, eu): accuracy has fallen"
    assert alert.facts == snapshot(
        (
            ("prompt", "support"),
            ("criterion", "accuracy"),
            ("version", "v4"),
            ("route", "eu"),
            ("observed", "81% (78% to 84%)"),
            ("baseline", "90%"),
            ("limit", "85%"),
            ("window", "100 scores"),
            ("also", "support, relevance"),
            ("began", "2026-09-21 14:03 UTC"),
            ("incident", "2026-09-21-support"),
        )
    )
    assert alert.commands == snapshot(
        (
            "evalgate rollback support",
            "evalgate incident show 2026-09-21-support",
            "evalgate monitor --once",
        )
    )


def test_an_alarm_that_is_over_says_since_when() -> None:
    alert = alert_of(an_alarm(over=True), at=NOW)
    assert alert.is_resolved
    assert ("over", "2026-09-21 14:13 UTC") in alert.facts


def test_the_title_stays_the_same_while_the_figures_change() -> None:
    assert title_of(an_alarm()) == title_of(replace(an_alarm(), observed=0.5, n=500))


@pytest.mark.parametrize("signal", Signal)
def test_every_signal_has_a_title_and_names_what_it_is_about(signal: Signal) -> None:
    title = title_of(replace(an_alarm(), signal=signal))
    assert "accuracy" in title or "support" in title


def test_a_burn_is_told_in_multiples_and_a_sink_without_figures() -> None:
    burn = replace(an_alarm(Signal.BURN), observed=20.0, limit=14.4, baseline=None, low=None)
    assert dict(alert_of(burn, at=NOW).facts)["observed"] == "20.0×"
    sink = replace(an_alarm(Signal.SINK), stream=Stream(prompt="", criterion="my chat"))
    alert = alert_of(sink, at=NOW)
    assert "observed" not in dict(alert.facts)
    assert alert.commands == ("evalgate alert test --sink 'my chat'",)


def test_the_commands_look_where_the_monitor_has_looked() -> None:
    places = Places(folder="ai", logs=("calls",), incidents="ours")
    alert = alert_of(an_alarm(), at=NOW, incident="i1", places=places)
    assert alert.commands == (
        "evalgate incident show i1 --incidents ours",
        "evalgate monitor --once calls --prompts ai --incidents ours",
    )
    sink = replace(an_alarm(Signal.SINK), stream=Stream(prompt="", criterion="chat"))
    told = alert_of(sink, at=NOW, places=places)
    assert told.commands == ("evalgate alert test --sink chat --prompts ai",)


def test_of_many_streams_of_one_cause_a_few_are_named() -> None:
    also = tuple(Stream(prompt="support", criterion=f"c{number}") for number in range(9))
    told = dict(alert_of(replace(an_alarm(), also=also), at=NOW).facts)["also"]
    assert told.endswith("support, c4; 4 more")


@pytest.mark.parametrize(
    ("signal", "observed", "limit", "weight"),
    [
        (Signal.FALL, 0.85, 0.85, 1.0),
        (Signal.FALL, 0.80, 0.85, 2.0),
        (Signal.FALL, 0.88, 0.85, 1.0),
        (Signal.BURN, 28.8, 14.4, 2.0),
        (Signal.FLOOR, 0.6, 0.8, 2.0),
        (Signal.JUDGE, 0.1, 0.05, 1.0),
    ],
)
def test_the_weight_tells_how_far_beyond_the_limit_it_is(
    signal: Signal, observed: float, limit: float, weight: float
) -> None:
    alarm = replace(an_alarm(signal), observed=observed, limit=limit)
    assert weight_of(alarm) == pytest.approx(weight)
