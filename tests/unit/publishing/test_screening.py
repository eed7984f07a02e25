"""Facts about what an unapproved pull request comes to: nothing that waits is ever a success."""

from dataclasses import replace

import pytest

from evalgate.errors import ExitCode
from evalgate.gate.planning import Plan
from evalgate.model.change import Finding
from evalgate.model.chat import Completion, Usage
from evalgate.model.github import CommitState
from evalgate.model.policy import OnInconclusive
from evalgate.model.trial import EVIDENCE, RECORD, Trial, TrialStatus
from evalgate.model.verdict import (
    Estimate,
    PromptVerdict,
    Reason,
    RunVerdict,
    Spending,
    Verdict,
)
from evalgate.publishing.screening import (
    MOST_DESCRIPTION,
    UNVERIFIED,
    banner,
    of_plan,
    passed_over,
    refused,
    standing,
    unverified,
)
from tests.unit.gate.planned import plan, trials

FINE = Reason(code="non_inferior", message="It is no worse.")
AWAITS = Reason(code="awaits_calls", message="2 of 4 trials need Claude.")


def prompt(verdict: Verdict, *reasons: Reason, reused: str = RECORD) -> PromptVerdict:
    return PromptVerdict(
        name="p",
        evalset="a",
        candidate=None,
        baseline=None,
        verdict=verdict,
        reasons=reasons or (FINE,),
        max_drop=0.05,
        alpha=0.05,
        spending=Spending(reused={reused: 4}),
    )


def run(*prompts: PromptVerdict, verdict: Verdict | None = None) -> RunVerdict:
    worst = max((each.verdict for each in prompts), key=lambda each: each.severity)
    found = verdict or worst
    return RunVerdict(
        run_id="r",
        verdict=found,
        reasons=tuple(reason for each in prompts for reason in each.reasons),
        exit_code=found.exit_code(OnInconclusive.BLOCK),
        base="b",
        head="h",
        policy_hash="",
        prompts=prompts,
    )


def found(verdict: Verdict, of: Plan | None = None) -> Plan:
    finding = Finding(
        prompt="p",
        path="prompts/p/v1.md",
        verdict=verdict,
        reason=Reason(code="x", message="It was edited."),
    )
    return replace(of or plan(), findings=(finding,))


def state(of: Plan, verdict: RunVerdict, waiting: int = 2) -> tuple[CommitState, str]:
    said = standing(of, verdict, headline="Passed: all of it.", waiting=waiting)
    return said.state, said.description


def test_what_was_handed_in_decides_nothing() -> None:
    for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.NOT_APPLICABLE):
        judged = unverified(run(prompt(verdict, reused=EVIDENCE), verdict=Verdict.PASS))
        [told] = judged.prompts
        assert (told.verdict, told.reasons[0]) == (Verdict.INCONCLUSIVE, UNVERIFIED)
        assert (judged.verdict, judged.exit_code) == (
            Verdict.INCONCLUSIVE,
            ExitCode.INCONCLUSIVE,
        )
        assert judged.reasons == (UNVERIFIED,)
        assert state(plan(), judged)[0] is CommitState.PENDING


def test_no_change_is_told_that_nobody_has_verified() -> None:
    measured = replace(
        prompt(Verdict.PASS, reused=EVIDENCE), delta=Estimate(estimate=0.0, low=-0.1, high=0.1)
    )
    assert unverified(run(measured)).prompts[0].delta is None


def test_what_is_missing_besides_is_told() -> None:
    judged = unverified(run(prompt(Verdict.INCONCLUSIVE, AWAITS, reused=EVIDENCE)))
    assert judged.reasons == (UNVERIFIED, AWAITS)


def test_what_the_base_recorded_stands() -> None:
    judged = run(prompt(Verdict.PASS))
    assert unverified(judged) is judged
    assert state(plan(), judged) == (CommitState.SUCCESS, "Passed: all of it.")


def test_a_verified_failure_beside_an_unverified_pass_stays_one() -> None:
    judged = unverified(run(prompt(Verdict.FAIL), prompt(Verdict.PASS, reused=EVIDENCE)))
    assert (judged.verdict, judged.exit_code) == (Verdict.FAIL, ExitCode.FAIL)


def test_advice_stays_advice() -> None:
    judged = unverified(run(prompt(Verdict.PASS, reused=EVIDENCE), verdict=Verdict.NOT_APPLICABLE))
    assert (judged.verdict, judged.exit_code) == (Verdict.NOT_APPLICABLE, ExitCode.OK)
    assert state(plan(), judged)[0] is CommitState.PENDING


def test_what_awaits_calls_is_pending() -> None:
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    assert state(plan(), judged) == (
        CommitState.PENDING,
        "Waiting for approval: 2 trials need Claude",
    )
    assert state(plan(), judged, 1)[1] == "Waiting for approval: 1 trial needs Claude"


def test_what_awaits_calls_is_pending_beside_a_pass_too() -> None:
    judged = run(prompt(Verdict.PASS), prompt(Verdict.INCONCLUSIVE, AWAITS))
    assert state(plan(), judged)[0] is CommitState.PENDING


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE])
def test_what_blocks_without_a_call_fails(verdict: Verdict) -> None:
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    assert state(found(verdict), judged) == (CommitState.FAILURE, "Blocked: It was edited.")


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NOT_APPLICABLE])
def test_what_is_merely_found_blocks_nothing(verdict: Verdict) -> None:
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    assert state(found(verdict), judged)[0] is CommitState.PENDING


def test_a_doubt_blocks_nothing_under_a_lenient_policy() -> None:
    of = found(Verdict.INCONCLUSIVE)
    rules = replace(of.sources.policy.gate, on_inconclusive=OnInconclusive.WARN)
    policy = replace(of.sources.policy, gate=rules)
    lenient = replace(of, sources=replace(of.sources, policy=policy))
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    assert state(lenient, judged)[0] is CommitState.PENDING


def test_without_a_policy_at_the_base_nothing_blocks() -> None:
    of = found(Verdict.FAIL)
    bare = replace(of, sources=replace(of.sources, bootstrap=True))
    judged = run(prompt(Verdict.FAIL), verdict=Verdict.NOT_APPLICABLE)
    assert state(bare, judged)[0] is CommitState.SUCCESS


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.FAIL, CommitState.FAILURE),
        (Verdict.INCONCLUSIVE, CommitState.FAILURE),
        (Verdict.ERROR, CommitState.ERROR),
        (Verdict.NOT_APPLICABLE, CommitState.SUCCESS),
    ],
)
def test_a_verdict_that_rests_on_the_base_alone_is_the_status(
    verdict: Verdict, expected: CommitState
) -> None:
    assert state(plan(), run(prompt(verdict)))[0] is expected


def test_a_description_is_short_and_on_one_line() -> None:
    said = refused("a\nb" * 400).description
    assert said.startswith("Cannot be judged: a ba ba")
    assert len(said) == MOST_DESCRIPTION


def test_only_graded_trials_of_the_plan_may_count() -> None:
    of = plan()
    own = trials(of)
    answer = Completion(
        text="",
        model="m",
        stop_reason="end_turn",
        usage=Usage(input_tokens=1, output_tokens=1),
        latency_ms=1,
        simulated=True,
    )
    strangers = (
        replace(own[0], version="v9"),
        replace(own[0], case="other"),
        replace(own[0], trial=99),
        replace(own[0], status=TrialStatus.ERRORED),
        replace(own[0], completion=answer),
    )
    assert of_plan(of, (*own, *strangers)) == tuple(own)


def test_what_does_not_count_is_counted() -> None:
    own = [replace(trial, asked=f"k{place}") for place, trial in enumerate(trials(plan()))]
    assert passed_over(own, own) == ()
    asked_otherwise = [replace(own[0], asked="other"), *own[1:]]
    assert passed_over(asked_otherwise, own) == (
        "1 of 8 submitted trials are not trials of this plan, or not as asked here, and count not.",
    )
    skipped: list[Trial] = [replace(trial, status=TrialStatus.SKIPPED) for trial in own]
    assert passed_over(own, skipped)[0].startswith("8 of 8 ")


def test_the_banner_tells_cost_and_command() -> None:
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    told = banner(plan(), judged, waiting=2, cost="about $1", command="gh workflow run x")
    assert told is not None
    assert told.command == "gh workflow run x"
    assert told.text.startswith("Waiting for approval: 2 trials need Claude (about $1). ")


def test_the_banner_doubts_what_was_handed_in() -> None:
    judged = unverified(run(prompt(Verdict.PASS, reused=EVIDENCE)))
    told = banner(plan(), judged, waiting=2, cost="", command="")
    assert told is not None
    assert told.text.startswith("Not verified. Some answers come from the pull request's own run")


def test_nobody_is_asked_to_approve_what_is_blocked_anyway() -> None:
    judged = run(prompt(Verdict.INCONCLUSIVE, AWAITS))
    told = banner(found(Verdict.FAIL), judged, waiting=2, cost="", command="gh workflow run x")
    assert told is not None
    assert told.command == ""
    assert "what blocks this change already comes first" in told.text


def test_what_waits_for_nobody_has_no_banner() -> None:
    assert banner(plan(), run(prompt(Verdict.PASS)), waiting=0, cost="", command="") is None
