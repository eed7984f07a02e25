"""`evalgate simulate`: serves a simulated Claude on this machine until it is interrupted."""

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path

from evalgate.cli import adapters
from evalgate.cli.example import read_rule_files
from evalgate.cli.fault_option import read_fault_option
from evalgate.cli.port import port_number
from evalgate.errors import ExitCode
from evalgate.simulator.fault_rules import LONGEST_WAIT
from evalgate.simulator.limits import LEAST_BURST, MOST_PER_MINUTE, Limits
from evalgate.simulator.rules import Rules


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "--rules",
        metavar="FILE",
        type=Path,
        action="append",
        help="a rule file; may be given several times (default: the rules of the example)",
    )
    parser.add_argument(
        "--port",
        metavar="N",
        type=port_number,
        default=8377,
        help="0 takes any free port (default: 8377)",
    )
    parser.add_argument(
        "--latency",
        metavar="MS",
        type=_number(0, LONGEST_WAIT * 1000),
        default=0.0,
        help="how long each answer takes at least, in milliseconds (default: 0)",
    )
    parser.add_argument(
        "--fault",
        metavar="KEY=VALUE,…",
        type=read_fault_option,
        action="append",
        default=[],
        help="a fault to play, such as kind=overloaded,from=10,until=40, before those of the "
        "rules; may be given several times",
    )
    _add_rates(parser)
    parser.add_argument(
        "--batch-seconds",
        metavar="S",
        type=_number(0, LONGEST_WAIT),
        help="how long a message batch takes (default: what the rules say, or 1)",
    )


def _add_rates(parser: ArgumentParser) -> None:
    group = parser.add_argument_group(
        "rate limits", "token buckets, full at the start; each overrides that of the rules"
    )
    for what in ("requests", "input-tokens", "output-tokens"):
        group.add_argument(
            f"--{what}-per-minute",
            metavar="N",
            type=_rate,
            help=f"answer 429 when {what.replace('-', ' ')} come faster (default: no limit)",
        )
    group.add_argument(
        "--burst",
        metavar="SHARE",
        type=_number(LEAST_BURST, 1),
        help="how much of a minute's worth can be taken at once (default: 1, all of it)",
    )


def run(options: Namespace) -> ExitCode:
    """Serve until interrupted."""
    rules = (_stated(options), *read_rule_files(options.rules))
    asyncio.run(_serve(rules, options.port, latency_ms=options.latency))
    return ExitCode.OK


def _stated(options: Namespace) -> Rules:
    """Return the options as the first rule file: what it states, holds before what others do."""
    limits = Limits(
        requests_per_minute=options.requests_per_minute,
        input_tokens_per_minute=options.input_tokens_per_minute,
        output_tokens_per_minute=options.output_tokens_per_minute,
        burst=options.burst,
    )
    return Rules(
        path="the command line",
        faults=tuple(options.fault),
        limits=limits,
        batch_seconds=options.batch_seconds,
    )


def _rate(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) <= 10 else 0
    if not 1 <= number <= MOST_PER_MINUTE:
        raise ArgumentTypeError(f"expected a whole number from 1 to {MOST_PER_MINUTE:,}")
    return number


def _number(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not least <= number <= most:
            raise ArgumentTypeError(f"expected a number from {least:g} to {most:g}")
        return number

    return read


async def _serve(rules: tuple[Rules, ...], port: int, *, latency_ms: float) -> None:
    async with adapters.simulator(rules, port=port, latency_ms=latency_ms) as server:
        print(f"A simulated Claude listens on {server.base_url}; answers are made up by rules.")  # noqa: T201
        print(f"  ANTHROPIC_BASE_URL={server.base_url} evalgate gate --base main", flush=True)  # noqa: T201
        await asyncio.Event().wait()
