import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.grading.judgement import rubric_grade
from evalgate.model.chat import CallFailure, Completion, FailureKind, Usage
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.trial import Grade

USAGE = Usage(input_tokens=1, output_tokens=1)
WINDOW = Criterion(text="States the window")
TONE = Criterion(text="Is friendly")


def rubric(*criteria: Criterion, negated: bool = False) -> GraderSpec:
    return GraderSpec(kind="rubric", name="r", criteria=criteria, negated=negated)


def reply(text: str, stop_reason: str = "end_turn") -> Completion:
    return Completion(text=text, model="j", stop_reason=stop_reason, usage=USAGE, latency_ms=1)


def verdicts(*words: str) -> Completion:
    findings = enumerate(words, start=1)
    data = {f"c{n}": {"reason": f"Reason {n}.", "verdict": word} for n, word in findings}
    return reply(json.dumps(data))


def grade(*words: str, of: tuple[Criterion, ...] = (WINDOW, TONE)) -> Grade:
    return rubric_grade(rubric(*of), verdicts(*words))


def test_a_rubric_passes_when_every_required_criterion_passes() -> None:
    found = grade("pass", "pass")
    assert (found.passed, found.score, found.cause) == (True, 1.0, None)


def test_a_required_criterion_that_fails_fails_the_rubric() -> None:
    found = grade("pass", "fail")
    assert (found.passed, found.score) == (False, 0.5)


def test_an_optional_criterion_that_fails_costs_score_only() -> None:
    found = grade("pass", "fail", of=(WINDOW, Criterion(text="t", required=False, weight=3.0)))
    assert (found.passed, found.score) == (True, 0.25)


def test_a_required_criterion_that_cannot_be_told_leaves_the_rubric_ungraded() -> None:
    found = grade("cannot_tell", "pass")
    assert (found.passed, found.score, found.cause) == (None, None, "cannot_tell")
    assert found.reason == "Reason 1."


def test_an_optional_criterion_that_cannot_be_told_does_not_count() -> None:
    found = grade("pass", "cannot_tell", of=(WINDOW, Criterion(text="t", required=False)))
    assert (found.passed, found.score) == (True, 1.0)


def test_optional_criteria_alone_fail_only_when_none_of_them_passes() -> None:
    optional = (Criterion(text="a", required=False), Criterion(text="b", required=False))
    assert grade("pass", "fail", of=optional).passed
    assert not grade("fail", "fail", of=optional).passed


def test_optional_criteria_that_all_cannot_be_told_leave_the_rubric_ungraded() -> None:
    optional = (Criterion(text="a", required=False), Criterion(text="b", required=False))
    assert grade("cannot_tell", "cannot_tell", of=optional).cause == "cannot_tell"


@pytest.mark.parametrize(("word", "score"), [("pass", 1.0), ("fail", 0.0)])
def test_a_criterion_without_weight_still_gives_a_score(word: str, score: float) -> None:
    assert grade(word, of=(Criterion(text="a", weight=0),)).score == score


def test_a_negated_rubric_passes_when_its_criteria_do_not() -> None:
    found = rubric_grade(rubric(WINDOW, TONE, negated=True), verdicts("pass", "fail"))
    assert (found.passed, found.score) == (True, 0.5)
    assert rubric_grade(rubric(WINDOW, negated=True), verdicts("pass")).passed is False


def test_the_letter_case_of_a_verdict_does_not_matter() -> None:
    assert grade("PASS", "Pass").passed
    assert grade("Cannot_Tell", "pass").cause == "cannot_tell"


def test_a_single_reason_stands_alone() -> None:
    assert grade("fail", of=(WINDOW,)).reason == snapshot("Reason 1.")


def test_the_reasons_of_what_failed_are_told_apart_by_criterion() -> None:
    tone = Criterion(text="Is brief")
    found = grade("fail", "pass", "fail", of=(WINDOW, TONE, tone))
    assert found.reason == snapshot("States the window: Reason 1; Is brief: Reason 3")


def test_a_passing_rubric_gives_all_reasons() -> None:
    assert grade("pass", "pass").reason == snapshot(
        "States the window: Reason 1; Is friendly: Reason 2"
    )


FINDING = '{"reason": "Because.", "verdict": "pass"}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The answer passes.",
        f'```json\n{{"c1": {FINDING}}}\n```',
        f'{{"c1": {FINDING}}} The answer is good.',
        "[]",
        "{}",
        '"pass"',
        "null",
        f'{{"c2": {FINDING}}}',
        f'{{"c1": {FINDING}, "c2": {FINDING}}}',
        '{"c1": {"reason": "r", "verdict": "fail"}, "c1": {"reason": "r", "verdict": "pass"}}',
        '{"c1": "pass"}',
        '{"c1": {"verdict": "pass"}}',
        '{"c1": {"reason": "r"}}',
        '{"c1": {"reason": "", "verdict": "pass"}}',
        '{"c1": {"reason": " \\n", "verdict": "pass"}}',
        '{"c1": {"reason": null, "verdict": "pass"}}',
        '{"c1": {"reason": "r", "verdict": "passed"}}',
        '{"c1": {"reason": "r", "verdict": "yes"}}',
        '{"c1": {"reason": "r", "verdict": true}}',
        '{"c1": {"reason": "r", "verdict": ["pass"]}}',
        '{"c1": {"reason": "r", "verdict": "pass", "score": 1}}',
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_a_reply_that_is_not_exactly_as_asked_is_ungraded(text: str, negated: bool) -> None:
    found = rubric_grade(rubric(WINDOW, negated=negated), reply(text))
    assert (found.passed, found.score, found.cause) == (None, None, "unparsable")


@given(st.text())
def test_no_prose_is_ever_a_grade(text: str) -> None:
    assert rubric_grade(rubric(WINDOW), reply(text)).passed is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Good.", snapshot("The judge's reply is not JSON at character 1: `Good.`.")),
        (
            f'{{"c2": {FINDING}}}',
            snapshot("The judge's reply is not an object with exactly the keys c1."),
        ),
        (
            '{"c1": {"reason": "r", "verdict": "yes"}}',
            snapshot(
                "The judge's reply has something other than a reason and one of pass, fail, "
                "cannot_tell at c1."
            ),
        ),
    ],
)
def test_an_unparsable_reply_says_what_was_wrong(text: str, reason: str) -> None:
    assert rubric_grade(rubric(WINDOW), reply(text)).reason == reason


@pytest.mark.parametrize(
    ("stop_reason", "cause"),
    [
        ("refusal", "refused"),
        ("max_tokens", "truncated"),
        ("pause_turn", "incomplete"),
        ("model_context_window_exceeded", "incomplete"),
    ],
)
def test_a_reply_that_was_refused_or_cut_short_is_ungraded_even_when_it_reads_as_a_verdict(
    stop_reason: str, cause: str
) -> None:
    found = rubric_grade(rubric(WINDOW), reply(f'{{"c1": {FINDING}}}', stop_reason))
    assert (found.passed, found.score, found.cause) == (None, None, cause)


def test_a_failed_call_is_ungraded_and_says_how_it_failed() -> None:
    failure = CallFailure(kind=FailureKind.OVERLOADED, message="the service is overloaded")
    found = rubric_grade(rubric(WINDOW), failure)
    assert (found.passed, found.score, found.cause) == (None, None, "call_failed")
    assert found.reason == snapshot(
        "The judge gave no reply (overloaded): the service is overloaded"
    )


def test_the_reasons_of_a_talkative_judge_are_cut() -> None:
    data = {"c1": {"reason": "word " * 5000, "verdict": "fail"}}
    assert len(rubric_grade(rubric(WINDOW), reply(json.dumps(data))).reason) <= 400
