"""Facts about running one planned trial."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from evalgate.model.chat import (
    CallFailure,
    ChatRequest,
    Completion,
    FailureKind,
    Purpose,
    Usage,
)
from evalgate.model.content import ToolCall, ToolResult, Turn
from evalgate.model.evalset import CannedResult, Case, Criterion, EvalSet, GraderSpec
from evalgate.model.policy import JudgeSettings, RunSettings
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial, TrialError, TrialStatus
from evalgate.running.budget import Budget
from evalgate.running.caller import Caller, Means
from evalgate.running.place import Places
from evalgate.running.plan import PlannedTrial
from evalgate.running.trial import TrialRunner
from evalgate.simulator.fakes import FakeClock, FlatPrices, MemoryStore

JUDGE = "claude-judge"
MODEL = "claude-answers"
CONTAINS = GraderSpec(kind="contains", name="names the window", argument="30 days")
RUBRIC = GraderSpec(kind="rubric", name="is polite", criteria=(Criterion(text="Is polite."),))


class ScriptedModel:
    """Gives its answers in turn, and remembers what it was asked."""

    def __init__(self, answers: Sequence[Completion | CallFailure]) -> None:
        self.asked: list[ChatRequest] = []
        self._answers = iter(answers)

    async def send(self, request: ChatRequest, *, within: float) -> Completion | CallFailure:
        assert within > 0
        self.asked.append(request)
        return next(self._answers)


def says(text: str, *, model: str = MODEL, tokens: int = 1_000_000) -> Completion:
    return Completion(
        text=text,
        model=model,
        stop_reason="end_turn",
        usage=Usage(input_tokens=tokens, output_tokens=0),
        latency_ms=7,
    )


def calls_tool(identity: str) -> Completion:
    call = ToolCall(id=identity, name="get_order", input={"order": "AB-1"})
    return replace(says(""), stop_reason="tool_use", blocks=(call,), tool_calls=(call,))


def with_tools(plan: PlannedTrial) -> PlannedTrial:
    result = CannedResult(tool="get_order", content="shipped")
    return replace(plan, case=replace(plan.case, tool_results=(result,)))


def judges(verdict: str) -> Completion:
    reply = json.dumps({"c1": {"reason": "It says please.", "verdict": verdict}})
    return says(reply, model=JUDGE, tokens=500_000)


def planned(*graders: GraderSpec, pass_at: float = 1.0) -> PlannedTrial:
    case = Case(
        id="returns-1", vars={}, expected=None, graders=graders, hash="h", tags=("t",), cluster="c"
    )
    version = PromptVersion(
        prompt="support",
        version="v2",
        path="prompts/support/v2.md",
        hash="hash",
        model=MODEL,
        max_tokens=64,
        effort=None,
        description="",
        inputs=(),
        output_schema=None,
        metadata={},
        system=None,
        parts=(),
    )
    evalset = EvalSet(
        name="set", path="evalsets/set.yaml", prompts=("support",), cases=(case,), pass_at=pass_at
    )
    return PlannedTrial(version=version, arm=Arm.BASELINE, evalset=evalset, case=case, index=2)


def render(version: PromptVersion, case: Case) -> ChatRequest:
    turn = Turn(role="user", content=f"{case.id} by {version.version}")
    return ChatRequest(model=version.model, max_tokens=version.max_tokens, turns=(turn,))


async def run(
    plan: PlannedTrial,
    *answers: Completion | CallFailure,
    unpriced: frozenset[str] = frozenset(),
) -> tuple[Trial, list[ChatRequest]]:
    model = ScriptedModel(answers)
    prices, places = FlatPrices(usd_per_million=2.0, unknown=unpriced), Places(origins={"": "o"})
    means = Means(
        model=model,
        prices=prices,
        clock=FakeClock(),
        random=lambda: 0.5,
        settings=RunSettings(attempts=2),
        budget=Budget(),
        places=places,
    )
    runner = TrialRunner(
        calls=Caller(means),
        prices=prices,
        places=places,
        judge=JudgeSettings(model=JUDGE),
        render=render,
        draw_boundary=lambda: "ab" * 16,
    )
    return await runner.run(plan), model.asked


async def test_a_trial_says_what_was_run() -> None:
    trial, _ = await run(planned(CONTAINS), says("30 days"))
    assert (trial.prompt, trial.version, trial.version_hash) == ("support", "v2", "hash")
    assert (trial.evalset, trial.case, trial.trial) == ("set", "returns-1", 2)
    assert (trial.arm, trial.tags, trial.cluster) == (Arm.BASELINE, ("t",), "c")


async def test_an_answer_is_graded_and_kept() -> None:
    answer = says("Within 30 days.")
    trial, _ = await run(planned(CONTAINS), answer)
    assert (trial.status, trial.passed, trial.score) == (TrialStatus.GRADED, True, 1.0)
    assert trial.completion == answer
    assert [grade.grader for grade in trial.grades] == ["names the window"]


async def test_an_answer_that_fails_its_check_is_graded_as_failed() -> None:
    trial, _ = await run(planned(CONTAINS), says("Whenever."))
    assert (trial.status, trial.passed, trial.score) == (TrialStatus.GRADED, False, 0.0)
    assert trial.error is None


async def test_the_set_decides_at_which_score_a_trial_passes() -> None:
    lenient = GraderSpec(kind="contains", name="x", argument="zzz", required=False)
    trial, _ = await run(planned(CONTAINS, lenient, pass_at=0.5), says("30 days"))
    assert trial.passed
    trial, _ = await run(planned(CONTAINS, lenient, pass_at=0.6), says("30 days"))
    assert not trial.passed


async def test_answer_and_judge_are_both_paid_counted_and_marked_with_the_trial() -> None:
    trial, asked = await run(planned(CONTAINS, RUBRIC), says("30 days, please"), judges("pass"))
    assert trial.passed
    assert trial.calls == 2
    assert trial.cost_usd == pytest.approx(2.0 * 1.0 + 2.0 * 0.5)
    assert [request.model for request in asked] == [MODEL, JUDGE]
    assert {request.trial for request in asked} == {"returns-1/2"}


async def test_the_judge_does_not_read_what_the_version_makes_of_the_case() -> None:
    _, asked = await run(planned(RUBRIC), says("yes"), judges("pass"))
    assert "by v2" in asked[0].turns[0].text
    assert "by v2" not in asked[1].turns[0].text


async def test_retries_are_counted() -> None:
    overloaded = CallFailure(kind=FailureKind.OVERLOADED, message="busy")
    trial, _ = await run(planned(CONTAINS), overloaded, says("30 days"))
    assert (trial.status, trial.calls) == (TrialStatus.GRADED, 2)


@pytest.mark.parametrize("model", [MODEL, JUDGE])
async def test_the_cost_is_unknown_when_any_price_is(model: str) -> None:
    trial, _ = await run(planned(RUBRIC), says("yes"), judges("pass"), unpriced=frozenset({model}))
    assert trial.passed
    assert trial.cost_usd is None


async def test_a_failed_call_makes_an_errored_trial_of_its_kind() -> None:
    trial, _ = await run(planned(CONTAINS), CallFailure(kind=FailureKind.REQUEST, message="no"))
    assert trial.status is TrialStatus.ERRORED
    assert trial.error == TrialError(kind="request", message="no")
    assert (trial.passed, trial.score, trial.grades) == (None, None, ())
    assert (trial.completion, trial.calls, trial.cost_usd) == (None, 1, 0.0)


async def test_a_judge_that_cannot_tell_leaves_the_trial_ungraded_with_its_answer() -> None:
    trial, _ = await run(planned(RUBRIC), says("yes"), judges("cannot_tell"))
    assert trial.status is TrialStatus.ERRORED
    assert trial.error is not None
    assert trial.error.kind == "ungraded"
    assert trial.completion == says("yes")
    assert trial.calls == 2


async def test_a_judge_s_failed_call_is_named_so_that_it_can_stop_the_run() -> None:
    broke = CallFailure(kind=FailureKind.SPEND_LIMIT, message="limit reached")
    trial, _ = await run(planned(RUBRIC), says("yes"), broke)
    assert trial.status is TrialStatus.ERRORED
    assert trial.error == TrialError(
        kind="spend_limit", message="the judge's call failed: limit reached"
    )


async def test_what_a_wrong_answer_cost_is_not_known() -> None:
    failure = CallFailure(kind=FailureKind.WRONG_MODEL, message="another model answered")
    trial, _ = await run(planned(CONTAINS), failure)
    assert (trial.status, trial.cost_usd) == (TrialStatus.ERRORED, None)


async def test_an_optional_judge_s_failed_call_is_not_blamed_for_another_grader() -> None:
    optional = GraderSpec(
        kind="rubric", name="r", criteria=(Criterion(text="Is polite."),), required=False
    )
    failed = CallFailure(kind=FailureKind.REQUEST, message="limit reached")
    script = (says("30 days"), failed, judges("cannot_tell"))
    trial, _ = await run(planned(optional, RUBRIC), *script)
    assert trial.error is not None
    assert trial.error.kind == "ungraded"


async def test_a_judge_s_failed_call_that_is_not_required_leaves_the_trial_graded() -> None:
    optional = GraderSpec(
        kind="rubric", name="r", criteria=(Criterion(text="Is polite."),), required=False
    )
    failed = CallFailure(kind=FailureKind.REQUEST, message="no")
    trial, _ = await run(planned(CONTAINS, optional), says("30 days"), failed)
    assert (trial.status, trial.passed, trial.error) == (TrialStatus.GRADED, True, None)


async def test_all_rounds_with_tools_are_paid_counted_and_marked_with_the_trial() -> None:
    script = (calls_tool("t1"), calls_tool("t2"), says("30 days"), judges("pass"))
    trial, asked = await run(with_tools(planned(CONTAINS, RUBRIC)), *script)
    assert (trial.passed, trial.calls) == (True, 4)
    assert trial.cost_usd == pytest.approx(3 * 2.0 + 2.0 * 0.5)
    assert {request.trial for request in asked} == {"returns-1/2"}
    assert asked[1].turns[-1].content == (ToolResult(call="t1", content="shipped"),)
    assert trial.completion is not None
    assert [call.id for call in trial.completion.tool_calls] == ["t1", "t2"]
    assert trial.completion.latency_ms == 21


async def test_a_call_without_a_result_is_the_answer() -> None:
    trial, asked = await run(planned(CONTAINS), calls_tool("t1"))
    assert (trial.status, trial.passed, len(asked)) == (TrialStatus.GRADED, False, 1)
    assert trial.completion == calls_tool("t1")


async def test_a_failure_in_a_later_round_is_the_trial_s_and_the_earlier_ones_are_paid() -> None:
    broke = CallFailure(kind=FailureKind.BILLING, message="no money")
    trial, _ = await run(with_tools(planned(CONTAINS)), calls_tool("t1"), broke)
    assert trial.error == TrialError(kind="billing", message="no money")
    assert (trial.status, trial.calls) == (TrialStatus.ERRORED, 2)
    assert trial.cost_usd == pytest.approx(2.0)


class PastTrials:
    """Records that hold one trial, and remember what was looked for."""

    def __init__(self, *trials: Trial) -> None:
        self._trials = {trial.asked: trial for trial in trials}

    def find(self, asked: str) -> Trial | None:
        return self._trials.get(asked)

    def seconds(self, evalset: str) -> Mapping[str, float]:
        raise AssertionError(evalset)


async def run_again(  # noqa: PLR0913 - the levers of a test
    plan: PlannedTrial,
    *answers: Completion | CallFailure,
    past: Sequence[Trial] = (),
    store: MemoryStore | None = None,
    judge: JudgeSettings | None = None,
    code_hash: str = "",
    route: str = "",
) -> tuple[Trial, list[ChatRequest]]:
    model, prices = ScriptedModel(answers), FlatPrices(usd_per_million=2.0)
    places = Places(origins={"": "o", "eu": "p"}, price_factors={"eu": 3.0})
    means = Means(
        model=model,
        prices=prices,
        clock=FakeClock(),
        random=lambda: 0.5,
        settings=RunSettings(attempts=2),
        budget=Budget(),
        places=places,
        store=store,
    )
    runner = TrialRunner(
        calls=Caller(means),
        prices=prices,
        places=places,
        judge=judge or JudgeSettings(model=JUDGE),
        render=render,
        draw_boundary=lambda: "ab" * 16,
        route=route,
        code_hash=code_hash,
        records=PastTrials(*past),
    )
    return await runner.run(plan), model.asked


async def test_the_judge_s_part_of_the_cost_stands_apart() -> None:
    trial, asked = await run(planned(RUBRIC), says("yes"), judges("pass"))
    assert (trial.cost_usd, trial.judge_cost_usd, trial.booked_usd) == (3.0, 1.0, 3.0)
    assert [request.purpose for request in asked] == [Purpose.ANSWER, Purpose.JUDGE]


async def test_a_trial_asks_for_its_own_sample_over_its_route() -> None:
    trial, asked = await run_again(planned(RUBRIC), says("yes"), judges("pass"), route="eu")
    assert [(request.sample, request.route) for request in asked] == [(2, "eu"), (0, "")]
    assert trial.cost_usd == 3.0 * 2.0 + 1.0


async def test_what_a_trial_costs_over_its_route_is_what_is_graded() -> None:
    cheap = GraderSpec(kind="cost_usd", name="is cheap", argument=4.0)
    direct, _ = await run_again(planned(cheap), says("yes"))
    dear, _ = await run_again(planned(cheap), says("yes"), route="eu")
    assert (direct.passed, dear.passed) == (True, False)


async def test_a_trial_says_what_was_asked_and_how_it_was_graded() -> None:
    plan = planned(CONTAINS)
    trial, _ = await run_again(plan, says("30 days"))
    others = [
        await run_again(replace(plan, index=3), says("30 days")),
        await run_again(with_tools(plan), says("30 days")),
        await run_again(plan, says("30 days"), route="eu"),
    ]
    assert trial.asked
    assert len({trial.asked, *(other.asked for other, _ in others)}) == 4
    graded = [
        await run_again(plan, says("30 days"), judge=JudgeSettings(model="other")),
        await run_again(plan, says("30 days"), code_hash="c"),
        await run_again(replace(plan, case=replace(plan.case, hash="i")), says("30 days")),
    ]
    assert {other.asked for other, _ in graded} == {trial.asked}
    assert len({trial.grading, *(other.grading for other, _ in graded)}) == 4


async def test_a_trial_that_fails_says_what_was_asked_too() -> None:
    failed = CallFailure(kind=FailureKind.REQUEST, message="no")
    trial, _ = await run_again(planned(CONTAINS), failed)
    answered, _ = await run_again(planned(CONTAINS), says("30 days"))
    assert (trial.asked, trial.grading) == (answered.asked, answered.grading)


async def test_a_record_that_was_asked_and_graded_alike_is_the_trial() -> None:
    plan = planned(CONTAINS, RUBRIC)
    past, _ = await run_again(plan, says("30 days"), judges("fail"))
    arm = replace(plan, arm=Arm.CANDIDATE, version=replace(plan.version, hash="i"))
    trial, asked = await run_again(arm, past=[past])
    assert asked == []
    assert (trial.passed, trial.score, trial.grades) == (past.passed, past.score, past.grades)
    assert (trial.arm, trial.version_hash, trial.completion) == (
        Arm.CANDIDATE,
        "i",
        past.completion,
    )
    assert (trial.calls, trial.cost_usd, trial.booked_usd, trial.judge_cost_usd) == (0, 0, 0, 0)
    assert trial.reused == "record"


async def test_a_record_that_was_graded_otherwise_is_graded_again_and_not_asked() -> None:
    plan = planned(CONTAINS)
    past, _ = await run_again(plan, says("30 days"))
    stricter = replace(CONTAINS, argument="60 days")
    other = replace(plan, case=replace(plan.case, graders=(stricter,), hash="i"))
    trial, asked = await run_again(other, past=[past])
    assert asked == []
    assert (past.passed, trial.passed, trial.reused) == (True, False, "record")
    assert trial.completion == past.completion


async def test_only_the_judge_is_paid_when_it_grades_a_record_again() -> None:
    plan = planned(RUBRIC)
    past, _ = await run_again(plan, says("yes"), judges("pass"))
    judge = JudgeSettings(model=JUDGE, effort="high")
    trial, asked = await run_again(plan, judges("fail"), past=[past], judge=judge)
    assert [request.model for request in asked] == [JUDGE]
    assert (trial.passed, trial.calls, trial.cost_usd) == (False, 1, 1.0)
    assert trial.reused == ""


async def test_a_record_whose_answer_was_deleted_is_asked_again() -> None:
    plan = planned(CONTAINS)
    past, _ = await run_again(plan, says("30 days"))
    gone = replace(past, completion=None, grading="other")
    trial, asked = await run_again(plan, says("30 days again"), past=[gone])
    assert (len(asked), trial.calls, trial.reused) == (1, 1, "")


async def test_a_record_of_another_sample_is_no_record() -> None:
    plan = planned(CONTAINS)
    past, _ = await run_again(replace(plan, index=0), says("30 days"))
    _, asked = await run_again(plan, says("30 days"), past=[past])
    assert len(asked) == 1


async def test_a_trial_whose_answers_are_all_stored_takes_no_call() -> None:
    store, plan = MemoryStore(), planned(CONTAINS, RUBRIC)
    first, _ = await run_again(plan, says("30 days"), judges("pass"), store=store)
    again, asked = await run_again(plan, store=store)
    assert asked == []
    assert (first.reused, again.reused, again.calls, again.cost_usd) == ("", "cache", 0, 0.0)
    assert again.grades == first.grades


async def test_the_judge_grades_the_same_answer_once() -> None:
    store, plan = MemoryStore(), planned(RUBRIC)
    await run_again(plan, says("yes"), judges("pass"), store=store)
    other = replace(plan, index=3)
    trial, asked = await run_again(other, says("yes"), store=store)
    assert [request.model for request in asked] == [MODEL]
    assert (trial.passed, trial.calls) == (True, 1)


async def test_an_answer_from_the_store_after_a_deleted_record_comes_from_the_cache() -> None:
    store, plan = MemoryStore(), planned(CONTAINS)
    past, _ = await run_again(plan, says("30 days"), store=store)
    gone = replace(past, completion=None, grading="other")
    trial, asked = await run_again(plan, past=[gone], store=store)
    assert (asked, trial.reused) == ([], "cache")
