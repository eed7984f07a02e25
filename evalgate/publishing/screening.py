"""What a pull request of a stranger comes to before anybody has approved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from evalgate.deciding.reasons import AWAITS_CALLS
from evalgate.deciding.verdict import overall
from evalgate.deciding.wording import counted
from evalgate.errors import ExitCode
from evalgate.gate.planning import Plan
from evalgate.gate.scope import planned_key, trial_key
from evalgate.gate.standing import with_most
from evalgate.gate.trials import planned_trials
from evalgate.model.github import CommitState
from evalgate.model.policy import OnInconclusive
from evalgate.model.trial import EVIDENCE, Trial, TrialStatus
from evalgate.model.verdict import PromptVerdict, Reason, RunVerdict, Verdict
from evalgate.publishing.handover import Standing
from evalgate.reporting.story import Banner
from evalgate.reporting.visible import on_one_line

UNVERIFIED = Reason(
    code="unverified",
    message="Some answers come from the pull request's own run, and nobody has verified them.",
)
MOST_DESCRIPTION = 140
"""Characters that the description of a commit status may have."""


def of_plan(plan: Plan, submitted: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the submitted trials that may count: graded trials of the plan, of a real model."""
    keys = {planned_key(each) for each in planned_trials(with_most(plan))}
    return tuple(
        trial
        for trial in submitted
        if trial.status is TrialStatus.GRADED
        and trial_key(trial) in keys
        and not (trial.completion and trial.completion.simulated)
    )


def passed_over(submitted: Sequence[Trial], told: Iterable[Trial]) -> tuple[str, ...]:
    """Say how many of the submitted trials are none of those that were told here, if any."""
    known = {
        (trial_key(trial), trial.asked) for trial in told if trial.status is TrialStatus.GRADED
    }
    strange = sum((trial_key(trial), trial.asked) not in known for trial in submitted)
    if not strange:
        return ()
    of = counted(len(submitted), "submitted trial")
    return (
        f"{strange:,} of {of} are not trials of this plan, or not as asked here, and count not.",
    )


def unverified(verdict: RunVerdict) -> RunVerdict:
    """Return a verdict in which nothing that rests on submitted trials is decided."""
    prompts = tuple(_unverified(prompt) for prompt in verdict.prompts)
    if prompts == verdict.prompts:
        return verdict
    given = {reason for prompt in verdict.prompts for reason in prompt.reasons}
    own = [reason for reason in verdict.reasons if reason not in given]
    worst = overall([prompt.verdict for prompt in prompts])
    theirs = [why for prompt in prompts if prompt.verdict is worst for why in prompt.reasons]
    is_advice = verdict.verdict is Verdict.NOT_APPLICABLE
    return replace(
        verdict,
        verdict=Verdict.NOT_APPLICABLE if is_advice else worst,
        reasons=tuple(dict.fromkeys([*own, *theirs])),
        exit_code=verdict.exit_code if is_advice else worst.exit_code(OnInconclusive.BLOCK),
        prompts=prompts,
    )


def _unverified(prompt: PromptVerdict) -> PromptVerdict:
    if not prompt.spending.reused.get(EVIDENCE):
        return prompt
    # What the trials seem to prove would read as if it were proven.
    awaits = tuple(reason for reason in prompt.reasons if reason.code == AWAITS_CALLS)
    return replace(prompt, verdict=Verdict.INCONCLUSIVE, reasons=(UNVERIFIED, *awaits), delta=None)


def is_open(verdict: RunVerdict) -> bool:
    """Tell whether anything waits for somebody who may call Claude."""
    waits = {AWAITS_CALLS, UNVERIFIED.code}
    return any(reason.code in waits for prompt in verdict.prompts for reason in prompt.reasons)


def blocking(plan: Plan) -> Reason | None:
    """Return the first finding that blocks a change whatever its trials say."""
    rules = plan.sources.policy.gate
    if plan.sources.bootstrap:
        return None
    for finding in sorted(plan.findings, key=lambda each: -each.verdict.severity):
        if finding.verdict.exit_code(rules.on_inconclusive) is not ExitCode.OK:
            return finding.reason
    return None


def standing(plan: Plan, verdict: RunVerdict, *, headline: str, waiting: int) -> Standing:
    """Return what the commit status says: never success as long as anything waits.

    Args:
        plan: of the trusted side.
        verdict: with nothing decided by submitted trials.
        headline: of its report.
        waiting: the trials that need a call.
    """
    blocks = blocking(plan)
    if blocks is not None:
        return _standing(CommitState.FAILURE, f"Blocked: {blocks.message}")
    if is_open(verdict):
        trials = counted(waiting, "trial")
        need = "needs" if waiting == 1 else "need"
        return _standing(CommitState.PENDING, f"Waiting for approval: {trials} {need} Claude")
    return _standing(_STATES.get(verdict.exit_code, CommitState.FAILURE), headline)


def refused(message: str) -> Standing:
    """Return what the commit status says of a change that cannot be judged as it is."""
    return _standing(CommitState.FAILURE, f"Cannot be judged: {message}")


_STATES: Mapping[ExitCode, CommitState] = {
    ExitCode.OK: CommitState.SUCCESS,
    ExitCode.NOT_EVALUATED: CommitState.ERROR,
}


def banner(
    plan: Plan, verdict: RunVerdict, *, waiting: int, cost: str, command: str
) -> Banner | None:
    """Return what stands above the report of a change that nobody has approved yet.

    Args:
        plan: of the trusted side.
        verdict: with nothing decided by submitted trials.
        waiting: the trials that need a call.
        cost: what those calls cost, in words.
        command: has them made.
    """
    if not is_open(verdict):
        return None
    doubt = f"Not verified. {UNVERIFIED.message} They decide nothing. " if _doubts(verdict) else ""
    if blocking(plan) is not None:
        text = "Not judged by its answers yet: what blocks this change already comes first."
        return Banner(text=f"{doubt}{text}")
    trials = counted(waiting, "trial")
    text = (
        f"Waiting for approval: {trials} {'needs' if waiting == 1 else 'need'} Claude "
        f"({cost}). Somebody who may write to this repository has to read the prompts and cases, "
        "which are sent to the model, and then to start the calls; a later push voids the approval:"
    )
    return Banner(text=f"{doubt}{text}", command=command)


def _doubts(verdict: RunVerdict) -> bool:
    return any(UNVERIFIED in prompt.reasons for prompt in verdict.prompts)


def _standing(state: CommitState, description: str) -> Standing:
    return Standing(state=state, description=on_one_line(description, MOST_DESCRIPTION))
