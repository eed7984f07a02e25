"""Facts about the way of a rollout as it is told station by station."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.model.milestone import Phase
from evalgate.model.rollout import RolloutReport
from evalgate.model.verdict import Verdict
from evalgate.reporting.rollout_course import Place, course_line, stations
from tests.unit.reporting.rollouts import (
    at_full,
    every,
    healthy,
    held,
    preflight,
    promoted,
    rolled_back,
    worse,
)


def test_the_way_is_told_on_one_line() -> None:
    lines = {name: course_line(report) for name, report in every().items()}
    assert lines == snapshot(
        {
            "healthy": "preflight ✓ → [5 %: here] → 25 % → 50 % → 100 % → promoted",
            "ready": "preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted",
            "worse": "preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted",
            "costly": "preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted",
            "held": "preflight ✓ → [5 %: held] → 25 % → 50 % → 100 % → promoted",
            "promoted": "preflight ✓ → 5 % ✓ → 25 % ✓ → 50 % ✓ → 100 % ✓ → [promoted ✓: here]",
            "rolled_back": "preflight ✓ → 5 % ✓ → [25 % ✗: rolled back] → 50 % → 100 % → promoted",
            "nothing_known": "preflight ✓ → [5 %: here] → 25 % → 50 % → 100 % → promoted",
            "preflight": "[preflight: here] → 5 % → 25 % → 50 % → 100 % → promoted",
            "skewed": "preflight ✓ → [5 %: here] → 25 % → 50 % → 100 % → promoted",
            "at_full": "preflight ✓ → 5 % ✓ → 25 % ✓ → 50 % – → [100 %: here] → promoted",
            "hostile": "preflight ✓ → 5 % ✓ → [25 %: here] → 50 % → 100 % → promoted",
        }
    )


@pytest.mark.parametrize("report", every().values(), ids=every())
def test_a_rollout_stands_at_exactly_one_station(report: RolloutReport) -> None:
    assert [each.is_present for each in stations(report)].count(True) == 1


def test_one_that_was_rolled_back_before_any_traffic_stands_at_its_preflight() -> None:
    before = preflight()
    report = replace(before, rollout=replace(before.rollout, phase=Phase.ROLLED_BACK))
    assert course_line(report).startswith("[preflight ✗: rolled back] → 5 % →")


def test_a_share_that_the_policy_does_not_know_has_its_place() -> None:
    before = healthy()
    rollout = replace(before.rollout, percent=10.0)
    line = course_line(replace(before, rollout=rollout))
    assert line == "preflight ✓ → 5 % ✓ → [10 %: here] → 25 % → 50 % → 100 % → promoted"


def test_a_stage_that_was_left_out_is_not_called_done() -> None:
    places = {each.name: each.place for each in stations(at_full())}
    assert places["25 %"] is Place.PAST
    assert places["50 %"] is Place.SKIPPED
    assert places["100 %"] is Place.HERE


def test_colours_say_what_signs_and_words_say() -> None:
    tones = {
        name: next(each for each in stations(report) if each.is_present).tone
        for name, report in {
            "held": held(),
            "back": rolled_back(),
            "end": promoted(),
            "here": worse(),
        }.items()
    }
    assert tones == {
        "held": Verdict.INCONCLUSIVE,
        "back": Verdict.FAIL,
        "end": Verdict.PASS,
        "here": Verdict.NOT_APPLICABLE,
    }
    assert all(
        each.word for report in every().values() for each in stations(report) if each.is_present
    )


def test_what_can_show_ascii_alone_gets_that() -> None:
    for report in every().values():
        assert course_line(report, ascii_only=True).isascii()
    assert course_line(rolled_back(), ascii_only=True).startswith(
        "preflight + -> 5 % + -> [25 % x:"
    )
