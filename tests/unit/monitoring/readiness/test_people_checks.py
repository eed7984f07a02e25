"""Facts about the items on cost limits and on people."""

from dataclasses import replace

import pytest

from evalgate.model.monitoring import Answering
from evalgate.model.policy import RunSettings
from evalgate.model.readiness import Standing
from tests.unit.alerts import NOW
from tests.unit.monitoring.readiness.known_facts import POLICY, found, standing

DAY = 86_400


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-07-24", Standing.OK),  # 59.6 days
        ("2026-07-23", Standing.FAILED),
        ("2026-12-24", Standing.OK),
        ("soon", Standing.FAILED),
    ],
)
def test_prices_are_at_most_sixty_days_old(date: str, expected: Standing) -> None:
    assert standing("prices", price_date=date) is expected


def test_a_live_model_without_a_price_fails() -> None:
    finding = found("models", unpriced=("claude-next",))
    assert (finding.standing, "claude-next" in finding.seen) == (Standing.FAILED, True)
    assert standing("models", prompts=()) is Standing.NOT_APPLICABLE


def test_the_gate_has_a_limit_for_a_day() -> None:
    assert standing("spend-limit", policy=replace(POLICY, run=RunSettings())) is Standing.WARNING


@pytest.mark.parametrize("who", ["owner", "vendor"])
def test_somebody_is_named(who: str) -> None:
    nobody = replace(POLICY, monitor=replace(POLICY.monitor, incidents=Answering()))
    finding = found(who, policy=nobody)
    assert finding.standing is Standing.FAILED
    assert finding.steps == (f"policy: monitor.incidents.{who}",)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(None, Standing.FAILED), (90, Standing.OK), (90.1, Standing.FAILED)],
)
def test_a_drill_was_closed_in_the_last_ninety_days(days: float | None, expected: Standing) -> None:
    assert standing("drill", last_drill=days and NOW - days * DAY) is expected
