"""`evalgate score`: scores sampled answers of production, once or again and again."""

import asyncio
import os
import signal
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from evalgate.cli.complaint import notify
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.prompt_place import PROMPTS
from evalgate.cli.score_progress import ScoreProgress
from evalgate.cli.score_session import Scoring, ScoringPlace, scoring
from evalgate.cli.score_table import look_line, score_document, score_lines
from evalgate.cli.world import simulator_rules
from evalgate.cli.world_arguments import dollars
from evalgate.errors import EvalgateError, ExitCode, InterruptedRunError
from evalgate.monitoring.scoring.tally import Tally

SCORES = "scores"
"""Where scores are written to, unless a folder is named."""

KEPT = "interrupted; what was scored is kept, and is not paid for again"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_place_arguments(parser)
    parser.add_argument(
        "--watch",
        metavar="SECONDS",
        type=_seconds,
        help="go on, and look so often; without it, one pass is made",
    )
    parser.add_argument(
        "--max-cost", metavar="USD", type=dollars, help="what one pass may cost, within the day's"
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")
    parser.add_argument(
        "--simulate", action="store_true", help="let the simulator judge: no key, no cost"
    )
    parser.add_argument(
        "--rules",
        metavar="FILE",
        type=Path,
        action="append",
        help="a rule file for --simulate (default: the rules of the example)",
    )


def add_place_arguments(parser: ArgumentParser) -> None:
    """Declare where samples, scores, prompts and policy are."""
    parser.add_argument(
        "--spool", metavar="DIR", type=Path, help="the samples (default: as runtime.yml says)"
    )
    parser.add_argument(
        "--scores",
        metavar="DIR",
        type=Path,
        default=Path(SCORES),
        help="where scores are written to (default: %(default)s)",
    )
    parser.add_argument(
        "--prompts",
        metavar="DIR",
        type=Path,
        default=Path(PROMPTS),
        help="where prompts and runtime.yml are (default: %(default)s)",
    )
    parser.add_argument(
        "--policy", metavar="PATH", type=Path, help="the policy (default: that of the prompts)"
    )


def run(options: Namespace) -> ExitCode:
    """Score what is in the spool.

    Raises:
        UsageError: something is not there, or another worker is at work.
        ConfigurationError: the policy, a criterion, an anchor or a prompt is wrong.
        InterruptedRunError: the user interrupts; what was scored is kept.
    """
    place = ScoringPlace(
        prompts=options.prompts,
        scores=options.scores,
        policy=options.policy,
        spool=options.spool,
        rules=simulator_rules(options),
        max_cost_usd=options.max_cost,
    )
    with scoring(place, os.environ) as found:
        notify(found.note or None)
        try:
            if options.watch is None:
                return _tell(_look(found), found, options)
            return _watch(found, options)
        except KeyboardInterrupt:
            raise InterruptedRunError(KEPT) from None


def _look(found: Scoring) -> Tally:
    with ScoreProgress() as progress:
        return asyncio.run(found.worker.look(progress))


def _watch(found: Scoring, options: Namespace) -> ExitCode:
    """Look again and again, until somebody asks for the end."""
    total = Tally()
    try:
        asyncio.run(_go_on(found, total, options))
    except asyncio.CancelledError:
        notify("score was asked to end; what is left waits")
    return _tell(total, found, options)


async def _go_on(found: Scoring, total: Tally, options: Namespace) -> None:
    """Make one pass after the other; what goes wrong is told once, and may be mended."""
    task, told = asyncio.current_task(), ""
    if task is not None:
        # An exception of a signal handler could be taken for a failed call.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    while True:
        told = await _glance(found, total, options, told=told)
        await asyncio.sleep(options.watch)


async def _glance(found: Scoring, total: Tally, options: Namespace, *, told: str) -> str:
    """Make one pass of many, and return what went wrong with it, if anything."""
    try:
        tally = await found.worker.look()
    except EvalgateError as error:
        if str(error) != told:
            notify(str(error))
        return str(error)
    total.add(tally)
    if not tally.is_idle and not options.json:
        print_lines([f"{time.strftime('%H:%M:%S')}  {look_line(tally)}"])
    return ""


def _tell(tally: Tally, found: Scoring, options: Namespace) -> ExitCode:
    code = exit_code_of(tally)
    policy = found.policy
    if options.json:
        print_json(as_json(score_document(tally, exit_code=int(code))))
    else:
        is_free = bool(options.simulate or options.rules)
        per_day = None if is_free else policy.monitor.scoring.max_cost_usd_per_day
        judge = policy.judge.model
        print_lines(score_lines(tally, judge=judge, per_day=per_day, is_simulated=is_free))
    return code


def exit_code_of(tally: Tally) -> ExitCode:
    """Return how a pass ends: it failed where the judge could not be asked about anything."""
    is_vain = tally.stopped is not None and not tally.judged and not tally.anchors
    return ExitCode.NOT_EVALUATED if is_vain else ExitCode.OK


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 86_400:
        raise ArgumentTypeError(f"expected seconds from 0.1 to 86400, got `{text}`")
    return seconds
