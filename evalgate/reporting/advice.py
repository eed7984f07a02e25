"""What follows from a verdict: whether the change may go in, and what to do next."""

from collections.abc import Iterable, Mapping

from evalgate.errors import ExitCode
from evalgate.model.verdict import Verdict

_CONSEQUENCES: Mapping[ExitCode, str] = {
    ExitCode.OK: "The gate lets this change through.",
    ExitCode.FAIL: "The gate blocks this change.",
    ExitCode.INCONCLUSIVE: "The gate blocks this change until the question is decided.",
    ExitCode.NOT_EVALUATED: "The gate blocks this change, because nothing could be decided.",
}

_MEND = (
    "Read the cases that broke, mend the prompt and push again. Where the new answer is the better"
    " one, correct the case in a pull request of its own first."
)
_RUN_AGAIN = "Run the gate again later; it decided nothing, neither for nor against this change."
_KEY = "Check the API key that the gate is given (`ANTHROPIC_API_KEY`), then run it again."
_PAYMENT = "Check the billing and the spend limits of the account behind the key, then run again."

_STEPS: Mapping[str, str] = {
    "regression": _MEND,
    "critical_case": _MEND,
    "min_pass_rate": _MEND,
    "critical_unconfirmed": "Run the gate again: more graded trials settle whether it broke.",
    "too_few_cases": "Add cases to the eval set, or accept a wider limit (`gate.max_drop`).",
    "too_few_trials": "Raise `run.trials`, add cases, or accept a wider limit (`gate.max_drop`).",
    "critical_case_deleted": "Bring the critical case back, or have its owners agree to the loss.",
    "too_few_clusters": "Add cases that belong to other clusters: related cases count as one.",
    "cannot_tell": "Add cases or trials, or accept a wider limit (`gate.max_drop`), and run again.",
    "set_changed": "Split the change: first the eval set alone, then the prompt.",
    "no_baseline": "Set `gate.min_pass_rate` in the policy, so that a first version can pass.",
    "no_comparable_cases": "Keep cases from the base in the set, so that there is a comparison.",
    "no_cases": "Add cases to the eval set; an empty set proves nothing.",
    "error_budget": "Look at the trials without a grade; remove what caused them and run again.",
    "not_all_trials_ran": "Remove what stopped the run, then run the gate again.",
    "ledger_unbalanced": "Run the gate in a fresh folder; when it happens again, report a bug.",
    "published_version_edited": "Restore the published file; put the edit into a new version.",
    "dangling_pointer": "Point `live.yaml` at a version that exists.",
    "pointer_deleted": "Bring back `live.yaml` with a stable version in it.",
    "evalset_removed": "Bring the eval set back, or have its removal agreed by its owners.",
    "configuration": "Correct the files at the places that are named, and push again.",
    "bootstrap": "Merge the policy: it applies from the next pull request on.",
    "authentication": _KEY,
    "permission": "Check that the key may use the models that the prompts and the judge name.",
    "model_not_found": "Correct the model's name in the version or in the policy's `judge`.",
    "billing": _PAYMENT,
    "spend_limit": _PAYMENT,
    "rate_limit": "Lower `run.concurrency` in the policy, or raise the account's rate limit.",
    "could_not_evaluate": _RUN_AGAIN,
    "outage": _RUN_AGAIN,
    "overloaded": _RUN_AGAIN,
    "connection": _RUN_AGAIN,
    "server": _RUN_AGAIN,
    "timeout": _RUN_AGAIN,
    "deadline": _RUN_AGAIN,
}


def next_steps(causes: Iterable[str], verdict: Verdict) -> tuple[str, ...]:
    """Return what to do about a verdict, each step once, in the order of its causes.

    Args:
        causes: codes of reasons and kinds of errors; those without a step are passed over.
        verdict: a change that passed needs nothing.
    """
    if verdict is Verdict.PASS:
        return ()
    return tuple(dict.fromkeys(_STEPS[cause] for cause in causes if cause in _STEPS))


def consequence(exit_code: ExitCode) -> str:
    """Return what the process's exit code means for the change."""
    return _CONSEQUENCES.get(exit_code, "The gate did not come to an end.")
