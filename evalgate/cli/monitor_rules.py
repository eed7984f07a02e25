"""`evalgate monitor rules`: what each stream is held to, how late it is, and how often wrong."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from evalgate.adapters.quality_baselines import read_quality_baselines
from evalgate.cli.complaint import notify, say
from evalgate.cli.evidence_options import add_instant_argument, now_of
from evalgate.cli.monitor_files import add_file_arguments, add_prompt_arguments, rules_of, scores_of
from evalgate.cli.monitor_tables import rules_document, rules_lines
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import Freezing, Period, freeze, latest
from evalgate.monitoring.alarms.looking import HeldTo, held_to
from evalgate.monitoring.alarms.ruled import Chances, Pace, Ruled, ruled_of

RUNS = 800
"""Simulations of 10,000 scores over all streams together, unless told otherwise."""

FEWEST_RUNS, MOST_RUNS = 40, 400
_FIRST_LINE, _LINES_EVERY = 2.0, 5.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    add_prompt_arguments(parser)
    add_file_arguments(parser)
    parser.add_argument(
        "--calls-per-hour",
        metavar="N",
        type=float,
        help="of a prompt, for the times (default: as many scores an hour as there were)",
    )
    parser.add_argument(
        "--rate",
        metavar="SHARE",
        type=float,
        help="of the calls that are scored, such as 0.01; with --calls-per-hour",
    )
    parser.add_argument(
        "--runs", metavar="N", type=int, help="simulations of each stream; 0 for none"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the same seed gives the same result (0)"
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")
    add_instant_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Print the rules of each declared stream at the traffic that there is.

    Raises:
        UsageError: an option is wrong, or files cannot be read.
        ConfigurationError: the policy or the file of baselines is wrong.
        EvaluationError: nothing is frozen, and there are too few scores to tell.
    """
    pace = _pace(options)
    now, rules = now_of(options), rules_of(options)
    read, prompts = scores_of(options)
    observations = [each for each in read.observations if each.prompt in prompts and each.ts <= now]
    baselines = _baselines(options.baselines, observations, max_drop=rules.alarms.max_drop, now=now)
    to = held_to(rules, [each for each in baselines if each.prompt in prompts])
    found = _ruled(observations, to, options, pace=pace, now=now)
    if not found:
        raise EvaluationError("there is nothing to tell rules of: no stream has enough scores")
    if options.json:
        print_json(as_json(rules_document(found, to)))
    else:
        print_lines(rules_lines(found, to))
    return ExitCode.OK


def _pace(options: Namespace) -> Pace | None:
    """Return the traffic that is given, None where that of the scores counts."""
    if options.runs is not None and not 0 <= options.runs <= 100_000:
        raise UsageError(f"--runs: expected 0 to 100,000, got {options.runs}")
    if options.rate is not None and not 0 < options.rate <= 1:
        raise UsageError(f"--rate: expected a share above 0 and up to 1, got {options.rate:g}")
    if options.calls_per_hour is None:
        if options.rate is not None:
            raise UsageError("--rate needs --calls-per-hour: the share is of those calls")
        return None
    if options.calls_per_hour <= 0:
        raise UsageError(f"--calls-per-hour: expected more than 0, got {options.calls_per_hour:g}")
    return Pace(calls=options.calls_per_hour, rate=options.rate or 1.0)


def _baselines(
    path: Path, observations: Sequence[Observation], *, max_drop: float, now: float
) -> Sequence[QualityBaseline]:
    """Return what is frozen; where nothing is, what would be if it were frozen now."""
    frozen = read_quality_baselines(path)
    if frozen:
        return frozen
    periods = {each.prompt: Period(since=0.0, until=now) for each in observations}
    freezing = Freezing(at=now, by="", reason="", max_drop=max_drop)
    made = freeze(observations, periods, freezing).baselines
    if made:
        notify(
            f"nothing is frozen in {path}: these are the rules as if `evalgate monitor freeze` had "
            "been called now"
        )
    return made


def _ruled(
    observations: Sequence[Observation],
    to: HeldTo,
    options: Namespace,
    *,
    pace: Pace | None,
    now: float,
) -> tuple[Ruled, ...]:
    progress = _Progress()
    streams = len(latest(to.baselines))
    runs = options.runs
    if runs is None:
        runs = max(FEWEST_RUNS, min(MOST_RUNS, RUNS // max(1, streams)))
    progress.total = runs * streams
    draws = Random(options.seed)  # noqa: S311 - a simulation, no secret
    chances = Chances(draws=draws, runs=runs, tell=progress.count)
    return ruled_of(observations, to, chances, pace=pace, at=now)


@dataclass(slots=True)
class _Progress:
    """Says on standard error now and then how far it has come."""

    total: int = 0
    done: int = 0
    due: float = field(default_factory=lambda: time.monotonic() + _FIRST_LINE)

    def count(self) -> None:
        self.done += 1
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + _LINES_EVERY
            say(f"evalgate: {min(self.done, self.total):,} of {self.total:,} simulations")
