"""What is left to do of a run that was broken off, and whether it is still the same run."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evalgate.deciding.wording import counted
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.planning import PLAN, Plan, plan_hash
from evalgate.gate.scope import Key, Scope, trial_key
from evalgate.gate.waivers import is_day
from evalgate.model.document import Document
from evalgate.model.reading import Section
from evalgate.model.revision import WORK_TREE
from evalgate.model.trial import Trial, TrialStatus
from evalgate.running.selection import Selection, read_selection
from evalgate.running.shards import Shard, read_shard

_RUN_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
"""A run id names a folder, so it must lead nowhere else."""

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunRun:
    """What `plan.json` says about a run that was begun."""

    path: str
    question: Question
    hash: str
    shard: Shard | None = None
    simulated: bool = False
    broken_off: bool = False
    only: Selection | None = None


def read_begun(document: Document) -> BegunRun:
    """Read `plan.json`.

    Raises:
        ConfigurationError: when it is none of ours.
    """
    section = Section(document)
    if section.text("schema") != PLAN:
        section.note("schema", f"expected `{PLAN}`")
    head, shard = section.required_text("head"), section.optional_text("shard")
    run_id = section.required_text("run_id")
    if run_id and _RUN_ID.fullmatch(run_id) is None:
        section.note("run_id", "expected letters, digits, `-`, `_` and `.`")
    today = section.text("as_of")
    if today and not is_day(today):
        section.note("as_of", "expected a day such as `2027-01-31`")
    part = read_shard(shard) if shard else None
    if shard and part is None:
        section.note("shard", "expected a shard such as `2/4`")
    begun = BegunRun(
        path=document.path,
        question=Question(
            base=section.required_text("base"),
            head=None if head == WORK_TREE else head,
            run_id=run_id,
            policy=section.required_text("policy"),
            looks=section.flag("looks", default=True),
            today=today,
            records=_records(section),
        ),
        hash=section.required_text("plan_hash"),
        shard=part,
        simulated=section.flag("simulated", default=False),
        broken_off=section.flag("broken_off", default=False),
        only=read_selection(section, "only"),
    )
    section.finish()
    return begun


def _records(section: Section) -> str | None:
    written = section.optional_text("records")
    if written and _COMMIT.fullmatch(written) is None:
        section.note("records", "expected the full id of a commit")
        return None
    return written


def check_decides(begun: BegunRun) -> None:
    """Refuse a run of a few cases where a whole run is meant.

    Raises:
        UsageError: says which command such a run is for.
    """
    if begun.only is not None:
        raise UsageError(
            f"{begun.path}: this run is about {counted(len(begun.only.cases), 'case')} alone "
            "(--case), so it decides nothing and is no record: run the gate as a whole"
        )


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


def left_over(trials: Iterable[Trial], set_aside: Iterable[Trial] = ()) -> Scope:
    """Return the scope of the rest of a run, from the trials that are in its log.

    Graded trials are done. Those without a grade run again, and keep what they have cost.

    Args:
        trials: those of the log. What they cost includes what earlier attempts did.
        set_aside: attempts without a grade that an earlier resumption took out of the log; of
            several at one trial, the last one counts.
    """
    earlier = {trial_key(trial): trial for trial in set_aside}
    done: set[Key] = set()
    spent = 0.0
    for trial in trials:
        past = earlier.pop(trial_key(trial), None)
        if is_done(trial):
            done.add(trial_key(trial))
            spent += trial.booked_usd
        elif trial.calls:
            earlier[trial_key(trial)] = trial
        elif past is not None:
            earlier[trial_key(trial)] = past
    spent += sum(trial.booked_usd for trial in earlier.values())
    return Scope(done=frozenset(done), earlier=earlier, spent_usd=spent)


def is_done(trial: Trial) -> bool:
    """Whether a trial in a log needs no other."""
    return trial.status is TrialStatus.GRADED
