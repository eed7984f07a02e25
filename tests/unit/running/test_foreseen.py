"""Facts about the calls that planned trials are foreseen to make."""

from collections.abc import Iterator, Sequence

from evalgate.model.chat import ChatRequest, Purpose
from evalgate.model.content import Tool, Turn
from evalgate.model.evalset import CannedResult, Case, Criterion, EvalSet, GraderSpec
from evalgate.model.policy import JudgeSettings
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm
from evalgate.running.conversation import MOST_ROUNDS
from evalgate.running.foreseen import ForeseenTrials, Foresight, Past
from evalgate.running.plan import PlannedTrial
from evalgate.running.size import Forecast, input_tokens

RUBRIC = GraderSpec(kind="rubric", name="polite", criteria=(Criterion(text="Is polite"),))
CHECK = GraderSpec(kind="contains", name="contains", argument="hello")
TOOL = Tool(name="look", description="", input_schema={})


def version(name: str, *, max_tokens: int = 800, tools: tuple[Tool, ...] = ()) -> PromptVersion:
    return PromptVersion(
        prompt="support",
        version=name,
        path="",
        hash=name,
        model="claude-haiku-5-5",
        max_tokens=max_tokens,
        effort=None,
        description="",
        inputs=(),
        output_schema=None,
        metadata={},
        system=None,
        parts=(),
        tools=tools,
    )


def case(
    id_: str = "a",
    *,
    graders: tuple[GraderSpec, ...] = (),
    results: Sequence[CannedResult] = (),
) -> Case:
    return Case(
        id=id_,
        vars={"question": "How long?"},
        expected=None,
        graders=graders,
        hash="",
        tool_results=tuple(results),
    )


def render(version: PromptVersion, case: Case) -> ChatRequest:
    return ChatRequest(
        model=version.model,
        max_tokens=version.max_tokens,
        turns=(Turn(role="user", content=f"{version.version} {case.id}"),),
        tools=version.tools,
    )


def planned(version: PromptVersion, case: Case, number: int = 1) -> Iterator[PlannedTrial]:
    evalset = EvalSet(name="e", path="", prompts=(), cases=(case,))
    for index in range(number):
        yield PlannedTrial(
            version=version, arm=Arm.CANDIDATE, evalset=evalset, case=case, index=index
        )


def foresee(
    *trials: PlannedTrial, judge: JudgeSettings | None = None, past: Past | None = None
) -> list[ForeseenTrials]:
    foresight = Foresight(
        render=render, judge=judge or JudgeSettings(), route="eu", past=past or Past()
    )
    return list(foresight.trials(trials))


def test_an_answer_is_one_call_of_a_known_size() -> None:
    [found] = foresee(*planned(version("v1"), case(graders=(CHECK,))))
    [call] = found.calls
    assert (call.purpose, call.model, call.route) == (Purpose.ANSWER, "claude-haiku-5-5", "eu")
    assert call.input == input_tokens(render(version("v1"), case()))
    assert call.repeats == Forecast(expected=1, most=1)


def test_an_unrecorded_answer_takes_a_quarter_of_its_limit_and_at_most_four_hundred() -> None:
    small = foresee(*planned(version("v1", max_tokens=801), case()))
    large = foresee(*planned(version("v1", max_tokens=9_000), case()))
    assert small[0].calls[0].output == Forecast(expected=201, most=801)
    assert large[0].calls[0].output == Forecast(expected=400, most=9_000)


def test_a_recorded_length_is_taken_up_to_the_limit() -> None:
    past = Past(answers={"support": 630.2}, judge=55.0)
    trials = list(planned(version("v1"), case(graders=(RUBRIC,))))
    [found] = foresee(*trials, past=past)
    assert [call.output.expected for call in found.calls] == [631, 55]
    [cut] = foresee(*planned(version("v1", max_tokens=100), case()), past=past)
    assert cut.calls[0].output.expected == 100


def test_each_rubric_is_a_call_of_the_judge_that_reads_the_answer() -> None:
    graders = (RUBRIC, CHECK, RUBRIC)
    [short] = foresee(*planned(version("v1", max_tokens=100), case(graders=graders)))
    [long] = foresee(*planned(version("v1", max_tokens=900), case(graders=graders)))
    judged = [call for call in short.calls if call.purpose is Purpose.JUDGE]
    assert len(judged) == 2
    assert judged[0].model == JudgeSettings().model
    grown = long.calls[1].input.expected - short.calls[1].input.expected
    assert grown == long.calls[0].output.expected - short.calls[0].output.expected == 200
    assert long.calls[1].input.most - short.calls[1].input.most == 1.5 * 800


def test_further_votes_are_possible_and_not_expected() -> None:
    trials = list(planned(version("v1"), case(graders=(RUBRIC,))))
    [found] = foresee(*trials, judge=JudgeSettings(votes=5))
    assert found.calls[1].repeats == Forecast(expected=1, most=5)
    assert found.calls[0].repeats == Forecast(expected=1, most=1)


def test_canned_results_make_rounds_that_grow() -> None:
    results = [CannedResult(tool="look", content="x" * 35), CannedResult(tool="look", content="y")]
    [found] = foresee(*planned(version("v1", tools=(TOOL,)), case(results=results)))
    assert [call.repeats.expected for call in found.calls] == [1, 1, 1] + [0] * (MOST_ROUNDS - 3)
    assert {call.repeats.most for call in found.calls} == {1}
    first, second, third = (call.input for call in found.calls[:3])
    assert second.expected - first.expected == third.expected - second.expected == 200 + 11 // 2
    assert second.most - first.most >= 800 + 35


def test_no_more_rounds_are_expected_than_a_conversation_may_have() -> None:
    results = [CannedResult(tool="look", content="")] * 40
    [found] = foresee(*planned(version("v1", tools=(TOOL,)), case(results=results)))
    assert len(found.calls) == MOST_ROUNDS
    assert all(call.repeats.expected == 1 for call in found.calls)


def test_a_version_without_tools_has_one_round_whatever_the_case_holds() -> None:
    results = [CannedResult(tool="look", content="")]
    [found] = foresee(*planned(version("v1"), case(results=results)))
    assert len(found.calls) == 1


def test_the_judge_of_a_conversation_reads_all_its_rounds() -> None:
    results = [CannedResult(tool="look", content="")]
    plain = foresee(*planned(version("v1"), case(graders=(RUBRIC,), results=results)))
    tools = foresee(
        *planned(version("v1", tools=(TOOL,)), case(graders=(RUBRIC,), results=results))
    )
    assert tools[0].calls[-1].input.expected - plain[0].calls[-1].input.expected == 200


def test_trials_of_one_case_that_follow_each_other_are_one_for_each_version() -> None:
    first, second = case("a"), case("b")
    old, new = version("v1"), version("v2")
    trials = [
        trial
        for each in (first, second)
        for pair in zip(planned(old, each, 3), planned(new, each, 3), strict=True)
        for trial in pair
    ]
    assert [found.number for found in foresee(*trials)] == [3, 3, 3, 3]


def test_the_plan_is_pulled_and_not_held() -> None:
    pulled = 0

    def endless() -> Iterator[PlannedTrial]:
        nonlocal pulled
        for number in range(10_000):
            pulled += 1
            yield from planned(version("v1"), case(str(number)))

    found = Foresight(render=render, judge=JudgeSettings()).trials(endless())
    next(found)
    assert pulled <= 2
