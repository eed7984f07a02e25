"""One run in its folder: its plan, its log, its store and its display, whole or gone on with."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.files import read_json
from evalgate.adapters.run_folder import write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli import adapters
from evalgate.cli.foretelling import foretell
from evalgate.cli.publication import PLAN_FILE, TRIALS, as_json
from evalgate.cli.world import with_store
from evalgate.errors import InterruptedRunError, UsageError
from evalgate.gate.engines import Engine, one_by_one
from evalgate.gate.execution import Mode
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.resuming import BegunRun, check_same, is_done, left_over, read_begun
from evalgate.gate.scope import Scope, in_scope
from evalgate.gate.trials import planned_trials
from evalgate.model.trial import Trial
from evalgate.running.shards import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run is made: what may differ from run to run under one policy.

    `verb` is the one that goes on with it. `store` keeps answers between runs; None keeps them for
    this run alone. `batches` tells that calls go in batches. `begun` is the run that is gone on
    with, if it is one. `engine` answers the calls, given the run folder.
    """

    verb: str
    store: Path | None = None
    simulated: bool = False
    max_cost_usd: float | None = None
    shard: Shard | None = None
    batches: bool = False
    begun: BegunRun | None = None
    engine: Callable[[Path], Engine] = lambda _: one_by_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a run is made with: the world with its store, the log, the mode, and who is told."""

    world: Outside
    log: TrialFile
    mode: Mode
    on_trial: Callable[[Trial], None]


@contextmanager
def session(plan: Plan, world: Outside, *, folder: Path, terms: Terms) -> Iterator[Session]:
    """Open what a run needs and close it; an interruption says how to go on.

    Raises:
        UsageError: when the run that is to be gone on with is another one by now.
        InterruptedRunError: when the user interrupts.
    """
    log = TrialFile(folder / TRIALS)
    scope = _scope(plan, log, terms)
    ours = in_scope(plan, scope)
    if plan.trials:
        scope = replace(scope, on_limits=foretell(plan, world, ours=ours, batches=terms.batches))
    document = plan_document(plan, shard=terms.shard, simulated=terms.simulated)
    write_files(folder, {PLAN_FILE: as_json(document)})
    run = plan.sources.policy.run
    left = sum(map(ours, planned_trials(plan)))
    try:
        with (
            log,
            with_store(
                world,
                store=terms.store,
                folder=folder,
                cache_days=run.cache_days,
                per_day=run.max_cost_usd_per_day is not None,
            ) as own,
            adapters.progress(left) if left else nullcontext() as progress,
        ):
            on_trial = progress.count if progress else _ignore
            mode = Mode(scope=scope, engine=terms.engine(folder))
            yield Session(world=own, log=log, mode=mode, on_trial=on_trial)
    except KeyboardInterrupt:
        raise InterruptedRunError(
            "interrupted; every finished trial is kept\n"
            f"go on with: evalgate {terms.verb} --resume {folder}"
        ) from None


def read_begun_run(folder: Path) -> BegunRun:
    """Return the run whose folder it is.

    Raises:
        UsageError: when the folder holds no run.
        ConfigurationError: when its plan cannot be read.
    """
    path = folder / PLAN_FILE
    try:
        content = path.read_bytes()
    except OSError:
        roots = sorted(each.parent.name for each in folder.glob(f"*/{PLAN_FILE}"))
        hint = f"name one of its roots: {', '.join(roots)}" if roots else "begin a new run"
        raise UsageError(
            f"{folder} holds no {PLAN_FILE}, so there is no run in it: {hint}"
        ) from None
    return read_begun(read_json(str(path), content))


def begun_run(options: Namespace, *, simulated: bool) -> BegunRun:
    """Return the run that `--resume` names.

    Raises:
        UsageError: when the other options ask for another run.
    """
    for name in ("base", "head", "policy", "out"):
        if getattr(options, name):
            raise UsageError(f"--resume goes on with a run as it was begun: leave out --{name}")
    begun = read_begun_run(options.resume)
    if begun.simulated != simulated:
        word = "add" if begun.simulated else "leave out"
        raise UsageError(f"--resume goes on with a run as it was begun: {word} --simulate")
    return begun


def _scope(plan: Plan, log: TrialFile, terms: Terms) -> Scope:
    rest = Scope()
    if terms.begun is not None:
        check_same(terms.begun, plan)
        rest = left_over(log.read())
        log.keep_only(is_done)
    return replace(rest, shard=terms.shard, max_cost_usd=terms.max_cost_usd)


def _ignore(trial: Trial) -> None:
    """Show nothing of a trial."""
