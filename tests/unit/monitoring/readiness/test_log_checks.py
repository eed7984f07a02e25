"""Facts about the items on the call log."""

from dataclasses import replace

import pytest

from evalgate.model.readiness import Standing
from evalgate.monitoring.readiness.facts import LogFacts, PlaceFacts
from evalgate.monitoring.readiness.log_survey import LogSurvey
from tests.unit.monitoring.readiness.known_facts import READY, SURVEY, found, standing

ITEMS = ("log-lines", "log-private", "features", "null-cost")


def log(survey: LogSurvey | None = None, **place: object) -> LogFacts:
    made = PlaceFacts(path="logs", **place)  # type: ignore[arg-type]
    return LogFacts(place=made, survey=survey)


@pytest.mark.parametrize("item", ITEMS)
def test_a_log_that_was_not_looked_at_is_not_green_and_one_that_is_gone_fails(item: str) -> None:
    assert standing(item, log=None) is Standing.BY_HAND
    assert standing(item, log=log(exists=False, problem="logs: gone")) is Standing.FAILED


def test_lines_that_are_not_as_documented_fail_and_are_counted() -> None:
    finding = found("log-lines", log=log(replace(SURVEY, invalid={"no JSON object": 1_200})))
    assert finding.standing is Standing.FAILED
    assert finding.seen == "1,200 faults in 900 lines: no JSON object (1,200)"


def test_a_log_without_calls_fails_and_one_without_new_ones_is_warned_of() -> None:
    assert standing("log-lines", log=log(LogSurvey())) is Standing.FAILED
    old = replace(SURVEY, last="2026-09-20T14:00:00.000Z")
    assert standing("log-lines", log=log(old)) is Standing.WARNING


def test_what_is_private_fails() -> None:
    finding = found(
        "log-private", log=log(replace(SURVEY, private={"a secret key in `prefix`": 2}))
    )
    assert finding.standing is Standing.FAILED
    assert "a secret key in `prefix` (2)" in finding.seen


def test_a_log_that_everybody_can_read_fails_with_the_command() -> None:
    finding = found("log-permissions", log=log(SURVEY, open=("logs/calls-2026-09-21.jsonl",)))
    assert finding.standing is Standing.FAILED
    assert finding.steps == ("chmod -R o-rwx logs",)
    assert standing("log-permissions", log=None) is Standing.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, Standing.WARNING), (15, Standing.FAILED), (16, Standing.OK)],
)
def test_the_key_of_the_hashes_is_set_and_long(length: int, expected: Standing) -> None:
    assert standing("user-key", key_bytes=length) is expected


@pytest.mark.parametrize(
    ("unnamed", "expected"),
    [(0, Standing.OK), (1, Standing.WARNING), (800, Standing.FAILED)],
)
def test_each_call_names_its_feature(unnamed: int, expected: Standing) -> None:
    assert standing("features", log=log(replace(SURVEY, unnamed=unnamed))) is expected


def test_one_call_of_an_unknown_cost_fails() -> None:
    assert standing("null-cost", log=log(replace(SURVEY, unpriced=1))) is Standing.FAILED
    assert READY.log is not None
    empty = log(LogSurvey(lines=1))
    assert standing("null-cost", log=empty) is Standing.NOT_APPLICABLE
