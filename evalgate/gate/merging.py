"""Whether the trials of finished runs are exactly those of a plan, each of them once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from evalgate.deciding.wording import counted
from evalgate.errors import UsageError
from evalgate.gate.planning import Plan
from evalgate.gate.resuming import BegunRun
from evalgate.gate.scope import Scope, planned_key, trial_key, trials_in_scope
from evalgate.model.trial import Trial
from evalgate.running.shards import Shard


def check_shards(begun: Sequence[BegunRun]) -> None:
    """Refuse runs that are not the shards of one run, each once.

    Raises:
        UsageError: names the folder that is too much, or the shards that are missing.
    """
    first = begun[0]
    for other in begun[1:]:
        if other.hash != first.hash:
            raise UsageError(
                f"{other.path} and {first.path} belong to different runs: prompts, cases, policy, "
                "base, records or evalgate differ; give all shards the same --base and --head"
            )
        if other.simulated != first.simulated:
            raise UsageError(
                f"{other.path} and {first.path}: one holds simulated answers, the other real ones"
            )
    paths: dict[Shard, str] = {}
    of = _part(first).of
    for each in begun:
        part = _part(each)
        if part in paths:
            raise UsageError(f"shard {part} is given twice: {paths[part]} and {each.path}")
        if part.of != of:
            raise UsageError(
                f"{first.path} is shard {_part(first)}, and {each.path} is {part}: "
                "run all shards with the same number of parts"
            )
        paths[part] = each.path
    missing = [
        f"{index}/{of}" for index in range(1, of + 1) if Shard(index=index, of=of) not in paths
    ]
    if missing:
        raise UsageError(
            f"shards are missing: {', '.join(missing)}: name their folders too, or run them first"
        )


def problems(plan: Plan, begun: BegunRun, trials: Iterable[Trial], *, most: Plan) -> Iterator[str]:
    """Yield what keeps the trials of a run from being those that its part of the plan asks for.

    Args:
        plan: with the trials that are called for in the end.
        begun: which part of it was run.
        trials: what was run.
        most: the plan with all trials that may ever be called for; some were, and count no more.
    """
    counts = Counter(trial_key(trial) for trial in trials)
    missing = 0
    for planned in trials_in_scope(plan, Scope(shard=begun.shard)):
        number = counts.pop(planned_key(planned), 0)
        if number == 0:
            missing += 1
        elif number > 1:
            yield f"trial {planned.key} of {planned.version.prompt} is there {number} times"
    if missing:
        yield f"{counted(missing, 'trial')} missing: go on with it by --resume"
    for planned in trials_in_scope(most, Scope(shard=begun.shard)):
        counts.pop(planned_key(planned), 0)
    if counts:
        yield f"{counted(counts.total(), 'trial')} of other runs or shards"


def _part(begun: BegunRun) -> Shard:
    return begun.shard or Shard(index=1, of=1)
