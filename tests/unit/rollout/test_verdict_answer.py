"""Facts about what a delivery engine is told: a pass comes from evidence and from nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.model.milestone import Phase
from evalgate.model.rollout import Lack, Outcome, RolloutReport
from evalgate.model.verdict import Verdict
from evalgate.rollout.verdict_answer import answer, no_such_prompt, unreadable, word
from evalgate.rollout.verdict_question import Hook, Question
from tests.unit.rollout.known_rollouts import STARTED, known_rollout

UNDER_WAY = (Phase.PREFLIGHT, Phase.SERVING, Phase.HELD)
CONFIRMING = (Hook.CONFIRM_ROLLOUT, Hook.CONFIRM_TRAFFIC_INCREASE, Hook.CONFIRM_PROMOTION)
REPORTS = st.none() | st.builds(
    known_rollout,
    st.sampled_from(Outcome),
    st.sampled_from(Phase),
    version=st.sampled_from(["v3", "v4"]),
    verdict=st.sampled_from(["", "20261118-101500-ab12"]),
)
QUESTIONS = st.builds(
    Question,
    prompt=st.just("support-reply"),
    hook=st.sampled_from(Hook),
    version=st.sampled_from(["", "v3", "v4"]),
    goes_when_idle=st.booleans(),
)


def asked(hook: Hook = Hook.VERDICT, version: str = "", *, idle: bool = False) -> Question:
    return Question(prompt="support-reply", hook=hook, version=version, goes_when_idle=idle)


def verdict(report: RolloutReport | None, version: str = "") -> str:
    answered = answer(asked(version=version), report)
    assert answered.status == 200
    return str(answered.document["verdict"])


def status(
    hook: Hook, report: RolloutReport | None, version: str = "", *, idle: bool = False
) -> int:
    return answer(asked(hook, version, idle=idle), report).status


# The law


@given(QUESTIONS, REPORTS)
def test_only_evidence_that_says_advance_makes_a_pass(
    question: Question, report: RolloutReport | None
) -> None:
    told = answer(question, report).document["verdict"]
    advances = (
        report is not None
        and report.outlook.outcome is Outcome.ADVANCE
        and report.rollout.phase is Phase.SERVING
        and question.version in ("", report.rollout.version)
    )
    assert (told == "pass") is advances


@given(QUESTIONS, REPORTS)
def test_a_hook_lets_traffic_on_only_by_a_pass_or_where_the_asker_said_so_for_idle_times(
    question: Question, report: RolloutReport | None
) -> None:
    answered = answer(question, report)
    if question.hook in CONFIRMING[1:] and answered.status != 403:
        idle = answered.document["idle"] is True and question.goes_when_idle
        assert answered.document["verdict"] == "pass" or idle


@given(QUESTIONS, REPORTS)
def test_no_hook_both_lets_on_and_calls_back(
    question: Question, report: RolloutReport | None
) -> None:
    told: dict[Hook, int] = {
        hook: status(hook, report, question.version, idle=question.goes_when_idle)
        for hook in Hook
        if hook is not Hook.VERDICT
    }
    assert set(told.values()) <= {200, 403}
    if told[Hook.ROLLBACK] == 200:
        assert {told[hook] for hook in CONFIRMING} == {403}


@given(QUESTIONS, REPORTS)
def test_of_another_version_than_the_asker_carries_nothing_is_said_either_way(
    question: Question, report: RolloutReport | None
) -> None:
    if question.version and (report is None or report.rollout.version != question.version):
        answered = answer(question, report)
        assert answered.document["verdict"] == "inconclusive"
        assert answered.status == (200 if question.hook is Hook.VERDICT else 403)


# The verdict


@pytest.mark.parametrize(
    ("outcome", "phase", "said"),
    [
        (Outcome.ADVANCE, Phase.SERVING, "pass"),
        (Outcome.ADVANCE, Phase.HELD, "inconclusive"),
        (Outcome.ADVANCE, Phase.PREFLIGHT, "inconclusive"),
        (Outcome.HOLD, Phase.SERVING, "inconclusive"),
        (Outcome.HOLD, Phase.HELD, "inconclusive"),
        (Outcome.ROLL_BACK, Phase.SERVING, "fail"),
        (Outcome.ROLL_BACK, Phase.HELD, "fail"),
        (Outcome.ROLL_BACK, Phase.PREFLIGHT, "fail"),
    ],
)
def test_a_verdict_is_what_the_evidence_says_of_a_rollout_that_moves(
    outcome: Outcome, phase: Phase, said: str
) -> None:
    report = known_rollout(outcome, phase)
    assert verdict(report) == verdict(report, "v4") == said
    assert word(report, "support-reply") is Verdict(said)
    assert answer(asked(), report).document["idle"] is False


@pytest.mark.parametrize("outcome", Outcome)
def test_what_is_over_says_nothing_about_the_next_release(outcome: Outcome) -> None:
    for phase in (Phase.PROMOTED, Phase.ROLLED_BACK):
        report = known_rollout(outcome, phase)
        document = answer(asked(), report).document
        assert (document["verdict"], document["idle"]) == ("inconclusive", True)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_release_of_the_version_that_was_rolled_back_fails(outcome: Outcome) -> None:
    report = known_rollout(outcome, Phase.ROLLED_BACK)
    assert verdict(report, "v4") == "fail"
    assert verdict(report, "v5") == "inconclusive"
    assert verdict(known_rollout(outcome, Phase.PROMOTED), "v4") == "inconclusive"


def test_the_document_tells_where_the_rollout_stands_and_what_is_missing() -> None:
    lack = Lack(code="units", message="61 of 100 units are scored", until=STARTED + 7_200)
    report = known_rollout(lacks=(lack,))
    assert answer(asked(), report).document == snapshot(
        {
            "schema": "served-verdict/1",
            "prompt": "support-reply",
            "verdict": "inconclusive",
            "idle": False,
            "version": "v4",
            "phase": "serving",
            "outcome": "hold",
            "percent": 5,
            "to": 25,
            "offline_verdict": "20261118-101500-ab12",
            "at": "2026-11-18T12:06:40Z",
            "ready_at": "2026-11-18T13:06:40Z",
            "reasons": [{"code": "units", "message": "61 of 100 units are scored"}],
        }
    )


def test_without_a_rollout_the_document_has_the_same_words() -> None:
    assert answer(asked(), None).document == snapshot(
        {
            "schema": "served-verdict/1",
            "prompt": "support-reply",
            "verdict": "inconclusive",
            "idle": True,
            "version": None,
            "phase": None,
            "outcome": None,
            "percent": None,
            "to": None,
            "offline_verdict": None,
            "at": None,
            "ready_at": None,
            "reasons": [
                {"code": "no_rollout", "message": "no rollout of this prompt is on record"}
            ],
        }
    )


def test_a_version_that_is_not_known_here_is_named_as_such() -> None:
    document = answer(asked(version="v9"), known_rollout(Outcome.ADVANCE)).document
    assert document["reasons"] == snapshot(
        [{"code": "other_version", "message": "the latest rollout is of v4: v9 is not known here"}]
    )


def test_a_held_rollout_says_so_first() -> None:
    document = answer(asked(), known_rollout(Outcome.ADVANCE, Phase.HELD)).document
    assert document["reasons"] == snapshot(
        [
            {"code": "held", "message": "the rollout is held: a person has to move it on"},
            {"code": "advance", "message": "the evidence says advance"},
        ]
    )


@given(QUESTIONS, REPORTS)
def test_every_document_is_json_with_a_schema(
    question: Question, report: RolloutReport | None
) -> None:
    for told in (answer(question, report), no_such_prompt(), unreadable("why")):
        assert json.loads(json.dumps(told.document))["schema"] == "served-verdict/1"


def test_what_cannot_be_told_carries_no_verdict() -> None:
    assert unreadable("calls.jsonl:3: not JSON").document == {
        "schema": "served-verdict/1",
        "error": "calls.jsonl:3: not JSON",
    }
    assert (unreadable("x").status, no_such_prompt().status) == (503, 404)
    assert "verdict" not in no_such_prompt().document


# Flagger's hooks


@pytest.mark.parametrize("hook", [Hook.CONFIRM_TRAFFIC_INCREASE, Hook.CONFIRM_PROMOTION])
def test_more_traffic_needs_a_pass(hook: Hook) -> None:
    assert status(hook, known_rollout(Outcome.ADVANCE)) == 200
    assert status(hook, known_rollout(Outcome.HOLD)) == 403
    assert status(hook, known_rollout(Outcome.ROLL_BACK)) == 403
    assert status(hook, None) == 403


@pytest.mark.parametrize("outcome", [Outcome.ADVANCE, Outcome.HOLD])
def test_the_first_pod_needs_an_offline_verdict_and_no_stop(outcome: Outcome) -> None:
    hook = Hook.CONFIRM_ROLLOUT
    assert status(hook, known_rollout(outcome)) == 200
    assert status(hook, known_rollout(outcome, Phase.PREFLIGHT)) == 200
    assert status(hook, known_rollout(outcome, verdict="")) == 403
    assert status(hook, known_rollout(outcome, Phase.HELD)) == 403
    assert status(hook, known_rollout(outcome), "v9") == 403
    assert status(hook, known_rollout(Outcome.ROLL_BACK)) == 403


def test_only_a_fail_calls_back() -> None:
    hook = Hook.ROLLBACK
    assert status(hook, known_rollout(Outcome.ROLL_BACK)) == 200
    assert status(hook, known_rollout(Outcome.HOLD, Phase.ROLLED_BACK), "v4") == 200
    for report in (None, known_rollout(Outcome.ADVANCE), known_rollout(Outcome.HOLD)):
        assert status(hook, report) == 403
    assert status(hook, known_rollout(Outcome.HOLD, Phase.ROLLED_BACK)) == 403
    assert status(hook, None, idle=True) == 403


@pytest.mark.parametrize("hook", CONFIRMING)
def test_a_release_without_a_rollout_goes_only_where_the_asker_said_so(hook: Hook) -> None:
    idle = (None, *(known_rollout(Outcome.HOLD, phase) for phase in Phase if phase.is_over))
    assert [status(hook, report) for report in idle] == [403, 403, 403]
    assert [status(hook, report, idle=True) for report in idle] == [200, 200, 200]
    assert [status(hook, report, "v4", idle=True) for report in idle] == [403, 200, 403]
    assert [status(hook, report, "v5", idle=True) for report in idle] == [403, 403, 403]


@pytest.mark.parametrize("phase", UNDER_WAY)
def test_an_idle_word_changes_nothing_while_a_rollout_is_under_way(phase: Phase) -> None:
    for hook in CONFIRMING:
        for outcome in Outcome:
            report = known_rollout(outcome, phase)
            assert status(hook, report, idle=True) == status(hook, report)


def test_a_hook_tells_what_it_decided_beside_the_verdict() -> None:
    document = answer(asked(Hook.CONFIRM_PROMOTION), known_rollout()).document
    assert (document["hook"], document["go"]) == ("confirm-promotion", False)
    assert document["verdict"] == "inconclusive"
