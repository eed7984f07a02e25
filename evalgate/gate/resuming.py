"""What is left to do of a run that was broken off, and whether it is still the same run."""

from collections.abc import Iterable
from dataclasses import dataclass

from evalgate.errors import UsageError
from evalgate.gate.gathering import WORK_TREE, Question
from evalgate.gate.planning import PLAN, Plan, plan_hash
from evalgate.gate.scope import Key, Scope, trial_key
from evalgate.model.document import Document
from evalgate.model.reading import Section
from evalgate.model.trial import Trial, TrialStatus
from evalgate.running.shards import Shard, read_shard


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRun:
    """What `plan.json` says about a run that was begun."""

    path: str
    question: Question
    hash: str
    shard: Shard | None = None
    simulated: bool = False


def read_begun(document: Document) -> BegunRun:
    """Read `plan.json`.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = Section(document)
    if section.text("schema") != PLAN:
        section.note("schema", f"expected `{PLAN}`")
    head, shard = section.required_text("head"), section.optional_text("shard")
    part = read_shard(shard) if shard else None
    if shard and part is None:
        section.note("shard", "expected a shard such as `2/4`")
    begun = BegunRun(
        path=document.path,
        question=Question(
            base=section.required_text("base"),
            head=None if head == WORK_TREE else head,
            run_id=section.required_text("run_id"),
            policy=section.required_text("policy"),
        ),
        hash=section.required_text("plan_hash"),
        shard=part,
        simulated=section.flag("simulated", default=False),
    )
    section.finish()
    return begun


def check_same(begun: BegunRun, plan: Plan) -> None:
    """Refuse to go on with a run whose prompts, cases, policy or graders have changed since.

    Raises:
        UsageError: says so, and what to do.
    """
    if plan_hash(plan) != begun.hash:
        raise UsageError(
            f"{begun.path}: prompts, cases, policy or evalgate itself have changed since this run "
            "began, so its trials cannot be gone on with: begin a new run (stored answers are "
            "used again)"
        )


def left_over(trials: Iterable[Trial]) -> Scope:
    """Return the scope of the rest of a run, from the trials that are in its log.

    Graded trials are done. Those without a grade run again, and keep what they have cost.
    """
    done: set[Key] = set()
    earlier: dict[Key, Trial] = {}
    spent = 0.0
    for trial in trials:
        spent += trial.booked_usd
        if is_done(trial):
            done.add(trial_key(trial))
        elif trial.calls:
            earlier[trial_key(trial)] = trial
    return Scope(done=frozenset(done), earlier=earlier, spent_usd=spent)


def is_done(trial: Trial) -> bool:
    """Whether a trial in a log needs no other."""
    return trial.status is TrialStatus.GRADED
