"""What it takes to ask the judge about answers from the command line, outside of any run."""

import asyncio
import os
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import normpath
from tempfile import TemporaryDirectory
from typing import TypeVar

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.cli import adapters
from evalgate.cli.complaint import say
from evalgate.cli.environment import read_environment
from evalgate.cli.world import outside, simulator_rules, store_path, with_store
from evalgate.errors import ConfigurationError, EvaluationError, InterruptedRunError, Problem
from evalgate.gate.calibrating import Spent
from evalgate.gate.evalsets import read_sets
from evalgate.gate.gathering import POLICY_PATH, work_tree_policy
from evalgate.gate.outside import Outside
from evalgate.gate.scope import Scope
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.trial import Trial
from evalgate.reporting.numbers import count, money

Answer = TypeVar("Answer")
OnTrial = Callable[[Trial], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The work tree's policy and eval sets, the world, and where answers are stored.

    `unreadable` are the problems of sets that could not be read. `store` is None where answers are
    kept for this call of the program alone.
    """

    root: Path
    policy: Policy
    sets: Mapping[str, EvalSet]
    unreadable: tuple[Problem, ...]
    world: Outside
    scope: Scope
    store: Path | None
    simulated: bool

    def check(self, names: set[str]) -> None:
        """Refuse to go on without sets that are there and cannot be read.

        Raises:
            ConfigurationError: with what is wrong with the sets.
        """
        if self.unreadable and not names <= self.sets.keys():
            raise ConfigurationError(self.unreadable)


def open_bench(options: Namespace) -> Bench:
    """Read the work tree and build the world.

    Raises:
        ConfigurationError: when the policy is wrong.
        UsageError: when options contradict each other.
    """
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    rules = simulator_rules(options)
    path = normpath(options.policy) if options.policy else POLICY_PATH
    policy = work_tree_policy(path, repository, FORMATS)
    folder = policy.paths.evalsets
    tree = repository.files(None, [folder, policy.paths.prompts])
    sets, problems = read_sets(tree, folder, FORMATS)
    store = store_path(options, rules, in_workflow=environment.in_workflow)
    return Bench(
        root=repository.root,
        policy=policy,
        sets=sets,
        unreadable=tuple(problems),
        world=outside(repository, environment, rules),
        scope=Scope(max_cost_usd=options.max_cost),
        store=store if policy.run.cache_days else None,
        simulated=bool(rules),
    )


def ask(
    bench: Bench,
    number: int,
    question: Callable[[Outside, OnTrial], Awaitable[Answer]],
    *,
    anew: bool = False,
) -> tuple[Answer, Spent]:
    """Have the judge answer a question about so many answers, and say what that took.

    Args:
        bench: what it is asked with.
        number: how many answers it is asked about.
        question: asks it, given the world and who is told of each answer.
        anew: use no verdict of an earlier call of the program.

    Raises:
        InterruptedRunError: when the user interrupts.
        EvaluationError: when a limit or the service ended it before the last answer.
    """
    run, spent = bench.policy.run, Spent()

    async def unasked() -> Answer:
        return await question(bench.world, spent.add)

    if not number:
        return asyncio.run(unasked()), spent
    store = None if anew else bench.store
    model = bench.policy.judge.model
    say(f"evalgate: {count(number, 'answer')} to be judged by {model}")
    with (
        TemporaryDirectory() as folder,
        with_store(
            bench.world,
            store=store,
            folder=Path(folder),
            cache_days=run.cache_days,
            per_day=run.max_cost_usd_per_day is not None and not bench.simulated,
        ) as world,
        adapters.progress(number) as progress,
    ):

        def on_trial(trial: Trial) -> None:
            spent.add(trial)
            progress.count(trial)

        async def asked() -> Answer:
            return await question(world, on_trial)

        kept = "verdicts that came are not paid for again" if store else "nothing was kept"
        try:
            found = asyncio.run(asked())
        except KeyboardInterrupt:
            raise InterruptedRunError(f"interrupted; {kept}") from None
        except EvaluationError as error:
            raise EvaluationError(f"{error}\n{kept}: begin again once that is mended") from error
    return found, spent


def spent_line(bench: Bench, spent: Spent) -> str:
    """Say what the judge's calls have cost."""
    would = "would have cost" if bench.simulated else "cost"
    return f"{count(spent.calls, 'call')} of the judge {would} {money(spent.cost_usd)}"
