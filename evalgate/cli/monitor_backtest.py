"""`evalgate monitor backtest`: which alarms a rule would have raised over scores of the past."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from evalgate.adapters.quality_baselines import read_quality_baselines
from evalgate.cli.complaint import notify
from evalgate.cli.monitor_files import (
    add_file_arguments,
    add_prompt_arguments,
    baselines_place,
    nearly,
    prompts_of,
    rules_of,
    scores_of,
)
from evalgate.cli.monitor_freeze import instant
from evalgate.cli.monitor_tables import backtest_document, backtest_lines
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.model.monitoring import AlarmRules
from evalgate.model.observation import Observation
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.monitoring.alarms.backtesting import Drop, frozen_then, holding, span_of, with_drop
from evalgate.monitoring.alarms.freezing import Frozen
from evalgate.monitoring.alarms.looking import Seen, alarms_of, held_to
from evalgate.monitoring.alarms.series import DIMENSIONS
from evalgate.reporting.instants import iso


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the action."""
    parser.add_argument(
        "paths",
        metavar="SCORES",
        type=Path,
        nargs="*",
        help="files and folders of scores, as by --scores",
    )
    add_prompt_arguments(parser, by_place=False)
    add_file_arguments(parser)
    parser.add_argument("--window", metavar="N", type=int, help="scores of the window to try")
    parser.add_argument("--max-drop", metavar="POINTS", type=float, help="the fall to page about")
    parser.add_argument(
        "--false-alarms", metavar="SHARE", type=float, help="the chance of a false page"
    )
    parser.add_argument(
        "--freeze-until",
        metavar="INSTANT",
        type=instant,
        help="freeze the scores before it, and replay the rest (default: what is frozen, "
        "or the first third)",
    )
    parser.add_argument(
        "--change-at", metavar="INSTANT", type=instant, help="when something changed, for the delay"
    )
    parser.add_argument(
        "--drop", metavar="POINTS", type=float, help="make the scores from --change-at on worse"
    )
    parser.add_argument("--criterion", metavar="NAME", default="", help="by this one alone")
    parser.add_argument(
        "--where",
        metavar="NAME=VALUE",
        type=_where,
        action="append",
        default=[],
        help=f"and only where it matches: {', '.join(DIMENSIONS)}",
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the same seed gives the same result (0)"
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")


def run(options: Namespace) -> ExitCode:
    """Replay the scores through the rule, and print the alarms.

    Raises:
        UsageError: an option is wrong, or files cannot be read.
        ConfigurationError: the policy or the file of baselines is wrong.
        EvaluationError: there are too few scores, or nothing is frozen that they can be held to.
    """
    monitor = rules_of(options)
    rules = _rules(options, monitor.alarms)
    read, prompts = scores_of(options, paths=options.paths)
    observations = tuple(each for each in read.observations if each.prompt in prompts)
    if not observations:
        raise EvaluationError("there are no scores that say which prompt they are about")
    baselines = _baselines(options, observations, rules)
    changed = _with_drop(options, observations)
    first, last = span_of(observations)
    seen = Seen(observations=changed, anchors=read.anchors)
    report = alarms_of(seen, held_to(replace(monitor, alarms=rules), baselines), at=last)
    alarms = sorted((*report.alarms, *report.past), key=lambda alarm: alarm.raised)
    if options.change_at is not None and not first <= options.change_at <= last:
        notify(f"--change-at is outside of the scores, which are from {iso(first)} to {iso(last)}")
    for note in (*report.notes, *(each.message for each in report.unwatched)):
        notify(note)
    scores = len(observations)
    if options.json:
        print_json(as_json(backtest_document(alarms, options.change_at, scores=scores)))
    else:
        print_lines(backtest_lines(alarms, options.change_at, scores=scores))
    return ExitCode.OK


def _rules(options: Namespace, rules: AlarmRules) -> AlarmRules:
    """Return the policy's rules, with what the command line tries out instead."""
    if options.window is not None:
        if not 10 <= options.window <= 100_000:
            raise UsageError(f"--window: expected 10 to 100,000, got {options.window}")
        rules = replace(rules, window=options.window)
    if options.max_drop is not None:
        rules = replace(rules, max_drop=_points(options.max_drop, "--max-drop"))
    if options.false_alarms is not None:
        if not 1e-4 <= options.false_alarms <= 0.5:
            raise UsageError(
                f"--false-alarms: expected 0.0001 to 0.5, got {options.false_alarms:g}"
            )
        rules = replace(rules, false_alarms=options.false_alarms)
    return rules


def _baselines(
    options: Namespace, observations: Sequence[Observation], rules: AlarmRules
) -> Sequence[QualityBaseline]:
    """Return what holds: what is frozen, unless another time is named or nothing is."""
    until, (_, last) = options.freeze_until, span_of(observations)
    prompts = prompts_of(observations)
    read = () if until is not None else read_quality_baselines(baselines_place(options))
    frozen = [each for each in read if each.prompt in prompts]
    # What was frozen afterwards is tried out as if it had been at once.
    known = holding(frozen, before=last)
    held = {each.prompt for each in known}
    rest = [each for each in observations if each.prompt not in held]
    if not rest:
        return known
    made = frozen_then(rest, until=until, max_drop=rules.max_drop)
    why = _why_made(rest, frozen, options)
    if made.baselines:
        then = iso(made.baselines[0].until)
        notify(f"{why}held to {_beginning(until)}, as if they had been frozen at {then}")
    elif not known:
        raise EvaluationError(f"{why}{_too_few(made, until)}")
    return (*known, *made.baselines)


def _why_made(
    rest: Iterable[Observation], frozen: Iterable[QualityBaseline], options: Namespace
) -> str:
    """Say what is missing, so that something must be made up instead."""
    if options.freeze_until is not None:
        return ""
    prompts, late = prompts_of(rest), {each.prompt: each.holds_from for each in frozen}
    unknown = [each for each in prompts if each not in late]
    if unknown:
        return (
            f"nothing is frozen of {', '.join(unknown)} in {baselines_place(options)}, which "
            "`evalgate monitor freeze` would do: "
        )
    first = min(late[each] for each in prompts)
    return (
        f"what {baselines_place(options)} says of {', '.join(prompts)} holds for answers after "
        f"{iso(first)} alone, and these scores end before that: "
    )


def _beginning(until: float | None) -> str:
    if until is not None:
        return f"the scores up to {iso(until)}"
    return "the first third of the scores"


def _too_few(made: Frozen, until: float | None) -> str:
    few = f": {nearly(made.closest)}" if made.closest else ""
    longer = "a longer beginning by" if until is None else "a later"
    return (
        f"{_beginning(until)} are too few for a baseline{few}; name {longer} --freeze-until, or "
        "give more scores"
    )


def _with_drop(options: Namespace, observations: Sequence[Observation]) -> Sequence[Observation]:
    if options.drop is None:
        if options.where or options.criterion:
            raise UsageError("--where and --criterion need --drop: they say what it is put into")
        return observations
    if options.change_at is None:
        raise UsageError("--drop needs --change-at: from when on the scores shall be worse")
    drop = Drop(
        since=options.change_at,
        by=_points(options.drop, "--drop"),
        criterion=options.criterion,
        names=dict(options.where),
    )
    return with_drop(observations, drop, Random(options.seed))  # noqa: S311 - no secret


def _points(value: float, option: str) -> float:
    if not 0 < value < 100:
        raise UsageError(f"{option}: expected points between 0 and 100, got {value:g}")
    return value / 100


def _where(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    known: Mapping[str, None] = dict.fromkeys(DIMENSIONS)
    if name not in known or not value:
        raise ArgumentTypeError(f"expected NAME=VALUE with a name of {', '.join(known)}: {text}")
    return name, value
