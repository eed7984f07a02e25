"""Facts about what Argo Rollouts does by the templates, on every answer that there is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model import milestone
from evalgate.model.rollout import Outcome, RolloutReport
from evalgate.rollout.verdict_answer import unreadable
from tests.unit.engines.argo import CONSEQUENCES, Metric, Phase, holds, metric_of
from tests.unit.engines.manifests import documents, reached, served
from tests.unit.rollout.known_rollouts import known_rollout

GATE, GUARD = documents("argo/analysis-template.yaml")
ARGUMENTS = {"prompt": "support-reply"}
A_DAY = 1_440

PASS = known_rollout(Outcome.ADVANCE)
WAIT = known_rollout(Outcome.HOLD)
FAIL = known_rollout(Outcome.ROLL_BACK)
BACK = known_rollout(Outcome.HOLD, milestone.Phase.ROLLED_BACK)
DONE = known_rollout(Outcome.HOLD, milestone.Phase.PROMOTED)
DOWN = "down"

Known = RolloutReport | None | str


def measured(metric: Metric, known: Known) -> Phase:
    """Return the phase of a measurement while the server knows this, or does not answer."""
    answer = unreadable(known) if isinstance(known, str) else served("GET", metric.url, known)
    return metric.measured(answer.status, json.dumps(answer.document))


def done(metric: Metric, *known: Known) -> str:
    """Return what a Rollout does at a step with this analysis after these measurements."""
    return CONSEQUENCES[metric.after([measured(metric, each) for each in known])]


def gate(**given: str) -> Metric:
    return metric_of(GATE, {**ARGUMENTS, **given})


def guard(**given: str) -> Metric:
    return metric_of(GUARD, {**ARGUMENTS, **given})


@pytest.mark.parametrize(
    ("known", "consequence"),
    [
        ([PASS], "goes on"),
        ([WAIT], "waits"),
        ([FAIL], "aborts"),
        ([WAIT] * 600 + [PASS], "goes on"),
        ([WAIT] * 600 + [FAIL], "aborts"),
        ([WAIT] * A_DAY, "waits"),
        ([WAIT] * A_DAY + [WAIT], "pauses"),
        ([DOWN] * 90, "waits"),
        ([DOWN] * 91, "aborts"),
        ([DOWN] * 90 + [PASS], "goes on"),
        (([DOWN] * 80 + [WAIT]) * 5, "waits"),
        ([None], "waits"),
        ([DONE], "waits"),
        ([BACK], "waits"),
    ],
)
def test_a_gate_goes_on_by_a_pass_alone(known: list[Known], consequence: str) -> None:
    assert done(gate(), *known) == consequence


@pytest.mark.parametrize(
    ("known", "consequence"),
    [
        (PASS, "goes on"),
        (FAIL, "aborts"),
        (WAIT, "waits"),
        (BACK, "aborts"),
        (DONE, "waits"),
        (None, "waits"),
        (known_rollout(Outcome.ADVANCE, version="v3"), "waits"),
        (known_rollout(Outcome.ROLL_BACK, version="v3"), "waits"),
    ],
)
def test_a_gate_that_names_its_version_hears_of_no_other(
    known: RolloutReport | None, consequence: str
) -> None:
    assert done(gate(version="v4"), known) == consequence


@pytest.mark.parametrize(
    ("known", "anyway", "version"),
    [
        (None, "goes on", "waits"),
        (DONE, "goes on", "goes on"),
        (BACK, "goes on", "aborts"),
        (WAIT, "waits", "waits"),
        (FAIL, "aborts", "aborts"),
        (known_rollout(Outcome.HOLD, milestone.Phase.HELD), "waits", "waits"),
        (DOWN, "waits", "waits"),
    ],
)
def test_a_release_while_no_rollout_is_under_way_goes_on_where_the_template_says_so(
    known: Known, anyway: str, version: str
) -> None:
    assert done(gate(idle="go"), known) == anyway
    assert done(gate(idle="go", version="v4"), known) == version


@given(st.lists(st.sampled_from([WAIT, FAIL, BACK, DONE, None, DOWN]), max_size=60))
def test_without_a_pass_no_gate_goes_on(known: list[Known]) -> None:
    assert done(gate(), *known) != "goes on"


def test_a_count_would_turn_a_day_without_a_verdict_into_success() -> None:
    """Why the gate has none: measurements within their limits end in success when all are taken."""
    counted = metric_of(GATE, ARGUMENTS, count=10, inconclusiveLimit=10, consecutiveSuccessLimit=0)
    assert done(counted, *[WAIT] * 10) == "goes on"
    assert "count" not in gate().spec


@pytest.mark.parametrize(
    ("known", "consequence"),
    [
        (PASS, "waits"),
        (WAIT, "waits"),
        (None, "waits"),
        (DONE, "waits"),
        (BACK, "waits"),
        (FAIL, "aborts"),
        (DOWN, "waits"),
    ],
)
def test_a_guard_aborts_by_a_fail_alone(known: Known, consequence: str) -> None:
    assert done(guard(), *[known] * 90) == consequence


def test_a_guard_aborts_when_nobody_answers_for_a_quarter_of_an_hour() -> None:
    seconds = 10 * guard().limit("consecutiveErrorLimit")
    assert seconds == 15 * 60
    assert done(guard(), *[DOWN] * 91) == "aborts"


@pytest.mark.parametrize(
    "body", ["{}", '{"verdict": null}', '{"verdict": "PASS"}', '{"error": "x"}']
)
def test_a_document_without_a_verdict_is_undecided(body: str) -> None:
    assert gate(idle="go").measured(200, body) is Phase.INCONCLUSIVE


@pytest.mark.parametrize("body", ["[]", "3", '"pass"', "true"])
def test_what_is_no_document_is_an_error(body: str) -> None:
    assert gate(idle="go").measured(200, body) is Phase.ERROR


@pytest.mark.parametrize("status", [199, 301, 401, 404, 405, 503])
def test_whatever_is_no_success_is_an_error(status: int) -> None:
    assert gate().measured(status, '{"verdict": "pass"}') is Phase.ERROR


def test_a_page_of_a_proxy_would_count_as_success() -> None:
    """Why the documents say to let nothing with pages of its own stand in between."""
    assert gate().measured(200, "<!doctype html>") is Phase.SUCCESSFUL


def test_the_token_goes_where_the_server_looks_for_it() -> None:
    for template in (GATE, GUARD):
        metric = metric_of(template, ARGUMENTS)
        header = reached(metric.spec, "provider", "web", "headers", 0)
        assert header == {"key": "Authorization", "value": "Bearer the-secret"}


def test_conditions_are_read_as_the_engine_reads_them() -> None:
    condition = 'result.a == "x" || (result.b == true && "go" == "go")'
    assert holds(condition, {"a": "x"})
    assert holds(condition, {"b": True})
    assert not holds(condition, {"a": "y", "b": False})
    for wrong in ("result.a", "result.a && result.b", "result == 3", "a.b == 1"):
        with pytest.raises(TypeError):
            holds(wrong, {"a": "x"})
