"""`evalgate purge`: deletes what earlier runs have stored, by age, by case, or all of it."""

import os
import re
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from evalgate.adapters.answer_store import SECONDS_PER_DAY, where
from evalgate.adapters.deletion import Deleted, Selection, delete_answers, delete_from_records
from evalgate.adapters.forgetting import forget_answers
from evalgate.deciding.wording import counted
from evalgate.errors import ExitCode, UsageError
from evalgate.reporting.visible import safe_line


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--older-than", metavar="AGE", type=_days, help="answers of this age: 30d, or 12h"
    )
    which.add_argument("--case", metavar="ID", help="what was answered for one case")
    which.add_argument("--all", action="store_true", help="every stored answer")
    parser.add_argument(
        "--cache", metavar="FILE", type=Path, help="the stored answers (default: the usual place)"
    )
    parser.add_argument(
        "--runtime-cache",
        metavar="FILE",
        type=Path,
        help="the file of a response cache: delete there, and nowhere else",
    )
    parser.add_argument(
        "--records",
        metavar="DIR",
        type=Path,
        help="with --case: also from the records in this folder, such as reports/baselines",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")


def run(options: Namespace) -> ExitCode:
    """Delete, and say how much is gone and how much is left."""
    if options.runtime_cache:
        return _forget(options)
    if options.records and options.case is None:
        raise UsageError(
            "--records needs --case: records bear no dates, and cases are all they say"
        )
    cache: Path = options.cache or where(os.environ)
    selection = Selection(case=options.case, older_than_days=options.older_than)
    verb = "would delete" if options.dry_run else "deleted"
    if options.records:
        gone = delete_from_records(options.records, options.case, dry_run=options.dry_run)
        _say(f"{verb} {_counts(gone, 'line')} in {options.records}")
        if gone.deleted and not options.dry_run:
            _say("the history of git still holds what was committed")
    gone = delete_answers(cache, selection, now=time.time(), dry_run=options.dry_run)
    _say_of_file(gone, verb, cache)
    return ExitCode.OK


def _forget(options: Namespace) -> ExitCode:
    """Delete from a response cache, which knows no cases."""
    others = ("--case", options.case), ("--cache", options.cache), ("--records", options.records)
    given = [name for name, value in others if value is not None]
    if given:
        raise UsageError(
            f"--runtime-cache does not go with {given[0]}: a response cache knows answers by age"
            " alone; give --older-than or --all, and purge other places by a call of their own"
        )
    cache: Path = options.runtime_cache
    days: float | None = options.older_than
    seconds = None if days is None else days * SECONDS_PER_DAY
    gone = forget_answers(cache, older_than=seconds, now=time.time(), dry_run=options.dry_run)
    _say_of_file(gone, "would delete" if options.dry_run else "deleted", cache)
    return ExitCode.OK


def _say_of_file(gone: Deleted, verb: str, cache: Path) -> None:
    absent = "" if cache.exists() else ", which does not exist"
    _say(f"{verb} {_counts(gone, 'answer')} in {cache}{absent}")
    if gone.in_use:
        _say("another process has the file open: the words leave it when that process ends")


def _days(text: str) -> float:
    """Read an age; argparse shows the message."""
    match = re.fullmatch(r"(\d{1,6})([dh])", text.strip(), re.ASCII)
    if match is None:
        raise ArgumentTypeError(f"expected a number of days or hours such as 30d or 12h: {text!r}")
    return int(match[1]) / (24 if match[2] == "h" else 1)


def _counts(gone: Deleted, noun: str) -> str:
    return f"{counted(gone.deleted, noun)}, {gone.left:,} left,"


def _say(line: str) -> None:
    print(safe_line(line))  # noqa: T201
