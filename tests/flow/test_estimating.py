"""Facts about the estimate of a gate, held against what the gate then does."""

import json
from collections import Counter

import pytest

from evalgate.gate.estimate_document import estimate_document
from evalgate.gate.estimate_words import estimate_line
from evalgate.gate.estimating import Known, PlanEstimate, estimate_plan
from evalgate.gate.scope import Scope
from evalgate.model.chat import Purpose
from evalgate.model.comparison import CaseKind
from evalgate.model.trial import Arm
from evalgate.running.foreseen import Past
from evalgate.running.shards import Shard
from evalgate.simulator.fakes import FlatPrices
from tests.flow.test_gate import BASE, HARMLESS, NAMES, Run, evalset, gate, version

PRICES = FlatPrices(usd_per_million=2.0)


def estimated(run: Run, prices: FlatPrices = PRICES, *, batches: bool = False) -> PlanEstimate:
    return estimate_plan(run.plan, prices, batches=batches)


async def test_the_expected_calls_are_those_of_a_smooth_run_without_equal_answers() -> None:
    run = await gate(BASE | HARMLESS | {"prompts/p/v3.md": version("30 days, please.")})
    total = estimated(run).total
    sent = Counter(request.purpose for request in run.model.sent)
    assert total.trials == len(run.trials)
    assert total.of(Purpose.ANSWER).load.calls.expected == sent[Purpose.ANSWER]
    # Answers that are alike are judged once, and all of the simulator's are.
    assert total.of(Purpose.JUDGE).load.calls.expected == len(run.trials) >= sent[Purpose.JUDGE]


async def test_a_smooth_run_costs_no_more_than_the_most() -> None:
    run = await gate(BASE | HARMLESS, prices=PRICES)
    cost = estimated(run).total.total.cost
    assert run.verdict.cost_usd is not None
    assert cost.expected is not None
    assert cost.most is not None
    assert 0 < run.verdict.cost_usd <= cost.most
    assert cost.expected <= cost.most
    assert cost.expected / 20 < run.verdict.cost_usd < cost.expected * 20


async def test_cases_and_arms_are_told_by_kind() -> None:
    edited = evalset(NAMES[1:]).replace("it c2}", "this c2}") + (
        "  - {id: fresh, vars: {question: may I return it}}\n"
    )
    run = await gate(BASE | HARMLESS | {"evalsets/replies.yaml": edited})
    [matchup] = estimated(run).matchups
    assert matchup.cases[CaseKind.NEW] == 1
    assert sum(matchup.cases.values()) == len(NAMES)
    assert matchup.trials[Arm.BASELINE] == matchup.cases[CaseKind.SAME]
    assert matchup.trials[Arm.CANDIDATE] == len(NAMES)


async def test_nothing_to_run_takes_nothing() -> None:
    run = await gate(BASE)
    found = estimated(run)
    assert (found.matchups, found.total.trials, found.warnings) == ((), 0, ())
    assert found.time is not None
    assert found.time.seconds == 0


async def test_what_is_recorded_replaces_the_guess() -> None:
    run = await gate(BASE | HARMLESS)
    past = Past(answers={"p": 7.0}, judge=11.0)
    total = estimate_plan(run.plan, PRICES, known=Known(past=past)).total
    assert total.of(Purpose.ANSWER).load.output_tokens.expected == 7 * len(run.trials)
    assert total.of(Purpose.JUDGE).load.output_tokens.expected == 11 * len(run.trials)


async def test_a_run_that_is_too_long_for_its_job_is_warned_of() -> None:
    policy = {".github/evalgate.yml": "run: {requests_per_minute: 5, job_minutes: 10}\n"}
    run = await gate(BASE | policy | HARMLESS, base=BASE | policy)
    found = estimated(run)
    assert found.time is not None
    assert found.time.decided_by == "requests"
    assert found.time.seconds == len(run.trials) / 5 * 60
    [warning] = found.warnings
    assert "longer than the 10 minutes of the job (`run.job_minutes`)" in warning


async def test_a_cost_limit_that_would_stop_the_run_is_warned_of() -> None:
    policy = {".github/evalgate.yml": "run: {max_cost_usd: 0.01}\n"}
    run = await gate(BASE | policy | HARMLESS, base=BASE | policy)
    [warning] = estimated(run).warnings
    assert "`run.max_cost_usd` stops it at $0.01" in warning


async def test_a_model_without_a_price_is_named_and_costs_nothing_known() -> None:
    run = await gate(BASE | HARMLESS)
    found = estimated(run, FlatPrices(unknown=frozenset({"claude-haiku-5-5"})))
    [warning] = found.warnings
    assert warning == ("No price is known for claude-haiku-5-5: what the run costs is unknown.")
    assert found.total.total.cost.expected is None
    assert "cost unknown" in estimate_line(found)
    assert json.loads(json.dumps(estimate_document(run.plan, found)))["cost_usd"] == {
        "expected": None,
        "most": None,
    }


async def test_batches_cost_half_and_take_up_to_a_day() -> None:
    run = await gate(BASE | HARMLESS)
    whole, half = estimated(run), estimated(run, batches=True)
    assert whole.total.total.cost.most is not None
    assert half.total.total.cost.most == pytest.approx(whole.total.total.cost.most / 2)
    assert half.time is None
    assert "within a day" in estimate_line(half)
    assert estimate_document(run.plan, half)["time"] is None


async def test_one_line_says_what_a_gate_is_about_to_take() -> None:
    run = await gate(BASE | HARMLESS)
    line = estimate_line(estimated(run))
    trials = len(run.trials)
    assert line.startswith(f"{trials} trials, {2 * trials} calls; cost about $")
    assert line.endswith("decided by the calls in flight")
    assert ", at most $" in line


async def test_what_records_answer_needs_no_call() -> None:
    run = await gate(BASE | HARMLESS)
    found = estimate_plan(
        run.plan, PRICES, known=Known(is_recorded=lambda trial: trial.arm is Arm.BASELINE)
    )
    assert found.recorded == len(NAMES)
    assert found.total.total.load.calls.expected == 2 * len(NAMES)
    [matchup] = found.matchups
    assert matchup.trials == {Arm.BASELINE: len(NAMES), Arm.CANDIDATE: len(NAMES)}
    assert estimate_line(found).startswith(f"{len(NAMES)} trials and {len(NAMES)} from records, ")
    document = json.loads(json.dumps(estimate_document(run.plan, found)))
    assert document["recorded"] == document["prompts"][0]["recorded"] == len(NAMES)


async def test_a_limit_of_the_command_line_that_is_too_low_is_warned_about() -> None:
    run = await gate(BASE | HARMLESS)
    expected = estimated(run).total.total.cost.expected
    assert expected is not None

    def warnings(scope: Scope) -> tuple[str, ...]:
        return estimate_plan(run.plan, PRICES, scope=scope).warnings

    [warning] = warnings(Scope(max_cost_usd=expected / 2))
    assert "`--max-cost` stops it at $" in warning
    assert not warnings(Scope(max_cost_usd=expected * 1.01))
    assert warnings(Scope(max_cost_usd=expected * 1.01, spent_usd=expected / 2))


async def test_a_shard_is_held_against_its_share_of_the_limit() -> None:
    run = await gate(BASE | HARMLESS)
    shard = Shard(index=1, of=2)
    own = estimate_plan(run.plan, PRICES, scope=Scope(shard=shard)).total
    assert 0 < own.trials < len(run.trials)
    cost = own.total.cost.expected
    assert cost is not None
    for factor, number in ((1.9, 1), (2.1, 0)):
        scope = Scope(shard=shard, max_cost_usd=cost * factor)
        assert len(estimate_plan(run.plan, PRICES, scope=scope).warnings) == number


async def test_a_model_without_a_price_is_said_to_stop_a_run_that_has_a_limit() -> None:
    run = await gate(BASE | HARMLESS)
    unpriced = FlatPrices(unknown=frozenset({"claude-haiku-5-5"}))
    for limit, is_stopped in ((None, False), (5.0, True)):
        scope = Scope(max_cost_usd=limit)
        [warning] = estimate_plan(run.plan, unpriced, scope=scope).warnings
        assert ("stops it at the first call" in warning) is is_stopped
