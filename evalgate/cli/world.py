"""The real outside world of a gate: git, Claude or the simulator, prices, stored answers."""

import random
import secrets
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

from evalgate.adapters.answer_store import AnswerStore, where
from evalgate.adapters.clock import SystemClock
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.prices import PriceTable
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.spend_book import FILE as SPENDING_FILE
from evalgate.adapters.spend_book import SpendBook
from evalgate.cli.complaint import notify
from evalgate.cli.connection import connection, origin
from evalgate.cli.environment import Environment
from evalgate.cli.example import read_rule_files
from evalgate.cli.publication import STORE
from evalgate.errors import UsageError
from evalgate.gate.outside import Outside
from evalgate.simulator.rules import Rules

_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def simulator_rules(options: Namespace) -> tuple[Rules, ...]:
    """Return the rules of the simulator; none when Claude is to answer."""
    return read_rule_files(options.rules) if options.simulate or options.rules else ()


def outside(repository: GitRepository, environment: Environment, rules: Sequence[Rules]) -> Outside:
    """Return the real outside world; `rules`, when there are any, stand in for Claude."""
    return Outside(
        repository=repository,
        parser=FORMATS,
        open_model=lambda routes: connection(environment, rules, routes)(),
        origin=origin(environment, rules),
        prices=PriceTable(),
        clock=SystemClock(),
        random=random.random,
        draw_boundary=lambda: secrets.token_hex(16),
        open_code=PythonGraders,
        open_records=RecordFiles,
        simulated=bool(rules) or urlsplit(environment.base_url).hostname in _THIS_MACHINE,
        in_workflow=environment.in_workflow,
    )


def store_path(options: Namespace, rules: Sequence[Rules], *, in_workflow: bool) -> Path | None:
    """Return the file that keeps answers between runs; None when there is to be none.

    Raises:
        UsageError: when options contradict each other, or the environment names no place.
    """
    if options.cache and options.no_cache:
        raise UsageError("--cache names a file for stored answers and --no-cache wants none")
    if options.cache:
        return Path(options.cache)
    # On a runner, other jobs may have written into the user's caches: there it must be named.
    unnamed = in_workflow and "EVALGATE_CACHE" not in environ
    return None if options.no_cache or rules or unnamed else where(environ)


@contextmanager
def with_store(  # noqa: PLR0913 - everything that a run keeps
    world: Outside,
    *,
    store: Path | None,
    folder: Path,
    cache_days: float,
    per_day: bool,
    purse: Path | None = None,
) -> Iterator[Outside]:
    """Open the store of a run; without one for all runs, the run folder holds one.

    Args:
        world: what is completed.
        store: the file that keeps answers between runs.
        folder: the run folder.
        cache_days: how long an answer stands.
        per_day: whether the day's spending is limited, which needs a book of it.
        purse: the file with the spending of the run, where that is limited.
    """
    own = folder / STORE
    book_file = (store.parent if store else where(environ).parent) / SPENDING_FILE
    with (
        AnswerStore(
            store or own, max_age_days=cache_days if store else 3650, now=time.time
        ) as answers,
        SpendBook(book_file, now=time.time) if per_day else nullcontext() as book,
        # A run has no midnight.
        SpendBook(purse, now=lambda: 0.0) if purse else nullcontext() as own_book,
    ):
        try:
            yield replace(world, store=answers, book=book, purse=own_book)
        finally:
            notify(answers.notice)


def discard(file: Path) -> None:
    """Delete a database of a run that is over, if it had one."""
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink(missing_ok=True)
