"""Draws the verdict of a run from its plan and its trials."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from evalgate.deciding import reasons
from evalgate.deciding.flakiness import flaky_cases
from evalgate.deciding.judge_scale import JUDGE_UNPROVEN, advised, tried_reason
from evalgate.deciding.rate_bounds import arm_bounds
from evalgate.deciding.rates import comparable, exceeds, rate
from evalgate.deciding.turning import Question, turning
from evalgate.deciding.verdict import Decision, decide, overall
from evalgate.deciding.wording import counted
from evalgate.errors import ExitCode
from evalgate.gate.acceptances import SET_CHANGED, with_command
from evalgate.gate.looks import History, look_taken
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.standing import MatchupTrials, Standing, is_refuted
from evalgate.gate.tally import Tally
from evalgate.model.change import Finding
from evalgate.model.comparison import CaseKind, CasePair
from evalgate.model.policy import GateRules, OnInconclusive, Policy
from evalgate.model.prompt import PromptVersion
from evalgate.model.trial import Arm, Trial
from evalgate.model.turning import Turning
from evalgate.model.verdict import (
    ChangedCases,
    PromptVerdict,
    Reason,
    RunVerdict,
    Verdict,
    VersionRef,
)
from evalgate.running.scheduler import StopReason

BROKEN_OFF = (
    "This run was broken off and gone on with: the calls in flight at that moment may have cost "
    "more than is told here."
)


def conclude(
    plan: Plan, trials: Callable[[], Iterator[Trial]], *, stopped: StopReason | None
) -> RunVerdict:
    """Return what is decided about a run.

    Args:
        plan: what was to be run.
        trials: yields the run's trials; called once.
        stopped: why the run ended before its last trial, if it did; its trials tell it too.
    """
    total = Tally()
    evidence = [
        _Evidence(matchup, matchup.rules(plan.sources.policy.gate)) for matchup in plan.matchups
    ]
    for trial in trials():
        total.add(trial)
        for each in evidence:
            each.add(trial)
    stopped = stopped or total.stopped
    prompts = (
        *(_prompt_verdict(each, plan) for each in evidence),
        *(_found(finding, plan.sources.policy) for finding in plan.findings),
    )
    found = [prompt.verdict for prompt in prompts]
    verdict = overall(found if stopped is None else [*found, Verdict.ERROR])
    why = _run_reasons(plan, prompts, stopped=stopped)
    unproven = tuple(_unproven(prompts))
    if plan.sources.bootstrap:
        verdict = Verdict.NOT_APPLICABLE
    return RunVerdict(
        run_id=plan.sources.question.run_id,
        verdict=verdict,
        reasons=why,
        exit_code=_exit_code(verdict, why, plan.sources.policy.gate),
        base=plan.sources.base,
        head=plan.sources.head,
        policy_hash=plan.sources.policy.hash,
        prompts=prompts,
        notes=(*plan.notes, *unproven, *((BROKEN_OFF,) if plan.broken_off else ())),
        cost_usd=total.cost_usd,
        spending=total.spending,
        calls=total.calls,
        simulated=total.simulated,
    )


def _exit_code(verdict: Verdict, why: Sequence[Reason], rules: GateRules) -> ExitCode:
    """Return the exit code; a run that could not make its calls is never let through."""
    awaits = any(reason.code == reasons.AWAITS_CALLS for reason in why)
    return verdict.exit_code(OnInconclusive.BLOCK if awaits else rules.on_inconclusive)


class _Evidence:
    """What the trials of one matchup say, and what they cost."""

    def __init__(self, matchup: Matchup, rules: GateRules) -> None:
        self.matchup = matchup
        self.tally = Tally()
        self._trials = MatchupTrials(matchup, rules)

    def add(self, trial: Trial) -> None:
        if self._trials.add(trial):
            self.tally.add(trial)

    def standing(self) -> Standing:
        return self._trials.standing()


def _prompt_verdict(evidence: _Evidence, plan: Plan) -> PromptVerdict:
    matchup, tally, standing = evidence.matchup, evidence.tally, evidence.standing()
    candidate, baseline = matchup.candidate.version, matchup.candidate.baseline
    rules, comparison = matchup.rules(plan.sources.policy.gate), standing.comparison
    decision: Decision = decide(
        comparison,
        standing.rules,
        baseline=baseline is not None,
        unchanged=matchup.candidate.unchanged,
    )
    silent = tuple(_silent_graders(tally, rules))
    history, refuted = matchup.history, is_refuted(standing, matchup.history)
    doubts = (*silent, *([reasons.record_drifted(ran_afresh=False)] if refuted else []))
    found = overall([decision.verdict, *([Verdict.INCONCLUSIVE] if doubts else [])])
    if refuted and found is Verdict.FAIL and not _fails_absolutely(decision):
        found = Verdict.INCONCLUSIVE
    judged = advised(
        found,
        (
            *_acceptable(decision, matchup, plan),
            *_about_the_run(standing, decision, history),
            *doubts,
            *_about_judge(matchup),
        ),
        # What is not judged yet is no advice.
        None if comparison.awaiting else matchup.judge,
        compared=decision.delta is not None,
    )
    return PromptVerdict(
        name=candidate.prompt,
        evalset=matchup.evalset.name,
        candidate=_ref(candidate),
        baseline=None if baseline is None else _ref(baseline),
        verdict=judged.verdict,
        reasons=judged.reasons,
        max_drop=rules.max_drop,
        alpha=rules.alpha,
        why=matchup.candidate.why,
        estimand=decision.estimand.value,
        ledger=comparison.ledger,
        cases=decision.cases,
        changed_cases=_changed(matchup),
        head_pass_rate=rate(comparison.pairs, Arm.CANDIDATE),
        pass_rate=decision.pass_rate,
        rate_bounds=_rate_bounds(comparison.pairs, decision, alpha=rules.alpha),
        delta=decision.delta,
        smallest_detectable_drop=decision.smallest_detectable_drop,
        flips=decision.flips,
        look=look_taken(history, standing.progress) if history else None,
        preflight=matchup.preflight,
        slices=decision.slices,
        flaky=_flaky(decision, history),
        waived=matchup.waived,
        cost_usd=tally.cost_usd,
        spending=tally.spending,
        latency_ms=None if matchup.checks else tally.latency,
        judge=matchup.judge,
        turning=_turning(standing, decision, matchup)
        if judged.verdict is decision.verdict
        else None,
    )


def _rate_bounds(
    pairs: Sequence[CasePair], decision: Decision, *, alpha: float
) -> Mapping[Arm, tuple[float, float]]:
    """Return the bounds on the pass rates that are told, over the same cases."""
    told = comparable(pairs) or pairs
    arms = [arm for arm in Arm if decision.pass_rate.get(arm) is not None]
    found = {arm: arm_bounds(told, arm, alpha) for arm in arms}
    return {arm: bounds for arm, bounds in found.items() if bounds is not None}


def _changed(matchup: Matchup) -> ChangedCases:
    new, edited = matchup.ids(CaseKind.NEW), matchup.ids(CaseKind.EDITED)
    return ChangedCases(new=new, edited=edited, deleted=matchup.deleted)


def _turning(standing: Standing, decision: Decision, matchup: Matchup) -> Turning | None:
    """Return what would turn a verdict that the comparison alone has brought about."""
    candidate = matchup.candidate
    question = Question(
        comparison=standing.comparison,
        rules=standing.rules,
        baseline=candidate.baseline is not None,
        unchanged=candidate.unchanged,
        scale=None if matchup.checks else matchup.judge,
    )
    return turning(question, decision)


def _acceptable(decision: Decision, matchup: Matchup, plan: Plan) -> Iterator[Reason]:
    """Yield the reasons of a decision; one that an acceptance would answer says how to get it."""
    for reason in decision.reasons:
        is_answered = reason.code == SET_CHANGED and not matchup.checks
        yield with_command(reason, matchup.evalset.name, plan.sources) if is_answered else reason


def _fails_absolutely(decision: Decision) -> bool:
    """Tell whether a candidate fails whatever its baseline does."""
    return any(reason.code == "min_pass_rate" for reason in decision.reasons)


def _about_the_run(
    standing: Standing, decision: Decision, history: History | None
) -> Iterator[Reason]:
    """Yield what a reader should know of how the trials went on, which decides nothing."""
    if history is None:
        return
    if standing.progress.drifted:
        yield reasons.record_drifted(ran_afresh=True)
    if history.looks[standing.progress.look].is_partial and decision.verdict is Verdict.FAIL:
        ran = sum(bool(case.candidate) for case in standing.planned)
        yield reasons.half_sufficed(ran, len(standing.planned))


def _flaky(decision: Decision, history: History | None) -> tuple[str, ...]:
    """Return the flaky cases, by the record too, which knows more trials than a run has."""
    recorded = flaky_cases(history.outcomes) if history else ()
    return tuple(sorted({*decision.flaky, *recorded}))


def _about_judge(matchup: Matchup) -> Iterator[Reason]:
    if matchup.checks:
        yield tried_reason(len(matchup.checks) // len(Arm))


def _unproven(prompts: Sequence[PromptVerdict]) -> Iterator[str]:
    """Yield which prompts were not judged, so that no verdict on others hides it."""
    for prompt in prompts:
        if any(reason.code == JUDGE_UNPROVEN for reason in prompt.reasons):
            yield (
                f"{prompt.name} on {prompt.evalset} is not gated: its judge is not proven, so its "
                "verdict only advises."
            )


def _silent_graders(tally: Tally, rules: GateRules) -> Iterator[Reason]:
    """Yield a reason for each optional grader that gave no grade more often than is tolerable."""
    for grader, number in sorted(tally.ungraded.items()):
        if exceeds(number, rules.error_budget, of=tally.trials):
            message = f"`{grader}` gave no grade in {number:,} of {counted(tally.trials, 'trial')}."
            yield Reason(code="grader_silent", message=message)


def _found(finding: Finding, policy: Policy) -> PromptVerdict:
    return PromptVerdict(
        name=finding.prompt,
        evalset="",
        candidate=None,
        baseline=None,
        verdict=finding.verdict,
        reasons=(finding.reason,),
        max_drop=policy.gate.max_drop,
        alpha=policy.gate.alpha,
    )


def _run_reasons(
    plan: Plan, prompts: tuple[PromptVerdict, ...], *, stopped: StopReason | None
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    if plan.sources.bootstrap:
        message = (
            f"The base has no {plan.sources.policy.path}, so this run only advises: "
            "the gate takes effect once that file is merged."
        )
        found.append(Reason(code="bootstrap", message=message))
    if stopped is not None:
        message = f"The run stopped before its end: {stopped.message.rstrip('.')}."
        found.append(Reason(code=stopped.kind, message=message))
    if not prompts:
        base = plan.sources.question.base
        message = f"No version, live pointer or case that needs a test changed since {base}."
        found.append(Reason(code="nothing_changed", message=message))
    worst = overall([prompt.verdict for prompt in prompts])
    for prompt in prompts:
        if prompt.verdict is worst:
            found += prompt.reasons
    return tuple(dict.fromkeys(found))


def _ref(version: PromptVersion) -> VersionRef:
    return VersionRef(version=version.version, hash=version.hash)
