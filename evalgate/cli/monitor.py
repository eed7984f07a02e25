"""`evalgate monitor`: shows how production does, live, on a page, as metrics or as a document."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from evalgate.cli.evidence_options import add_instant_argument, add_policy_argument, now_of
from evalgate.cli.monitor_look import Lookout, place_of
from evalgate.cli.monitor_loop import EVERY, watch
from evalgate.cli.monitor_round import add_alert_argument, looked_and_followed, rounds_of
from evalgate.cli.monitor_telling import is_terminal, tell, write_page
from evalgate.cli.port import port_number
from evalgate.errors import ExitCode, UsageError
from evalgate.model.board import Standing

_UNITS: Mapping[str, float] = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
_LONGEST = 366 * 86_400.0

_ONCE, _ON = ("once", "json", "as_of"), ("every", "prometheus")
"""The options that ask for a single look, and those that ask for more."""

EXIT_CODES: Mapping[Standing, ExitCode] = {
    Standing.WELL: ExitCode.OK,
    Standing.TICKET: ExitCode.OK,
    Standing.PAGE: ExitCode.FAIL,
    Standing.UNWATCHED: ExitCode.INCONCLUSIVE,
    Standing.UNREAD: ExitCode.NOT_EVALUATED,
}
"""How a single look ends."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.epilog = (
        "`evalgate monitor freeze`, `rules` and `backtest` have a --help of their own. A single "
        "look ends with 0 when nothing pages, 1 when an alarm does, 3 when nothing is watched, "
        "4 when nothing could be read."
    )
    parser.add_argument(
        "logs",
        metavar="LOGS",
        type=Path,
        nargs="*",
        help="files and folders of the call log (default: logs)",
    )
    parser.add_argument(
        "--scores",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a file or folder of scores; repeatable (default: scores, if there is one)",
    )
    parser.add_argument(
        "--prompts", metavar="DIR", type=Path, help="the folder of the prompts (default: prompts)"
    )
    add_policy_argument(parser)
    parser.add_argument(
        "--since",
        metavar="TIME",
        type=_length,
        default=86_400.0,
        help="show so much (default: 24h)",
    )
    parser.add_argument(
        "--history",
        metavar="TIME",
        type=_length,
        default=30 * 86_400.0,
        help="read so much, for error budgets and what is compared with (default: 30d)",
    )
    _add_places(parser)
    _add_ways(parser)
    add_instant_argument(parser)


def _add_places(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--baselines",
        metavar="FILE",
        type=Path,
        help="the frozen quality (default: reports/baselines/quality.json)",
    )
    parser.add_argument(
        "--incidents",
        metavar="DIR",
        type=Path,
        help="where incidents are (default: reports/incidents)",
    )
    parser.add_argument(
        "--smells",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a baseline of `evalgate smell` to compare smells with; repeatable",
    )


def _add_ways(parser: ArgumentParser) -> None:
    add_alert_argument(parser)
    parser.add_argument("--once", action="store_true", help="look once: for a scheduled job")
    parser.add_argument("--json", action="store_true", help="look once, and print it for machines")
    parser.add_argument(
        "--every",
        metavar="SECONDS",
        type=_seconds,
        help=f"look so often (default: {EVERY:g}; without a terminal, once)",
    )
    parser.add_argument(
        "--html", metavar="FILE", type=Path, help="write a page, anew after each look"
    )
    parser.add_argument(
        "--prometheus",
        metavar="PORT",
        type=port_number,
        help="serve metrics at http://127.0.0.1:PORT/metrics; 0 for any free port",
    )


def run(options: Namespace) -> ExitCode:
    """Look once and tell it, or look again and again.

    Raises:
        UsageError: options contradict each other, or files cannot be read or written.
        ConfigurationError: the policy or the frozen quality is wrong.
    """
    _check_ways(options)
    lookout = Lookout(place_of(options, now=now_of(options)))
    if not is_single(options):
        return watch(lookout, options)
    looked = looked_and_followed(lookout, rounds_of(options, lookout.place), at=now_of(options))
    write_page(looked.board, options.html)
    tell(looked.board, is_json=options.json)
    return EXIT_CODES[looked.board.standing]


def is_single(options: Namespace) -> bool:
    """Return whether one look is asked for: by name, or because nobody could see a second one."""
    if _given(options, _ONCE):
        return True
    return options.every is None and options.prometheus is None and not is_terminal()


def _check_ways(options: Namespace) -> None:
    """Refuse to look once and to go on: whatever was left undone would be done in silence."""
    once, on = _given(options, _ONCE), _given(options, _ON)
    if once and on:
        raise UsageError(
            f"{once[0]} and {on[0]} contradict each other: a single look ends, and {on[0]} goes "
            "on; leave one of them out"
        )


def _given(options: Namespace, names: Iterable[str]) -> Sequence[str]:
    """Return those of some options that are given; a port of 0 is one."""
    told = {name: getattr(options, name) for name in names}
    return [
        f"--{name.replace('_', '-')}"
        for name, value in told.items()
        if value is not None and value is not False
    ]


def _length(text: str) -> float:
    """Read a length of time such as `24h`; argparse shows the message."""
    number, unit = text[:-1], text[-1:]
    if unit in _UNITS and number.isascii() and number.isdecimal() and len(number) <= 6:
        seconds = int(number) * _UNITS[unit]
        if 60.0 <= seconds <= _LONGEST:
            return seconds
    raise ArgumentTypeError(f"expected a time such as 90m, 24h or 7d, got `{text}`")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.2 <= seconds <= 86_400:
        raise ArgumentTypeError(f"expected seconds from 0.2 to 86400, got `{text}`")
    return seconds
