"""`evalgate purge`: deletes what earlier runs have stored, by age, by case, or all of it."""

import os
import re
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from evalgate.adapters.answer_store import where
from evalgate.adapters.deletion import Deleted, Selection, delete_answers, delete_from_records
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
        "--records",
        metavar="DIR",
        type=Path,
        help="with --case: also from the records in this folder, such as reports/baselines",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")


def run(options: Namespace) -> ExitCode:
    """Delete, and say how much is gone and how much is left."""
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
    absent = "" if cache.exists() else ", which does not exist"
    _say(f"{verb} {_counts(gone, 'answer')} in {cache}{absent}")
    if gone.in_use:
        _say("another process has the file open: the words leave it when that process ends")
    return ExitCode.OK


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
