"""Facts about the scales of a rollout's charts."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.rollout import Snapshot
from evalgate.reporting.rollout_scales import (
    Span,
    evidence_scale,
    power,
    rise_scale,
    time_scale,
)
from tests.unit.reporting.rollouts import HOUR, START, healthy

SHARES = st.floats(-1, 1)


def seen(rise: float = 0.0, low: float = -0.5, high: float = 0.5, *, at: float = START) -> Snapshot:
    return Snapshot(at=at, units=10, rise=rise, low=low, high=high, harm=1.0, proof=1.0)


@pytest.mark.parametrize(
    ("hours", "name", "ticks"),
    [
        (0.0, "minutes", (0.0, 1.0)),
        (0.5, "minutes", (0.0, 10.0, 20.0, 30.0)),
        (2.9, "minutes", (0.0, 60.0, 120.0)),
        (3.2, "hours", (0.0, 1.0, 2.0, 3.0)),
        (30.0, "hours", (0.0, 12.0, 24.0)),
        (96.0, "hours", (0.0, 48.0, 96.0)),
        (97.0, "days", (0.0, 2.0, 4.0)),
        (24.0 * 900, "days", (0.0, 365.0, 730.0)),
    ],
)
def test_time_is_told_in_units_that_leave_a_handful_of_numbers(
    hours: float, name: str, ticks: tuple[float, ...]
) -> None:
    report = healthy()
    at = START + HOUR * hours
    scale = time_scale(replace(report, evidence=replace(report.evidence, at=at)), [seen(at=START)])
    assert (scale.name, scale.span.ticks) == (name, ticks)
    assert scale.title == f"{name} since 2026-11-17 08:00 UTC"
    assert scale.place(START) == 0
    assert scale.place(at) == pytest.approx(scale.span.most if hours else 0)


def test_the_time_begins_with_the_first_share_and_ends_with_the_present() -> None:
    report = healthy()
    early = time_scale(report, [seen(at=START - HOUR)])
    assert early.start == START - HOUR
    late = time_scale(report, [seen(at=START + 50 * HOUR)])
    assert late.place(START + 50 * HOUR) == late.span.most
    assert late.place(START + 99 * HOUR) == late.span.most


@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=5), st.floats(0.001, 0.5))
def test_a_scale_of_rises_shows_none_the_limit_and_the_present_rise(
    values: list[tuple[float, float, float]], limit: float
) -> None:
    course = [seen(rise, low, high) for rise, low, high in values]
    scale = rise_scale(course, limit)
    for shown in (0.0, limit, course[-1].rise):
        assert scale.least < 100 * shown < scale.most
    assert 1 <= len(scale.ticks) <= 4
    assert all(scale.least <= tick <= scale.most for tick in scale.ticks)
    assert 0.0 in scale.ticks


def test_wide_bounds_do_not_dwarf_the_limit() -> None:
    scale = rise_scale([seen(0.0, -0.9, 0.9)], 0.05)
    assert scale.most < 35
    assert scale.least > -35


@given(st.lists(st.floats(0, 1e300), max_size=5), st.floats(1, 1e4))
def test_a_scale_of_evidence_holds_whatever_it_is_held_against(
    values: list[float], line: float
) -> None:
    scale = evidence_scale(values, [line, 20.0])
    for shown in (1.0, line, 20.0):
        assert scale.least < power(shown) < scale.most
    assert all(scale.within(power(value)) == power(value) for value in values)
    assert 0.0 in scale.ticks
    assert 2 <= len(scale.ticks) <= 4


@pytest.mark.parametrize(
    ("value", "drawn"), [(0.0, -2), (1e-9, -2), (1.0, 0), (100.0, 2), (1e12, 6), (inf, 6)]
)
def test_evidence_beyond_what_is_drawn_stands_at_the_edge(value: float, drawn: float) -> None:
    assert power(value) == drawn


def test_what_lies_beyond_a_scale_stands_at_its_end() -> None:
    span = Span(least=-1.0, most=2.0, ticks=())
    assert [span.within(value) for value in (-5, 0.5, 5)] == [-1.0, 0.5, 2.0]
