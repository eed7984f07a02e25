"""What a run of the Action is made with, as the inputs say."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from evalgate.adapters.git import GitRepository
from evalgate.cli.action_task import Task
from evalgate.cli.action_words import parsed, run_words
from evalgate.cli.engine import add_engine_arguments, engine
from evalgate.cli.environment import Environment
from evalgate.cli.session import Terms
from evalgate.cli.workflow import Inputs
from evalgate.cli.world import outside, simulator_rules, store_path
from evalgate.cli.world_arguments import add_world_arguments
from evalgate.gate.outside import Outside
from evalgate.simulator.rules import Rules


def rules_of(task: Task) -> tuple[Rules, ...]:
    """Return the rules of the simulator; none when Claude is to answer."""
    return simulator_rules(_options(task.inputs))


def outside_of(task: Task, repository: GitRepository) -> Outside:
    """Return the outside world of a run."""
    return outside(repository, task.environment, rules_of(task))


def terms_of(
    inputs: Inputs, environment: Environment, rules: Sequence[Rules], *, again: str
) -> Terms:
    """Return how a run is made; `again` is the verb that goes on with it.

    Raises:
        UsageError: when an input cannot be read.
    """
    options = _options(inputs)
    return Terms(
        again=(again, *run_words(inputs)),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
        engine=engine(options, environment, rules),
    )


def _options(inputs: Inputs) -> Namespace:
    def add_arguments(parser: ArgumentParser) -> None:
        add_world_arguments(parser)
        add_engine_arguments(parser)

    return parsed("gate", add_arguments, run_words(inputs))
