"""One run in its folder: its plan, its log, its store and its display, whole or gone on with."""

import shlex
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from evalgate.adapters.files import read_json
from evalgate.adapters.run_folder import hold, write_files
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli import adapters
from evalgate.cli.complaint import notify
from evalgate.cli.foretelling import foretell
from evalgate.cli.printing import as_one_line
from evalgate.cli.publication import EARLIER_ATTEMPTS, PURSE, STORE
from evalgate.cli.world import discard, with_store
from evalgate.errors import EvaluationError, InterruptedRunError, UsageError
from evalgate.gate.engines import Engine, one_by_one
from evalgate.gate.estimating import in_full
from evalgate.gate.execution import Mode
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.resuming import BegunRun, check_same, is_done, left_over, read_begun
from evalgate.gate.scope import Scope, in_scope
from evalgate.gate.standing import called_for
from evalgate.gate.trials import planned_trials
from evalgate.model.report_folder import PLAN, TRIALS
from evalgate.model.revision import WORK_TREE
from evalgate.model.trial import Trial
from evalgate.running.shards import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a run is made: what may differ from run to run under one policy.

    `again` are the words of the command that goes on with it, but for its folder. `store` keeps
    answers between runs; None keeps them for this run alone. `batches` tells that calls go in
    batches. `purse` is the folder with the spending of several runs that share one cost limit;
    None is the run's own. `begun` is the run that is gone on with, if it is one. `engine` answers
    the calls, given the run folder.
    """

    again: tuple[str, ...]
    store: Path | None = None
    simulated: bool = False
    max_cost_usd: float | None = None
    shard: Shard | None = None
    batches: bool = False
    purse: Path | None = None
    begun: BegunRun | None = None
    engine: Callable[[Path], Engine] = lambda _: one_by_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a run is made with: the world with its store, the log, the mode, and who is told.

    `plan` is what was planned, and whether the run had been broken off.
    """

    plan: Plan
    world: Outside
    log: TrialFile
    mode: Mode
    on_trial: Callable[[Trial], None]


@contextmanager
def session(plan: Plan, world: Outside, *, folder: Path, terms: Terms) -> Iterator[Session]:
    """Open what a run needs and close it; whatever breaks it off, it is said how to go on.

    Raises:
        UsageError: when the run that is to be gone on with is another one by now, or still goes on.
        EvaluationError: when the run cannot go on, because trials cannot be written for example.
        InterruptedRunError: when the user interrupts.
    """
    with hold(folder):
        yield from _held(plan, world, folder=folder, terms=terms)


def _held(plan: Plan, world: Outside, *, folder: Path, terms: Terms) -> Iterator[Session]:
    log = TrialFile(folder / TRIALS)
    scope, ungraded = _scope(plan, log, folder=folder, terms=terms)
    ours = in_scope(plan, scope)
    asked = _asked(plan, log, terms)
    left = sum(map(ours, planned_trials(asked)))
    if terms.begun is not None:
        # A process that was not killed or interrupted has written a line for every trial.
        plan = replace(plan, broken_off=terms.begun.broken_off or ungraded < left)
    if left:
        scope = replace(scope, on_limits=foretell(asked, world, scope=scope, batches=terms.batches))
    document = plan_document(plan, shard=terms.shard, simulated=terms.simulated)
    write_files(folder, {PLAN: as_one_line(document)})
    run = plan.sources.policy.run
    # An age of zero days is for answers of earlier runs; within its own a run pays once.
    store = terms.store if run.cache_days else None
    # Of batches, their journal says what a process that was killed has handed in.
    purse = terms.purse or (None if terms.batches else folder)
    is_limited = terms.max_cost_usd is not None or run.max_cost_usd is not None
    try:
        with (
            log,
            with_store(
                world,
                store=store,
                folder=folder,
                cache_days=run.cache_days,
                # What the simulator answers is not paid for, so it takes nothing from the day.
                per_day=run.max_cost_usd_per_day is not None and not terms.simulated,
                purse=purse / PURSE if purse and is_limited else None,
            ) as own,
            adapters.progress(left) if left else nullcontext() as progress,
        ):
            trials = _Trials(progress.count if progress else _ignore)
            mode = Mode(scope=scope, engine=terms.engine(folder))
            yield Session(plan=plan, world=own, log=log, mode=mode, on_trial=trials.count)
    except KeyboardInterrupt:
        message = "interrupted; every finished trial is kept"
        raise InterruptedRunError(f"{message}\n{how_to_go_on(terms, folder)}") from None
    except EvaluationError as error:
        raise EvaluationError(f"{error}\n{how_to_go_on(terms, folder)}") from error
    if not trials.ungraded:
        discard(folder / PURSE)
        if store is None:
            discard(folder / STORE)


def how_to_go_on(terms: Terms, folder: Path, *, costs_too_much: bool = False) -> str:
    """Return the line with the command that goes on with a run.

    Args:
        terms: how it was made.
        folder: its folder.
        costs_too_much: it was a cost limit that stopped it, and would stop it again.
    """
    verb, *words = terms.again
    first = "raise or lift the cost limit, then " if costs_too_much else ""
    return f"{first}go on with: {shlex.join(['evalgate', verb, '--resume', str(folder), *words])}"


def read_begun_run(folder: Path) -> BegunRun:
    """Return the run whose folder it is.

    Raises:
        UsageError: when the folder holds no run.
        ConfigurationError: when its plan cannot be read.
    """
    path = folder / PLAN
    try:
        content = path.read_bytes()
    except OSError:
        roots = sorted(each.parent.name for each in folder.glob(f"*/{PLAN}"))
        hint = (
            f"name one of its roots: {', '.join(roots)}"
            if roots
            else "name a run folder, or begin a new run"
        )
        raise UsageError(f"{folder} holds no {PLAN}, so there is no run in it: {hint}") from None
    return read_begun(read_json(str(path), content))


def begun_run(options: Namespace, *, simulated: bool, of_work_tree: bool = False) -> BegunRun:
    """Return the run that `--resume` names.

    Args:
        options: of the command line.
        simulated: whether the simulator answers now.
        of_work_tree: whether the verb runs the stable versions of the work tree.

    Raises:
        UsageError: when the other options ask for another run.
    """
    for name in ("base", "head", "policy", "out"):
        if getattr(options, name, None):
            raise UsageError(f"--resume goes on with a run as it was begun: leave out --{name}")
    begun = read_begun_run(options.resume)
    if (begun.question.base == WORK_TREE) != of_work_tree:
        raise UsageError(f"{begun.path}: another command began this run: go on with that one")
    if begun.simulated != simulated:
        word = "add" if begun.simulated else "leave out"
        raise UsageError(f"--resume goes on with a run as it was begun: {word} --simulate")
    return begun


def _scope(plan: Plan, log: TrialFile, *, folder: Path, terms: Terms) -> tuple[Scope, int]:
    """Return what is left of a run, and how many of its trials had been written without a grade."""
    rest, ungraded = Scope(), 0
    if terms.begun is not None:
        check_same(terms.begun, plan)
        with TrialFile(folder / EARLIER_ATTEMPTS) as attempts:
            rest = left_over(log.read(), attempts.read())
            # Written before they leave the log: what they have cost must survive the next kill.
            for trial in log.read():
                ungraded += not is_done(trial)
                if trial.calls and not is_done(trial):
                    attempts.append(trial)
        notify(log.notice)
        log.keep_only(is_done)
    return replace(rest, shard=terms.shard, max_cost_usd=terms.max_cost_usd), ungraded


def _asked(plan: Plan, log: TrialFile, terms: Terms) -> Plan:
    """Return the plan with what the trials of a run that was begun call for besides."""
    return in_full(plan) if terms.begun is None else called_for(plan, log.read())


@dataclass(slots=True)
class _Trials:
    """Tells the display of each trial, and counts those that a resumption would run again."""

    show: Callable[[Trial], None]
    ungraded: int = 0

    def count(self, trial: Trial) -> None:
        self.ungraded += not is_done(trial)
        self.show(trial)


def _ignore(trial: Trial) -> None:
    """Show nothing of a trial."""
