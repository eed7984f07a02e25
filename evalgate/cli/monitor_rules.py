"""`evalgate monitor rules`: what each stream is held to, how late it is, and how often wrong."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from random import Random

from evalgate.adapters.quality_baselines import read_quality_baselines
from evalgate.adapters.traffic import TrafficReader
from evalgate.cli.complaint import notify, say
from evalgate.cli.evidence_options import add_instant_argument, now_of
from evalgate.cli.monitor_files import (
    add_file_arguments,
    add_prompt_arguments,
    baselines_place,
    notify_left_out,
    rules_of,
    scores_of,
)
from evalgate.cli.monitor_tables import rules_document, rules_lines
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.model.monitoring import Objective
from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.freezing import Freezing, Period, freeze, latest
from evalgate.monitoring.alarms.looking import HeldTo, held_to
from evalgate.monitoring.alarms.noticing import Flows, flows_of, planned
from evalgate.monitoring.alarms.ruled import Chances, Pace, Ruled, ruled_of
from evalgate.monitoring.alarms.trends import DAY, PACE_DAYS

RUNS = 800
"""Simulations of 10,000 scores over all streams together, unless told otherwise."""

FEWEST_RUNS, MOST_RUNS = 40, 400
_FIRST_LINE, _LINES_EVERY = 2.0, 5.0


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    add_prompt_arguments(parser)
    add_file_arguments(parser)
    parser.add_argument(
        "--logs",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a file or folder of the call log, for the calls an hour; repeatable",
    )
    parser.add_argument(
        "--calls-per-hour",
        metavar="N",
        type=float,
        help="of a prompt, for the times (default: those of the log, and as many scores an hour "
        "as there were)",
    )
    parser.add_argument(
        "--rate",
        metavar="SHARE",
        type=float,
        help="of the calls that are scored, such as 0.01; with --logs or --calls-per-hour",
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
    _check_numbers(options)
    now, rules = now_of(options), rules_of(options)
    read, prompts = scores_of(options)
    observations = [each for each in read.observations if each.prompt in prompts and each.ts <= now]
    path = baselines_place(options)
    baselines = _baselines(path, observations, max_drop=rules.alarms.max_drop, now=now)
    to = held_to(rules, [each for each in baselines if each.prompt in prompts])
    flows = _flows(options, observations, rules.objectives, now=now).of(prompts)
    paces = _paces(options, prompts, flows)
    found = _ruled(observations, to, options, paces=paces, now=now)
    if not found:
        raise EvaluationError("there is nothing to tell rules of: no stream has enough scores")
    if options.json:
        print_json(as_json(rules_document(found, to, flows)))
    else:
        print_lines(rules_lines(found, to, flows))
    return ExitCode.OK


def _check_numbers(options: Namespace) -> None:
    """Refuse what cannot be, before anything is read."""
    calls = options.calls_per_hour
    if options.runs is not None and not 0 <= options.runs <= 100_000:
        raise UsageError(f"--runs: expected 0 to 100,000, got {options.runs}")
    if options.rate is not None and not 0 < options.rate <= 1:
        raise UsageError(f"--rate: expected a share above 0 and up to 1, got {options.rate:g}")
    if options.rate is not None and calls is None and not options.logs:
        raise UsageError("--rate needs --logs or --calls-per-hour: the share is of those calls")
    if calls is not None and options.logs:
        raise UsageError(
            "--logs and --calls-per-hour contradict each other: both say how many calls there "
            "are; leave one of them out"
        )
    if calls is not None and not 0 < calls < inf:
        raise UsageError(f"--calls-per-hour: expected a number above 0, got {calls:g}")


def _flows(
    options: Namespace,
    observations: Sequence[Observation],
    objectives: Sequence[Objective],
    *,
    now: float,
) -> Flows:
    """Return the calls an hour, as far as they are given."""
    if options.calls_per_hour is not None:
        return planned(options.calls_per_hour, objectives)
    if not options.logs:
        return Flows()
    reader = TrafficReader(options.logs, since=now - PACE_DAYS * DAY)
    traffic = reader.look(now)
    for path, reason in reader.files.missing.items():
        raise UsageError(f"--logs: {path}: {reason}")
    notify_left_out("the call log", traffic.lines.left_out)
    if not traffic.lines.calls:
        raise UsageError(
            f"--logs: there are no calls of the last {PACE_DAYS} days; leave it out, or name "
            "--calls-per-hour"
        )
    return flows_of(traffic.minutes, observations, objectives, at=now)


def _paces(options: Namespace, prompts: Iterable[str], flows: Flows) -> Mapping[str, Pace]:
    """Return the paces that are planned; those of the scores are for all other prompts."""
    if options.calls_per_hour is not None:
        pace = Pace(calls=options.calls_per_hour, rate=options.rate or 1.0)
        return dict.fromkeys(prompts, pace)
    if options.rate is None:
        return {}
    return {each.prompt: Pace(calls=each.per_hour, rate=options.rate) for each in flows.prompts}


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
    paces: Mapping[str, Pace],
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
    return ruled_of(observations, to, chances, paces=paces, at=now)


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
