"""`evalgate logs cost | latency | errors | slowest`: figures of calls, by groups."""

import os
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from dataclasses import replace

from evalgate.cli.console import PipeConsole
from evalgate.cli.logs_adapter import CallLog
from evalgate.cli.logs_engine import OpenLog, add_source_arguments, open_log
from evalgate.cli.logs_instants import instant
from evalgate.cli.logs_progress import ReadingProgress
from evalgate.cli.printing import as_json, print_json, print_lines, to_standard_output
from evalgate.errors import ExitCode, UsageError
from evalgate.model.log_answer import Account, Answer, Row
from evalgate.model.log_question import CHOICES, Key, LogQuestion, Selection
from evalgate.model.reading import suggestion
from evalgate.reporting.logs_file import (
    answer_csv,
    answer_document,
    slowest_csv,
    slowest_document,
)
from evalgate.reporting.logs_terminal import show_answer, show_slowest
from evalgate.reporting.logs_told import LogTold

TOP, MOST_SLOW = 20, 10
"""Rows that are shown, and the slowest calls, unless the user says how many."""

_MOST = 10_000
_PIPED = 160
"""The width of what no terminal shows."""

SUMMARIES: Mapping[str, str] = {
    "cost": "what calls cost, and their tokens",
    "latency": "how long calls took, by percentiles",
    "errors": "how calls and their attempts failed",
    "slowest": "the calls that took longest, with their attempts",
}


def add_arguments(parser: ArgumentParser, action: str) -> None:
    """Declare the options of an action."""
    add_source_arguments(parser)
    if action != "slowest":
        parser.add_argument(
            "--by",
            metavar="KEYS",
            type=_keys,
            default=(),
            help=f"group by one or more of {', '.join(Key)}, parted by commas",
        )
    add_choice_arguments(parser)
    parser.add_argument(
        "--top",
        metavar="N",
        type=_number,
        help="how many calls"
        if action == "slowest"
        else f"how many groups (default: {TOP}; all of them by time, and for machines)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print it for machines")
    how.add_argument("--csv", action="store_true", help="print one row per group, as CSV")


def add_choice_arguments(parser: ArgumentParser) -> None:
    """Declare which calls are meant."""
    parser.add_argument("--since", metavar="WHEN", help="calls from then on: an instant, 24h, …")
    parser.add_argument("--until", metavar="WHEN", help="calls before then")
    for key in CHOICES:
        parser.add_argument(
            f"--{key.value}",
            metavar=key.name,
            action="append",
            default=[],
            help=f"calls of this {key.value}; repeatable, and empty means those without",
        )


def selection_of(options: Namespace, *, now: float) -> Selection:
    """Return which calls are meant.

    Raises:
        UsageError: when an instant is none, or nothing can lie between the two.
    """
    times: dict[str, int | None] = {"since": None, "until": None}
    for name in times:
        text = getattr(options, name)
        if text is not None:
            try:
                times[name] = instant(text, now=now)
            except ArgumentTypeError as error:
                raise UsageError(f"--{name}: {error}") from None
    since, until = times["since"], times["until"]
    if since is not None and until is not None and since >= until:
        raise UsageError("--since has to be before --until")
    values = {key: tuple(getattr(options, key)) for key in CHOICES if getattr(options, key)}
    return Selection(since=since, until=until, values=values)


def cost(options: Namespace) -> ExitCode:
    """Print what calls cost."""
    return _answer(options, lambda log, question: log.cost(question))


def latency(options: Namespace) -> ExitCode:
    """Print how long calls took."""
    return _answer(options, lambda log, question: log.latency(question))


def errors(options: Namespace) -> ExitCode:
    """Print how calls failed."""
    return _answer(options, lambda log, question: log.errors(question))


def slowest(options: Namespace) -> ExitCode:
    """Print the calls that took longest."""
    where = selection_of(options, now=time.time())
    question = LogQuestion(where=where, top=options.top or MOST_SLOW)
    with ReadingProgress() as progress, open_log(options, where, tell=progress.tell) as opened:
        found = opened.ask(lambda log: log.slowest(where, question.top or MOST_SLOW))
        told = _told(options, question, opened)
    told = replace(told, account=found.account)
    if options.json:
        print_json(as_json(slowest_document(told, found.calls)))
    elif options.csv:
        print_lines([slowest_csv(found.calls).rstrip("\n")])
    else:
        console = console_of()
        to_standard_output(lambda: show_slowest(told, found.calls, console))
    return ExitCode.OK


ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {
    "cost": cost,
    "latency": latency,
    "errors": errors,
    "slowest": slowest,
}


def console_of() -> PipeConsole:
    """Return a console on standard output, wide enough for tables where no terminal is."""
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED
    return console


def _answer(options: Namespace, ask: Callable[[CallLog, LogQuestion], Answer[Row]]) -> ExitCode:
    where = selection_of(options, now=time.time())
    question = LogQuestion(by=options.by, where=where)
    top = options.top
    if top is None and not (options.json or options.csv or question.is_in_order_of_time):
        top = TOP
    question = replace(question, top=top)
    with ReadingProgress() as progress, open_log(options, where, tell=progress.tell) as opened:
        answer = opened.ask(lambda log: ask(log, question))
        told = replace(_told(options, question, opened), account=answer.account)
    if options.json:
        print_json(as_json(answer_document(told, answer)))
    elif options.csv:
        print_lines([answer_csv(told, answer).rstrip("\n")])
    else:
        console = console_of()
        to_standard_output(lambda: show_answer(told, answer, console))
    return ExitCode.OK


def _told(options: Namespace, question: LogQuestion, opened: OpenLog) -> LogTold:
    return LogTold(
        verb=options.action, question=question, reading=opened.reading, account=Account()
    )


def _keys(text: str) -> tuple[Key, ...]:
    """Read what to group by; argparse shows the message."""
    keys: list[Key] = []
    for word in text.split(","):
        name = word.strip()
        if name not in tuple(Key):
            known = tuple(key.value for key in Key)
            raise ArgumentTypeError(
                f"expected some of {', '.join(known)}, not {name!r}{suggestion(name, known)}"
            )
        if Key(name) not in keys:
            keys.append(Key(name))
    return tuple(keys)


def _number(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= _MOST:
        raise ArgumentTypeError(f"expected a number from 1 to {_MOST:,}: {text!r}")
    return value
