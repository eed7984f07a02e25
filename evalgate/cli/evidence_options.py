"""What commands about production take: log, scores, the policy that judges them, the instant."""

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file
from evalgate.cli.prompt_place import find_policy
from evalgate.errors import UsageError
from evalgate.gate.policy import read_policy
from evalgate.model.policy import Policy
from evalgate.rollout.instants import seconds_of


def add_evidence_arguments(parser: ArgumentParser) -> None:
    """Declare where the evidence lies, and which policy says how it is judged."""
    parser.add_argument(
        "--calls",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a file or folder of the call log; repeatable",
    )
    parser.add_argument(
        "--scores",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a file or folder of scores; repeatable",
    )
    add_policy_argument(parser)


def add_policy_argument(parser: ArgumentParser) -> None:
    """Declare which policy says how rollouts go."""
    parser.add_argument(
        "--policy",
        metavar="PATH",
        type=Path,
        help="the policy with the rules (default: that of the prompts, or else the defaults)",
    )


def add_instant_argument(parser: ArgumentParser) -> None:
    """Declare the instant that a command is about."""
    parser.add_argument(
        "--as-of",
        metavar="INSTANT",
        type=instant_argument,
        help="as if it were then, such as 2026-11-22T10:00:00Z: nothing later is known",
    )


def now_of(options: Namespace) -> float:
    """Return the instant that a command is about, in seconds since 1970."""
    return time.time() if options.as_of is None else float(options.as_of)


def policy_for(named: Path | None, folder: Path) -> Policy:
    """Return the policy that is named, else the one around a folder of prompts, else the defaults.

    Raises:
        ConfigurationError: when it is wrong.
        UsageError: when the one that is named is not there.
    """
    path = named or find_policy(folder, here=Path.cwd())
    if path is None:
        return Policy()
    content = read_file(path)
    if content is None:
        raise UsageError(f"policy: there is no {path}")
    return read_policy(FORMATS.read_yaml(str(path), content), content)


def instant_argument(text: str) -> float:
    """Return an instant of the command line in seconds since 1970."""
    seconds = seconds_of(text)
    if seconds is None or "T" not in text:
        raise ArgumentTypeError(f"expected an instant such as 2026-11-22T10:00:00Z, got `{text}`")
    return seconds
