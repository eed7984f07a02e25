"""The options that narrow a run to a few cases, and what is told of them afterwards."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from contextlib import nullcontext

from evalgate.adapters import actions
from evalgate.cli.console import PipeConsole
from evalgate.cli.printing import to_standard_output
from evalgate.deciding.wording import counted
from evalgate.errors import UsageError
from evalgate.gate.planning import Plan
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Arm
from evalgate.model.verdict import VersionRef
from evalgate.reporting.case_run import CaseRun, case_run
from evalgate.reporting.terminal_case import show_case
from evalgate.running.selection import MOST_TRIALS, Selection

_NARROWER = ("prompt", "evalset", "trials")


def add_selection_arguments(parser: ArgumentParser) -> None:
    """Declare which cases a run is about, when it is about a few."""
    parser.add_argument(
        "--case",
        metavar="ID",
        action="append",
        help="run this case only and show what came of it; may be repeated; decides nothing",
    )
    parser.add_argument("--prompt", metavar="NAME", help="with --case: this prompt only")
    parser.add_argument("--evalset", metavar="NAME", help="with --case: this eval set only")
    parser.add_argument(
        "--trials", metavar="N", type=int, help="with --case: how often to run each, in each arm"
    )


def read_selection_options(options: Namespace) -> Selection | None:
    """Return the cases that a run is about; None when it is about all.

    Raises:
        UsageError: when the options do not go together.
    """
    narrower = [name for name in _NARROWER if getattr(options, name) is not None]
    if not options.case:
        if narrower:
            raise UsageError(f"--{narrower[0]} goes with --case: name the case to run")
        return None
    if options.resume:
        raise UsageError("--resume goes on with a run as it was begun: leave out --case")
    if options.shard is not None:
        raise UsageError("--shard is a part of a whole run: it does not go with --case")
    if options.trials is not None and not 1 <= options.trials <= MOST_TRIALS:
        expected = f"expected a whole number from 1 to {MOST_TRIALS}"
        raise UsageError(f"--trials: {expected}, got {options.trials}")
    return Selection(
        cases=tuple(dict.fromkeys(options.case)),
        prompt=options.prompt,
        evalset=options.evalset,
        trials=options.trials,
    )


def show_cases(plan: Plan, log: TrialLog, *, in_workflow: bool) -> None:
    """Print what each case of a narrowed plan came to, and that nothing was decided."""
    told = list(_case_runs(plan, log))
    # What a case or an answer says must not be obeyed by the workflow's runner.
    with actions.untrusted() if in_workflow else nullcontext():
        to_standard_output(lambda: _show(told, PipeConsole()))


def _show(told: Iterable[CaseRun], console: PipeConsole) -> None:
    for run in told:
        show_case(run, console)
        console.print()


def _case_runs(plan: Plan, log: TrialLog) -> Iterator[CaseRun]:
    trials = list(log.read())
    for matchup in plan.matchups:
        cases = {case.id: case for case in matchup.evalset.cases}
        candidate, baseline = matchup.candidate.version, matchup.candidate.baseline
        versions = {
            arm: VersionRef(version=version.version, hash=version.hash)
            for arm, version in zip(Arm, (baseline, candidate), strict=True)
            if version is not None
        }
        for planned in matchup.planned:
            yield case_run(
                cases[planned.case],
                planned,
                subject=(candidate.prompt, matchup.evalset.name),
                versions=versions,
                trials=trials,
            )


def nothing_decided(selection: Selection) -> str:
    """Return what a run of a few cases says of itself at its end."""
    number = len(selection.cases)
    verb = "was" if number == 1 else "were"
    return f"Only {counted(number, 'case')} {verb} run, which decides nothing."
