"""Facts about having the judge grade labelled answers, on the stand-ins that ship with the package."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import EvaluationError
from evalgate.gate.calibrating import JudgedAnswer, calibrations, judge_labels
from evalgate.gate.labels import LabelledAnswer, read_labels
from evalgate.gate.scope import Scope
from evalgate.grading.evalset import read_evalset
from evalgate.model.chat import CallFailure, ChatRequest, FailureKind
from evalgate.model.document import Data, Document
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import JudgeSettings, Policy, RunSettings
from evalgate.model.trial import Trial
from tests.flow.test_running import BASE, Stage

POLICY = Policy(run=RunSettings(attempts=1))
GOOD, BAD = "You have 30 days.", "Any time."


def evalset(rubric: str = "names the window") -> EvalSet:
    text = BASE["evalsets/p.yaml"].replace("names the window", rubric)
    return read_evalset(
        FORMATS.read_yaml("evalsets/p.yaml", text.encode()), name="p", tree={}, parser=FORMATS
    )


def labels(
    *said: tuple[str, str], judge: str | None = None, of: EvalSet | None = None
) -> Sequence[LabelledAnswer]:
    """Return labelled answers, each to a case of its own."""
    rows = []
    for number, (answer, human) in enumerate(said):
        data: dict[str, Data] = {"case": f"c{number:02}", "answer": answer, "human": human}
        if judge is not None:
            data["judge"] = judge
        rows.append(Document(path="labels.csv", data=data, lines={(): number + 2}))
    return read_labels(rows, {"p": of or evalset()}, evalset="p").answers


async def judged(
    stage: Stage, answers: Sequence[LabelledAnswer], *, policy: Policy = POLICY
) -> tuple[list[JudgedAnswer], list[Trial]]:
    told: list[Trial] = []
    found = await judge_labels(
        answers, policy, outside=stage.outside(), scope=Scope(), on_trial=told.append
    )
    return found, told


async def test_the_judge_alone_is_asked_once_about_each_answer() -> None:
    stage = Stage()
    found, told = await judged(stage, labels((GOOD, "pass"), (BAD, "fail"), (BAD, "pass")))
    assert stage.calls == (0, 3)
    assert [each.said.passed for each in found] == [True, False, False]
    assert [each.disagrees for each in found] == [False, False, True]
    assert sorted(trial.passed is True for trial in told) == [False, True, True]
    assert sum(trial.cost_usd or 0.0 for trial in told) > 0


async def test_answers_of_one_case_are_told_apart() -> None:
    answers = labels((GOOD, "pass"), (BAD, "fail"))
    same = [
        LabelledAnswer(
            evalset=each.evalset,
            case=answers[0].case,
            answer=each.answer,
            human=each.human,
            criteria={},
        )
        for each in answers
    ]
    stage = Stage()
    found, _ = await judged(stage, same)
    assert [each.said.passed for each in found] == [True, False]
    assert [request.trial for request in stage.model.sent] == ["c00/0", "c00/1"]


async def test_a_stated_verdict_is_taken_as_it_stands() -> None:
    stage = Stage()
    found, told = await judged(stage, labels((GOOD, "pass"), judge="fail"))
    assert (stage.calls, told) == ((0, 0), [])
    assert found[0].said.passed is False
    doubtful, _ = await judged(stage, labels((GOOD, "pass"), judge="cannot_tell"))
    assert doubtful[0].said.cause == "cannot_tell"


async def test_answers_without_a_verdict_are_no_anchors_and_are_counted() -> None:
    def fails(request: ChatRequest, attempt: int) -> CallFailure | None:
        assert attempt == 1
        broken = CallFailure(kind=FailureKind.REQUEST, message="no")
        return broken if request.trial == "c01/0" else None

    answers = labels((GOOD, "pass"), (GOOD, "pass"), of=evalset())
    unclear = labels((BAD, "fail"), of=evalset("is written in blue"))
    stage = Stage(script=fails)
    found, told = await judged(stage, [*answers, *unclear])
    [calibration] = calibrations(found, JudgeSettings()).values()
    assert calibration.ungraded == {"call_failed": 1, "cannot_tell": 1}
    assert [anchor.case for anchor in calibration.anchors] == ["c00"]
    assert calibration.asked.keys() == {"c00"}
    assert sum(trial.error is not None for trial in told) == 2


async def test_one_simulated_verdict_makes_a_calibration_simulated() -> None:
    found, _ = await judged(Stage(), labels((GOOD, "pass"), (BAD, "fail")))
    for simulated, expected in (((True, False), True), ((False, False), False)):
        told = [
            replace(each, said=replace(each.said, simulated=by))
            for each, by in zip(found, simulated, strict=True)
        ]
        [calibration] = calibrations(told, JudgeSettings()).values()
        assert calibration.simulated is expected


async def test_criteria_are_counted_where_both_have_a_verdict() -> None:
    found, _ = await judged(Stage(), labels((GOOD, "pass"), (BAD, "pass"), (BAD, "fail")))
    criterion = [
        JudgedAnswer(
            label=LabelledAnswer(
                evalset=each.label.evalset,
                case=each.label.case,
                answer=each.label.answer,
                human=each.label.human,
                criteria={"names the window": each.label.human is True},
            ),
            said=each.said,
        )
        for each in found
    ]
    [calibration] = calibrations(criterion, JudgeSettings()).values()
    counts = calibration.criteria["names the window"]
    assert (counts.pass_pass, counts.pass_fail, counts.fail_pass, counts.fail_fail) == (1, 1, 0, 1)


async def test_what_stops_every_run_stops_a_calibration() -> None:
    def refuses(_: ChatRequest, attempt: int) -> CallFailure:
        assert attempt == 1
        return CallFailure(kind=FailureKind.AUTHENTICATION, message="the key is rejected")

    with pytest.raises(
        EvaluationError, match=r"not every answer was judged: .*the key is rejected"
    ):
        await judged(Stage(script=refuses), labels((GOOD, "pass"), (BAD, "fail")))
