"""Which engine answers the calls of a run: single calls, batches, or the workers of a cluster."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.batch_journal import BatchJournalFile
from evalgate.cli import adapters
from evalgate.cli.complaint import say
from evalgate.cli.connection import batch_service
from evalgate.cli.environment import Environment
from evalgate.cli.publication import JOURNAL
from evalgate.errors import UsageError
from evalgate.gate.engines import Batches, Engine, one_by_one
from evalgate.gate.outside import Outside, Routes
from evalgate.model.ports import ChatModel
from evalgate.simulator.rules import Rules

CALLS, BATCHES, DASK = "calls", "batches", "dask"


def add_engine_arguments(parser: ArgumentParser) -> None:
    """Declare how calls are made."""
    parser.add_argument(
        "--engine",
        choices=(CALLS, BATCHES, DASK),
        default=CALLS,
        help="single calls, Message Batches (half the price, within a day), or a Dask cluster",
    )
    parser.add_argument(
        "--address", metavar="URL", help="the scheduler of the cluster, such as tcp://host:8786"
    )


def engine_words(options: Namespace) -> tuple[str, ...]:
    """Return the words that say again how calls are made."""
    words = ("--engine", options.engine) if options.engine != CALLS else ()
    return (*words, "--address", options.address) if options.address else words


def engine(
    options: Namespace, environment: Environment, rules: Sequence[Rules]
) -> Callable[[Path], Engine]:
    """Return what makes the engine for a run folder.

    Raises:
        UsageError: when the options do not fit together.
    """
    if (options.engine == DASK) != bool(options.address):
        raise UsageError("--engine dask and --address belong together")
    if options.engine != BATCHES:
        return lambda _: one_by_one
    open_service = batch_service(environment, rules)
    return lambda folder: Batches(
        open_service=open_service, journal=BatchJournalFile(folder / JOURNAL), say=_say
    )


def on_cluster(
    options: Namespace, world: Outside, *, environment: Environment, rules: Sequence[Rules]
) -> Outside:
    """Return the world with the calls made by a cluster, when one is named.

    The workers call the server that the environment names here, if it names one: stored answers
    are known by it.

    Raises:
        UsageError: when the simulator is to answer, which the workers cannot reach.
    """
    if not options.address:
        return world
    if rules:
        raise UsageError("--simulate answers on this machine alone: leave out --engine dask")

    def open_model(routes: Routes) -> AbstractAsyncContextManager[ChatModel]:
        others = sorted(set(routes) - {""})
        if others:
            listed = ", ".join(others)
            raise UsageError(f"a cluster calls the Claude API itself, not the route {listed}")
        return adapters.cluster(address=options.address, base_url=environment.base_url or None)

    return replace(world, open_model=open_model)


def _say(line: str) -> None:
    say(f"evalgate: {line}")
