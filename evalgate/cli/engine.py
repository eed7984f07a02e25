"""Which engine answers the calls of a run: single calls, batches, or the workers of a cluster."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.batch_journal import BatchJournalFile
from evalgate.cli import adapters
from evalgate.cli.connection import batch_service
from evalgate.cli.environment import Environment
from evalgate.errors import UsageError
from evalgate.gate.engines import Batches, Engine, one_by_one
from evalgate.gate.outside import Outside

CALLS, BATCHES, DASK = "calls", "batches", "dask"
JOURNAL = "batches.jsonl"


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
