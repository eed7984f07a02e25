"""`evalgate serve-verdict`: tells delivery engines over HTTP what is known of rollouts."""

import os
import signal
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from types import FrameType

from evalgate.adapters.verdict_server import VerdictServer
from evalgate.cli import served_rollouts
from evalgate.cli.complaint import notify
from evalgate.cli.engine_files import MANIFESTS, manifest_text
from evalgate.cli.port import port_number
from evalgate.cli.printing import print_lines
from evalgate.cli.served_rollouts import ServedRollouts
from evalgate.cli.verdict_desk import VerdictDesk
from evalgate.cli.verdict_token import TOKEN, verdict_token
from evalgate.errors import ExitCode

PORT = 8378
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    served_rollouts.add_arguments(parser)
    parser.add_argument(
        "--print",
        dest="printed",
        choices=list(MANIFESTS),
        help="print manifests for an engine, and serve nothing",
    )
    parser.add_argument(
        "--port", metavar="N", type=port_number, default=PORT, help="default: %(default)s"
    )
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        default=_LOOPBACK[0],
        help="0.0.0.0 lets other machines ask (default: %(default)s)",
    )
    parser.add_argument(
        "--every",
        metavar="SECONDS",
        type=_seconds,
        default=30.0,
        help="how long an assessment is kept (default: 30)",
    )


def run(options: Namespace) -> ExitCode:
    """Serve until SIGTERM or SIGINT."""
    if options.printed:
        print_lines([manifest_text(options.printed).rstrip("\n")])
        return ExitCode.OK
    token, rollouts = verdict_token(os.environ), ServedRollouts(options)
    if not options.scores:
        notify("no scores are named by --scores PATH: quality is not known, so nothing can pass")
    desk = VerdictDesk(rollouts.report_of, is_prompt=rollouts.is_prompt, every=options.every)
    with VerdictServer(desk.answer, host=options.host, port=options.port, token=token) as server:
        with _ended_by_signals(server):
            _announce(server.address, options.host, has_token=bool(token))
            desk.open()
            server.serve_forever()
        desk.close()
    notify("verdicts are served no more")
    return ExitCode.OK


def _announce(address: str, host: str, *, has_token: bool) -> None:
    print_lines([f"Verdicts at {address}/verdict/PROMPT. Ctrl-C ends it."])
    if not has_token and host not in _LOOPBACK:
        notify(f"whoever reaches {host} can ask: set {TOKEN}, or let the network keep others out")


@contextmanager
def _ended_by_signals(server: VerdictServer) -> Iterator[None]:
    """End a server by SIGTERM and SIGINT, and leave the process as it was."""
    end = partial(_end, server)
    before = [signal.signal(number, end) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _end(server: VerdictServer, _number: int, _frame: FrameType | None) -> None:
    Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop that this is in


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3_600:
        raise ArgumentTypeError(f"expected seconds from 1 to 3600, got `{text}`")
    return seconds
