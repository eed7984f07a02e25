"""`evalgate simulate`: serves a simulated Claude on this machine until it is interrupted."""

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evalgate.cli import adapters
from evalgate.cli.example import read_rule_files
from evalgate.errors import ExitCode
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
    parser.add_argument("--port", type=int, default=8377, help="0 takes any free port")
    parser.add_argument(
        "--latency", metavar="MS", type=float, default=0.0, help="how long each answer takes"
    )


def run(options: Namespace) -> ExitCode:
    """Serve until interrupted."""
    asyncio.run(_serve(read_rule_files(options.rules), options.port, latency_ms=options.latency))
    return ExitCode.OK


async def _serve(rules: tuple[Rules, ...], port: int, *, latency_ms: float) -> None:
    async with adapters.simulator(rules, port=port, latency_ms=latency_ms) as server:
        print(f"A simulated Claude listens on {server.base_url}; answers are made up by rules.")  # noqa: T201
        print(f"  ANTHROPIC_BASE_URL={server.base_url} evalgate gate --base main", flush=True)  # noqa: T201
        await asyncio.Event().wait()
