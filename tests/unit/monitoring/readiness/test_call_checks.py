"""Facts about the items on calls."""

from dataclasses import replace

import pytest

from evalgate.model.readiness import Standing
from evalgate.model.route import Provider, Route
from evalgate.model.serving import BreakerRules, FeatureRules, RetryRules, Serving, Timing
from evalgate.monitoring.readiness.facts import Drill, LogFacts, PlaceFacts, Probe
from tests.unit.monitoring.readiness.known_facts import (
    MODEL,
    PROMPT,
    SERVING,
    SURVEY,
    found,
    standing,
)


def test_a_file_that_cannot_be_read_fails_and_is_named() -> None:
    finding = found("configuration", problems={"runtime.yml": "line 3: unknown key `rotes`"})
    assert finding.standing is Standing.FAILED
    assert "runtime.yml: line 3" in finding.seen
    assert standing("timeouts", serving=None) is Standing.NOT_APPLICABLE
    assert standing("owner", policy=None) is Standing.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("retries", "expected"),
    [(0, Standing.OK), (2, Standing.FAILED), (None, Standing.BY_HAND)],
)
def test_the_sdk_must_not_retry(retries: int | None, expected: Standing) -> None:
    assert standing("sdk-retries", sdk_retries=retries) is expected


def test_an_attempt_that_takes_all_of_the_time_is_warned_of() -> None:
    timing = Timing(deadline=20.0, timeout=20.0, reserve=0.0)
    assert standing("timeouts", serving=replace(SERVING, timing=timing)) is Standing.WARNING


@pytest.mark.parametrize(
    ("callers", "deadline", "expected"),
    [
        (31.0, 30.0, Standing.OK),
        (30.0, 30.0, Standing.FAILED),
        (None, 30.0, Standing.BY_HAND),
        (None, 90.0, Standing.WARNING),
    ],
)
def test_a_deadline_lies_below_what_callers_wait(
    callers: float | None, deadline: float, expected: Standing
) -> None:
    serving = replace(SERVING, timing=Timing(deadline=deadline))
    assert standing("deadline", serving=serving, deadline=callers) is expected


def test_the_longest_deadline_of_any_feature_counts() -> None:
    slow = {"export": FeatureRules(timing=Timing(deadline=120.0))}
    assert standing("deadline", serving=replace(SERVING, features=slow)) is Standing.FAILED


def test_many_retries_are_warned_of() -> None:
    for retry in (RetryRules(most=4), RetryRules(share=0.5)):
        assert standing("retries", serving=replace(SERVING, retry=retry)) is Standing.WARNING


def test_a_breaker_that_never_opens_is_warned_of() -> None:
    rules = BreakerRules(in_a_row=1_000, failed=1.0)
    assert standing("breaker", serving=replace(SERVING, breaker=rules)) is Standing.WARNING


def test_each_model_needs_another_route_or_one_that_stands_in() -> None:
    alone = Serving(routes={"direct": Route()})
    finding = found("two-targets", serving=alone)
    assert finding.standing is Standing.FAILED
    assert f"support ({MODEL}: 1)" in finding.seen
    smaller = replace(alone, smaller={MODEL: ("claude-haiku-4-5",)})
    assert standing("two-targets", serving=smaller) is Standing.OK
    # Bedrock knows no model by Claude's id, so this route serves nothing.
    unnamed = replace(alone, routes={"direct": Route(), "aws": Route(provider=Provider.BEDROCK)})
    assert standing("two-targets", serving=unnamed) is Standing.FAILED


def test_a_route_that_cannot_hold_to_a_schema_is_no_second_target_for_one() -> None:
    aws = Route(provider=Provider.BEDROCK, models={MODEL: "aws-id"})
    serving = replace(SERVING, routes={"direct": Route(), "aws": aws})
    assert standing("two-targets", serving=serving) is Standing.OK
    prompts = (replace(PROMPT, needs_schema=True),)
    assert standing("two-targets", serving=serving, prompts=prompts) is Standing.FAILED


def test_targets_that_do_not_answer_are_named() -> None:
    dead = Probe(route="eu", model="claude-next", failure="not_found")
    finding = found("reachable", probes=(dead, Probe(route="", model=MODEL, seconds=1.0)))
    assert finding.standing is Standing.FAILED
    assert finding.seen == ("1 of 2 targets do not answer: claude-next over eu: not_found")
    assert standing("reachable", probes=None) is Standing.BY_HAND
    assert standing("reachable", probes=()) is Standing.FAILED


def test_a_fallback_is_known_once_it_has_answered() -> None:
    never = LogFacts(place=PlaceFacts(path="logs"), survey=replace(SURVEY, by_application=0))
    assert standing("fallback", log=never) is Standing.BY_HAND
    assert standing("fallback", log=None) is Standing.BY_HAND


@pytest.mark.parametrize(
    ("drill", "expected"),
    [
        (None, Standing.BY_HAND),
        (Drill(prompt="p", switched=0.5), Standing.OK),
        (Drill(prompt="p", switched=2.0, rolled_back=0.1), Standing.FAILED),
        (Drill(prompt="p", switched=0.1, rolled_back=2.5), Standing.FAILED),
        (Drill(prompt="p", switched=0.1, failure="not followed"), Standing.FAILED),
        (Drill(prompt="p", failure="not followed"), Standing.FAILED),
    ],
)
def test_switch_and_rollback_are_followed_within_two_seconds(
    drill: Drill | None, expected: Standing
) -> None:
    assert standing("kill-switch", drill=drill) is expected


def test_a_cache_is_looked_at_where_there_is_one() -> None:
    assert standing("cache") is Standing.OK
    assert standing("cache", serving=replace(SERVING, cache=None)) is Standing.NOT_APPLICABLE
    cached = {"export": FeatureRules(cache=SERVING.cache)}
    serving = replace(SERVING, cache=None, features=cached)
    assert standing("cache", serving=serving) is Standing.OK
