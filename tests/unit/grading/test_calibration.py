"""Facts about judging an answer by the required rubrics of its case."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from evalgate.grading.calibration import (
    asked_hash,
    criteria_of,
    judge_answer,
    label_from_criteria,
    required_rubrics,
)
from evalgate.grading.trial import Judging
from evalgate.model.chat import CallFailure, ChatRequest, Completion, FailureKind, Usage
from evalgate.model.evalset import Case, Criterion, GraderSpec
from evalgate.model.policy import JudgeSettings

KIND, SHORT, WARM = Criterion(text="Is kind"), Criterion(text="Is short"), Criterion(text="Is warm")
MANNERS = GraderSpec(kind="rubric", name="manners", criteria=(KIND, SHORT))
OPTIONAL = GraderSpec(kind="rubric", name="extra", criteria=(WARM,), required=False)
CASE = Case(
    id="a",
    vars={"question": "How long?"},
    expected=None,
    graders=(GraderSpec(kind="contains", name="days", argument="30"), MANNERS, OPTIONAL),
    hash="h",
)


class Judge:
    """Gives each vote in turn; a vote names the criteria that fail or cannot be told."""

    def __init__(self, *votes: Mapping[str, str] | CallFailure) -> None:
        self.votes = list(votes)
        self.asked: list[ChatRequest] = []

    async def __call__(self, request: ChatRequest) -> Completion | CallFailure:
        self.asked.append(request)
        vote = self.votes[len(self.asked) - 1]
        if isinstance(vote, CallFailure):
            return vote
        reply = {key: {"reason": f"So {word}.", "verdict": word} for key, word in vote.items()}
        return Completion(
            text=json.dumps(reply),
            model="m",
            stop_reason="end_turn",
            usage=Usage(input_tokens=1, output_tokens=1),
            latency_ms=1,
            simulated=True,
        )


def judging(judge: Judge, *, votes: int = 1) -> Judging:
    return Judging(judge=judge, settings=JudgeSettings(votes=votes), draw_boundary=lambda: "f" * 32)


async def test_only_required_rubrics_are_asked_about() -> None:
    judge = Judge({"c1": "pass", "c2": "pass"})
    found = await judge_answer(CASE, "No number here.", trial="a/0", judging=judging(judge))
    assert len(judge.asked) == 1
    assert judge.asked[0].trial == "a/0"
    assert (found.passed, found.cause, found.simulated) == (True, "", True)
    assert found.criteria == {"Is kind": True, "Is short": True}
    assert required_rubrics(CASE) == (MANNERS,)
    assert criteria_of(CASE) == ("Is kind", "Is short")


async def test_each_criterion_has_its_own_verdict() -> None:
    judge = Judge({"c1": "pass", "c2": "fail"})
    found = await judge_answer(CASE, "x", trial="a/0", judging=judging(judge))
    assert found.passed is False
    assert found.criteria == {"Is kind": True, "Is short": False}
    assert found.reason == "So fail."


async def test_a_doubt_leaves_the_answer_without_a_verdict() -> None:
    judge = Judge({"c1": "cannot_tell", "c2": "fail"})
    found = await judge_answer(CASE, "x", trial="a/0", judging=judging(judge))
    assert (found.passed, found.cause) == (None, "cannot_tell")
    assert found.criteria == {"Is kind": None, "Is short": False}


async def test_a_failed_call_has_no_verdict_on_anything() -> None:
    judge = Judge(CallFailure(kind=FailureKind.SERVER, message="down"))
    found = await judge_answer(CASE, "x", trial="a/0", judging=judging(judge))
    assert (found.passed, found.cause, found.criteria) == (None, "call_failed", {})


async def test_one_simulated_vote_makes_a_judgement_simulated_whatever_came_after_it() -> None:
    failure = CallFailure(kind=FailureKind.SERVER, message="down")
    judge = Judge({"c1": "fail", "c2": "fail"}, failure, failure)
    found = await judge_answer(CASE, "x", trial="a/0", judging=judging(judge, votes=3))
    assert len(judge.asked) > 1
    assert found.simulated


async def test_of_several_votes_one_of_the_majority_speaks_for_the_criteria() -> None:
    judge = Judge(
        {"c1": "fail", "c2": "fail"}, {"c1": "pass", "c2": "pass"}, {"c1": "pass", "c2": "pass"}
    )
    found = await judge_answer(CASE, "x", trial="a/0", judging=judging(judge, votes=3))
    assert found.passed is True
    assert found.criteria == {"Is kind": True, "Is short": True}


async def test_rubrics_are_told_apart_though_each_begins_with_a_first_vote() -> None:
    other = GraderSpec(kind="rubric", name="warmth", criteria=(WARM,))
    judge = Judge({"c1": "pass", "c2": "pass"}, {"c1": "fail"}, {"c1": "fail"})
    case = replace(CASE, graders=(MANNERS, other))
    found = await judge_answer(case, "x", trial="a/0", judging=judging(judge, votes=3))
    assert found.passed is False
    assert found.criteria == {"Is kind": True, "Is short": True, "Is warm": False}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"Is kind": True, "Is short": True}, True),
        ({"Is kind": True, "Is short": False}, False),
        ({"Is kind": True}, None),
        ({}, None),
    ],
)
def test_labels_of_all_criteria_make_a_label_of_the_answer(
    labels: dict[str, bool], expected: bool | None
) -> None:
    assert label_from_criteria(CASE, labels) is expected


def test_a_negated_rubric_turns_the_labels_of_its_criteria_around() -> None:
    case = replace(CASE, graders=(replace(MANNERS, negated=True),))
    assert label_from_criteria(case, {"Is kind": True, "Is short": True}) is False


def test_all_that_the_judge_reads_of_a_case_changes_its_hash() -> None:
    cases = [
        CASE,
        replace(CASE, vars={"question": "How much?"}),
        replace(CASE, expected="30"),
        replace(CASE, references=("30 days",)),
        replace(CASE, graders=(replace(MANNERS, criteria=(KIND,)),)),
        replace(CASE, graders=(replace(MANNERS, negated=True),)),
    ]
    assert len({asked_hash(case) for case in cases}) == len(cases)


def test_what_the_judge_does_not_read_leaves_the_hash_as_it_is() -> None:
    checked = replace(CASE, graders=(MANNERS,), hash="other", tags=("t",), critical=True)
    assert asked_hash(checked) == asked_hash(CASE)
