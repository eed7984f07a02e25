"""What follows from a verdict: whether the change may go in, and what to do next."""

from collections.abc import Iterable, Mapping

from evalgate.errors import ExitCode
from evalgate.model.chat import FailureKind
from evalgate.model.verdict import Verdict

_CONSEQUENCES: Mapping[ExitCode, str] = {
    ExitCode.USAGE: "Nothing was decided: what is named here has to be corrected first.",
    ExitCode.OK: "The gate lets this change through.",
    ExitCode.FAIL: "The gate blocks this change.",
    ExitCode.INCONCLUSIVE: "The gate blocks this change until the question is decided.",
    ExitCode.NOT_EVALUATED: "The gate blocks this change, because nothing could be decided.",
}

_MEND = (
    "Read the cases that broke, mend the prompt and push again. Where the new answer is the better"
    " one, correct the case in a pull request of its own first."
)
_MEND_ALONE = "Read the cases that fail, mend the prompt and push again."
_RUN_AGAIN = "Run the gate again later; it decided nothing, neither for nor against this change."
_KEY = "Check the API key that the gate is given (`ANTHROPIC_API_KEY`), then run it again."
_PAYMENT = "Check the billing and the spend limits of the account behind the key, then run again."
_ACCEPT = (
    "Restore what the change takes from the eval set, or have a maintainer accept it on the default"
    " branch, by the command that the reason names; then run the gate again."
)
_CALLS = "Nothing has to be changed for that: somebody with a key has to run the gate."
_UNGRADED = "Look at the trials without a grade; remove what caused them and run again."

_STEPS: Mapping[str, str] = {
    "regression": _MEND,
    "critical_case": _MEND,
    "min_pass_rate": _MEND_ALONE,
    "protected_slice": _MEND,
    "protected_slice_lost": _UNGRADED,
    "protected_slice_waived": (
        "Take back waivers of the protected slice, or add cases with its tag in a pull request of"
        " their own."
    ),
    "protected_slice_gone": _ACCEPT,
    "judge_tried": (
        "Read the verdicts of the judge that turned wrong, then mend the rubric or choose another"
        " judge. Where a label is wrong, correct it and calibrate again."
    ),
    "judge_unproven": (
        "Label more answers, sharpen the rubric or change the judge, then run `evalgate calibrate`"
        " and commit what it writes."
    ),
    "critical_unconfirmed": "Run the gate again: more graded trials settle whether it broke.",
    "too_few_cases": "Add cases to the eval set, or accept a wider limit (`gate.max_drop`).",
    "too_few_trials": "Raise `run.trials`, add cases, or accept a wider limit (`gate.max_drop`).",
    "record_drifted": (
        "Renew the record of the baseline with `evalgate record --trials 10 --afresh`."
    ),
    "no_headroom": "Read why answers fail in both arms; mend the graders or the prompt first.",
    "lopsided_errors": _UNGRADED,
    "grader_silent": "Mend the grader that gave no grade, or take it out of the eval set.",
    "critical_case_changed": _ACCEPT,
    "branch_behind": "Bring the branch up to date with its base, then run the gate again.",
    "base_set_unreadable": "Mend the eval set at the base first, in a pull request of its own.",
    "prompt_deleted": "Bring the prompt back, or have its owners agree to the removal.",
    "policy_deleted": "Bring the policy back, or have its owners agree that nothing is gated.",
    "history_rewritten": "Restore the history of `live.yaml`; it may only grow by this move.",
    "model_not_tested": "Add a version that names the model, so that it is tested.",
    "too_few_clusters": "Add cases that belong to other clusters: related cases count as one.",
    "cannot_tell": "Add cases or trials, or accept a wider limit (`gate.max_drop`), and run again.",
    "set_changed": _ACCEPT,
    "no_baseline": "Set `gate.min_pass_rate` in the policy, so that a first version can pass.",
    "no_comparable_cases": "Keep cases from the base in the set, so that there is a comparison.",
    "all_waived": "Take back the waivers that are no longer needed, so that something is compared.",
    "no_cases": "Add cases to the eval set; an empty set proves nothing.",
    "error_budget": _UNGRADED,
    "not_all_trials_ran": "Remove what stopped the run, then run the gate again.",
    "ledger_unbalanced": "Run the gate in a fresh folder; when it happens again, report a bug.",
    "published_version_edited": "Restore the published file; put the edit into a new version.",
    "dangling_pointer": "Point `live.yaml` at a version that exists.",
    "pointer_deleted": "Bring back `live.yaml` with a stable version in it.",
    "evalset_removed": _ACCEPT,
    "awaits_calls": _CALLS,
    "call_needed": _CALLS,
    "unverified": "Wait for a maintainer, who can have this change judged.",
    "configuration": "Correct the files at the places that are named, and push again.",
    "bootstrap": "Merge the policy: it applies from the next pull request on.",
    "authentication": _KEY,
    "permission": "Check that the key may use the models that the prompts and the judge name.",
    "model_not_found": "Correct the model's name in the version or in the policy's `judge`.",
    "billing": _PAYMENT,
    "spend_limit": _PAYMENT,
    "cost_limit": (
        "Raise the limit that was reached (`--max-cost` or `run.max_cost_usd` for a run,"
        " `run.max_cost_usd_per_day` for a day), plan fewer trials, or lift it where a model has"
        " no known price."
    ),
    "ungraded": "Read why trials have no grade: what a rubric cannot tell has to be written there.",
    "expired": "Go on with the run, or run it without `--engine batches`: a batch ran out of time.",
    "worker_lost": "Look at the workers of the cluster, then go on with the run.",
    "rate_limit": "Lower `run.concurrency` in the policy, or raise the account's rate limit.",
    "could_not_evaluate": _RUN_AGAIN,
    "overloaded": _RUN_AGAIN,
    "connection": _RUN_AGAIN,
    "cut": _RUN_AGAIN,
    "server": _RUN_AGAIN,
    "timeout": _RUN_AGAIN,
    "deadline": _RUN_AGAIN,
    "malformed": "Look at what the server answers: it is not in the format of the Claude API.",
    "wrong_model": "Ask for the model by the name that the server answers with.",
    "request": "Read the server's message: it refuses the request as it is written.",
    "too_large": "Shorten the prompt or the case: the request is larger than the server takes.",
}
_OF_CAUSES = frozenset(
    _STEPS[cause] for cause in (*FailureKind, "could_not_evaluate", "ungraded") if cause in _STEPS
)
_OF_EFFECTS = frozenset({_UNGRADED, _STEPS["not_all_trials_ran"]})


def next_steps(causes: Iterable[str], verdict: Verdict) -> tuple[str, ...]:
    """Return what to do about a verdict, each step once, in the order of its causes.

    Args:
        causes: codes of reasons and kinds of errors; those without a step are passed over.
        verdict: a change that passed needs nothing.
    """
    if verdict is Verdict.PASS:
        return ()
    known = [cause for cause in causes if cause in _STEPS]
    # What mends a prompt does not mend a judge.
    idle = {_MEND, _MEND_ALONE} if "judge_tried" in known else set()
    if "min_pass_rate" in known:
        idle.add(_STEPS["no_baseline"])  # the rate is set: it is what the version fails
    return joined(_STEPS[cause] for cause in known if _STEPS[cause] not in idle)


def joined(steps: Iterable[str]) -> tuple[str, ...]:
    """Return the steps of several causes, each once, without those that other steps make idle."""
    told = dict.fromkeys(steps)
    if _MEND in told:
        told.pop(_MEND_ALONE, None)
    if told.keys() & _OF_CAUSES:
        # What is merely a consequence of a failure would bury the one step that helps.
        return tuple(step for step in told if step not in _OF_EFFECTS)
    return tuple(told)


def consequence(exit_code: ExitCode) -> str:
    """Return what the process's exit code means for the change."""
    return _CONSEQUENCES.get(exit_code, "The gate did not come to an end.")
