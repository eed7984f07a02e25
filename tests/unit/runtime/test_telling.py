"""What is told of a call: the record, the reply and the error, and what each leaves out."""

from dataclasses import replace

import pytest

from evalgate.adapters.prices import PriceTable
from evalgate.errors import BrokenStreamError, CallError, DeadlineError, PromptDisabledError
from evalgate.model.call import Assignment, CallRecord, Rung, ServedBy, Try
from evalgate.model.chat import Completion, FailureKind, Usage
from evalgate.model.content import ToolCall
from evalgate.model.route import Provider, Route
from evalgate.runtime.call import BROKEN, DISABLED, NO_ROUTE, Outcome
from evalgate.runtime.telling import answering, cost_usd, error, record, reply, total_cost
from evalgate.simulator.fakes import FlatPrices
from tests.unit.runtime.calls import HAIKU, SONNET, a_call

COMPLETION = Completion(
    text="Yes.",
    model=SONNET,
    stop_reason="end_turn",
    usage=Usage(input_tokens=100, output_tokens=10),
    latency_ms=900,
    request_id="req_1",
)
ANSWERED = Try(
    rung=Rung.FIRST,
    route="direct",
    provider="direct",
    region=None,
    model=SONNET,
    failure=None,
    latency_ms=900,
    request_id="req_1",
    cost_usd=0.002,
)
FAILED = replace(ANSWERED, failure=FailureKind.SERVER, cost_usd=None, request_id="req_0")
CUT = replace(FAILED, failure=FailureKind.CUT)
LOST = replace(FAILED, failure=None, abandoned=True)
SERVED = Outcome(
    served_by=ServedBy.PRIMARY, completion=COMPLETION, target=a_call().targets[0], tries=(ANSWERED,)
)
CACHED = Outcome(served_by=ServedBy.CACHE, completion=COMPLETION, route_name="direct", age_s=12.0)


def told(outcome: Outcome) -> object:
    call = a_call()
    return record(
        call,
        outcome,
        latency_ms=950,
        cost=total_cost(outcome),
        price_rev="2026-11-20",
        app_rev="r1",
    )


def test_a_cost_has_no_digits_that_only_come_of_adding_fractions() -> None:
    usage = Usage(input_tokens=21, output_tokens=9)
    cost = cost_usd(PriceTable(), a_call().targets[0].route, replace(COMPLETION, usage=usage))
    assert cost is not None
    assert len(str(cost).partition(".")[2]) <= 9


def test_an_answer_costs_what_its_attempt_cost() -> None:
    assert total_cost(SERVED) == 0.002
    assert total_cost(replace(SERVED, tries=(CUT, ANSWERED))) == 0.002


def test_an_answer_of_unknown_price_has_an_unknown_cost() -> None:
    assert total_cost(replace(SERVED, tries=(replace(ANSWERED, cost_usd=None),))) is None


def test_what_no_model_was_asked_for_costs_nothing() -> None:
    assert total_cost(CACHED) == 0.0
    assert total_cost(Outcome(error=DISABLED)) == 0.0


def test_a_failed_attempt_that_cannot_be_billed_costs_nothing() -> None:
    assert total_cost(Outcome(error="server", tries=(FAILED,))) == 0.0


@pytest.mark.parametrize("attempt", [CUT, LOST])
def test_a_failed_attempt_that_may_be_billed_makes_the_cost_unknown(attempt: Try) -> None:
    assert total_cost(Outcome(error="cut", tries=(FAILED, attempt))) is None


def test_an_abandoned_attempt_is_not_the_one_that_answered() -> None:
    outcome = replace(SERVED, tries=(LOST, ANSWERED))
    assert reply(outcome, told(outcome)).provider_request_id == "req_1"  # type: ignore[arg-type]


def test_the_tokens_of_a_remembered_answer_are_not_counted_again() -> None:
    answer = reply(CACHED, told(CACHED))  # type: ignore[arg-type]
    assert answer.usage == Usage(input_tokens=0, output_tokens=0)
    assert (answer.cost_usd, answer.model, answer.route) == (0.0, SONNET, "direct")
    assert answer.provider_request_id is None


def test_the_applications_own_words_come_from_no_model() -> None:
    own = Outcome(
        served_by=ServedBy.APPLICATION, own_text="Call us.", error="overloaded", tries=(FAILED,)
    )
    answer = reply(own, told(own))  # type: ignore[arg-type]
    assert (answer.text, answer.model, answer.provider, answer.route) == (
        "Call us.",
        None,
        None,
        None,
    )
    assert answer.degraded
    assert answer.stop_reason is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (DISABLED, PromptDisabledError),
        (BROKEN, BrokenStreamError),
        ("timeout", DeadlineError),
        ("deadline", DeadlineError),
        (NO_ROUTE, CallError),
        ("overloaded", CallError),
    ],
)
def test_every_way_to_fail_has_its_error(kind: str, expected: type[CallError]) -> None:
    raised = error(a_call(), Outcome(error=kind, tries=(FAILED,)))
    assert type(raised) is expected
    assert raised.kind == kind
    assert raised.request_id == a_call().request_id


def test_an_error_counts_the_attempts_and_names_the_line_in_the_log() -> None:
    outcome = Outcome(error="overloaded", tries=(FAILED, FAILED))
    assert str(error(a_call(), outcome)) == (
        "`shop` got no answer, in 2 attempts (overloaded): "
        "find 01a20084-ebf3-7609-9e2d-ac9fa593a03c in the call log"
    )


def test_a_record_says_what_was_asked_and_what_answered() -> None:
    smaller = replace(
        SERVED,
        served_by=ServedBy.SMALLER_MODEL,
        completion=replace(COMPLETION, model=HAIKU),
        tries=(FAILED, replace(ANSWERED, model=HAIKU)),
    )
    found = told(smaller)
    assert (found.model_asked, found.model, found.degraded) == (SONNET, HAIKU, True)  # type: ignore[attr-defined]


def test_a_route_costs_what_its_provider_takes_for_it() -> None:
    dear = Route(provider=Provider.VERTEX, region="eu", project="p", price_factor=1.1)
    plain = cost_usd(FlatPrices(), Route(), COMPLETION)
    assert plain == pytest.approx(110 / 1e6)
    assert cost_usd(FlatPrices(), dear, COMPLETION) == pytest.approx(1.1 * 110 / 1e6)
    unknown = FlatPrices(unknown=frozenset({SONNET}))
    assert cost_usd(unknown, dear, COMPLETION) is None


def test_a_reply_has_the_tools_and_the_smells_of_its_answer() -> None:
    call = ToolCall(id="toolu_1", name="find_order", input={})
    completion = replace(COMPLETION, tool_calls=(call,), blocks=(call,))
    outcome = replace(SERVED, completion=completion, smell=("placeholder",))
    made = record(
        a_call(conversation="c" * 32), outcome, latency_ms=9, cost=None, price_rev="", app_rev=""
    )
    assert made.conversation == "c" * 32
    answered = reply(outcome, made)
    assert (answered.tool_calls, answered.blocks) == ((call,), (call,))
    assert answered.smell == ("placeholder",)


def test_a_record_says_what_chose_its_arm() -> None:
    pinned = a_call(assigned_by=Assignment.PIN)
    made = record(pinned, SERVED, latency_ms=9, cost=None, price_rev="", app_rev="")
    assert made.assigned_by is Assignment.PIN


def test_a_record_has_the_times_of_what_was_told() -> None:
    def made(outcome: Outcome) -> CallRecord:
        return record(a_call(), outcome, latency_ms=9, cost=None, price_rev="", app_rev="")

    assert made(CACHED).age_s == 12.0
    assert made(replace(SERVED, ttft_ms=250)).ttft_ms == 250


def test_an_old_answer_is_not_that_of_the_attempt_before_it() -> None:
    stale = replace(CACHED, served_by=ServedBy.STALE_CACHE, tries=(ANSWERED,))
    assert answering(stale) is None


def test_an_error_without_a_kind_is_the_servers() -> None:
    assert error(a_call(), Outcome()).kind == "server"


def test_an_error_without_an_attempt_says_so() -> None:
    assert "got no answer, without an attempt (no_route)" in str(
        error(a_call(), Outcome(error=NO_ROUTE))
    )
