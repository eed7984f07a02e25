"""The options that say who answers, at what cost at most, and where answers are kept."""

import math
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path


def add_world_arguments(parser: ArgumentParser) -> None:
    """Declare who answers, and where answers are kept."""
    parser.add_argument(
        "--simulate",
        action="store_true",
        help="let the simulator answer: no key, no cost, and no real answers",
    )
    parser.add_argument(
        "--rules",
        metavar="FILE",
        type=Path,
        action="append",
        help="a rule file for --simulate (default: the rules of the example)",
    )
    parser.add_argument(
        "--max-cost",
        metavar="USD",
        type=dollars,
        help="what the run may cost, in place of the policy's `run.max_cost_usd`",
    )
    parser.add_argument(
        "--cache", metavar="FILE", type=Path, help="where answers are kept for later runs"
    )
    parser.add_argument(
        "--no-cache", action="store_true", help="use no answer of an earlier run, and keep none"
    )


def dollars(text: str) -> float:
    """Read a limit; argparse shows the message. A limit that is no number would limit nothing."""
    try:
        limit = float(text)
    except ValueError:
        limit = math.nan
    if not (math.isfinite(limit) and limit >= 0):
        raise ArgumentTypeError(f"expected US dollars such as 2.50, got `{text}`")
    return limit


def world_words(options: Namespace) -> tuple[str, ...]:
    """Return the words that say again who answers, and where answers are kept."""
    words = ["--simulate"] if options.simulate or options.rules else []
    for file in options.rules or ():
        words += ["--rules", str(file)]
    if options.max_cost is not None:
        words += ["--max-cost", f"{options.max_cost:.15g}"]
    if options.cache:
        words += ["--cache", str(options.cache)]
    return (*words, "--no-cache") if options.no_cache else tuple(words)
