"""Facts about the items on quality in production."""

from dataclasses import replace

import pytest

from evalgate.model.monitoring import Level, MonitorRules, Objective, ScoringRules
from evalgate.model.policy import Policy
from evalgate.model.readiness import Standing
from evalgate.model.serving import SamplingRules, Serving
from evalgate.monitoring.readiness.facts import Detection, PlaceFacts, ScoreFacts, SpoolFacts
from tests.unit.alerts import NOW
from tests.unit.monitoring.readiness.known_facts import POLICY, READY, SERVING, found, standing

DAY = 86_400


def sampled(rate: float, spool: str = "spool") -> Serving:
    return replace(SERVING, sampling=SamplingRules(rate=rate, spool=spool))


def scores(**changes: object) -> ScoreFacts:
    assert READY.scores is not None
    return replace(READY.scores, **changes)  # type: ignore[arg-type]


def monitor(**changes: object) -> Policy:
    return replace(POLICY, monitor=replace(POLICY.monitor, **changes))  # type: ignore[arg-type]


def test_answers_are_sampled_and_their_texts_kept() -> None:
    assert standing("sampling", serving=sampled(0.0)) is Standing.FAILED
    assert standing("sampling", serving=sampled(0.01, "")) is Standing.WARNING
    assert found("sampling").seen == "1.00% of the calls are kept, raised: canary 20%"


@pytest.mark.parametrize(
    ("spool", "expected"),
    [
        (None, Standing.WARNING),
        (SpoolFacts(place=PlaceFacts(path="spool", exists=False)), Standing.WARNING),
        (SpoolFacts(place=PlaceFacts(path="spool", open=("spool/a",))), Standing.FAILED),
        (SpoolFacts(place=PlaceFacts(path="spool"), oldest_days=8.5), Standing.FAILED),
        (SpoolFacts(place=PlaceFacts(path="spool"), oldest_days=7.5), Standing.OK),
        (SpoolFacts(place=PlaceFacts(path="spool")), Standing.OK),
    ],
)
def test_the_spool_is_its_owners_alone_and_expires(
    spool: SpoolFacts | None, expected: Standing
) -> None:
    assert standing("spool", spool=spool) is expected


def test_scores_are_of_the_last_two_days() -> None:
    assert standing("scored", scores=None) is Standing.BY_HAND
    assert standing("scored", scores=scores(last_score=None)) is Standing.FAILED
    assert standing("scored", scores=scores(last_score=NOW - 2 * DAY)) is Standing.OK
    assert standing("scored", scores=scores(last_score=NOW - 2 * DAY - 1)) is Standing.FAILED


def test_a_fall_is_seen_within_the_time_that_was_asked_for() -> None:
    slow = Detection(drop=5.0, scores=100, hours=24.5)
    assert standing("detection", detection=slow) is Standing.WARNING
    assert standing("detection", detection=slow, detect_within=48.0) is Standing.OK
    assert standing("detection", detection=None) is Standing.FAILED
    assert standing("detection", detection=None, scores=None) is Standing.BY_HAND


def test_anchors_are_named_and_scored() -> None:
    none = monitor(scoring=ScoringRules())
    assert standing("anchors", policy=none) is Standing.WARNING
    assert standing("anchors", scores=None) is Standing.BY_HAND
    assert standing("anchors", scores=scores(last_anchor=None)) is Standing.FAILED
    assert standing("anchors", scores=scores(last_anchor=NOW - 3 * DAY)) is Standing.FAILED


def test_a_baseline_is_frozen() -> None:
    assert standing("baseline", baselines=False) is Standing.FAILED


def test_each_level_has_a_promise() -> None:
    one = (Objective(name="uptime", level=Level.AVAILABILITY, target=0.999),)
    finding = found("objectives", policy=monitor(objectives=one))
    assert finding.standing is Standing.WARNING
    assert "latency, format, quality" in finding.seen
    assert standing("objectives", policy=monitor(objectives=())) is Standing.FAILED


def test_each_promise_about_calls_raises_an_alarm_in_a_made_up_outage() -> None:
    assert READY.burnt is not None
    finding = found("burn-alerts", burnt={**READY.burnt, "latency": ()})
    assert finding.standing is Standing.FAILED
    assert finding.seen.endswith("raises no alarm: latency")
    assert standing("burn-alerts", burnt=None) is Standing.BY_HAND
    nothing = replace(POLICY, monitor=MonitorRules())
    assert standing("burn-alerts", policy=nothing) is Standing.NOT_APPLICABLE
