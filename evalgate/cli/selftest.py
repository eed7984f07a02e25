"""`evalgate selftest`: measures how often a policy decides wrongly on the sets that it rules."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import make_folder, write_files
from evalgate.cli import adapters
from evalgate.cli.complaint import notify, say
from evalgate.cli.console import PipeConsole
from evalgate.cli.environment import read_environment
from evalgate.cli.printing import as_json, print_json, to_standard_output
from evalgate.cli.selftest_table import show_selftest
from evalgate.cli.stable_run import (
    add_run_arguments,
    add_stable_arguments,
    new_question,
    refuse_pull_requests,
    refuse_run_options,
    run_stable,
)
from evalgate.cli.world import outside
from evalgate.deciding.accounts import outcome_of
from evalgate.errors import EvaluationError, ExitCode, UsageError
from evalgate.gate.conclusion import conclude
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.selftest import Plays, against_itself, simulated, split
from evalgate.gate.stable import stable_plan
from evalgate.model.selftest import Selftest, SetTest, Soundness, Source
from evalgate.model.trial import Trial
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.selftest_file import selftest_document

VERB = "selftest"
PAGE, FILE = "selftest.html", "selftest.json"
RUNS, MOST_RUNS = 200, 100_000
_FIRST_LINE, _LINES_EVERY = 2.0, 10.0

_Place = tuple[str, str, str]
"""Prompt, eval set and case."""

_EXIT_CODES: Mapping[Soundness, ExitCode] = {
    Soundness.SOUND: ExitCode.OK,
    Soundness.WEAK: ExitCode.FAIL,
    Soundness.UNSOUND: ExitCode.FAIL,
    Soundness.UNTESTED: ExitCode.NOT_EVALUATED,
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--cached",
        action="store_true",
        help="split the recorded trials of each case at random, instead of drawing worlds",
    )
    source.add_argument(
        "--paid",
        metavar="N",
        type=int,
        help="run each stable version against itself, N fresh trials per case and arm",
    )
    parser.add_argument(
        "--runs", metavar="N", type=int, default=RUNS, help=f"gates per course ({RUNS})"
    )
    parser.add_argument(
        "--seed", metavar="N", type=int, default=0, help="the same seed gives the same result (0)"
    )
    parser.add_argument("--json", action="store_true", help="print the result for machines")
    add_stable_arguments(parser, out=f"write {PAGE} and {FILE} into this folder")
    add_run_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Test the policy on each set, and print what was found."""
    if not 1 <= options.runs <= MOST_RUNS:
        raise UsageError(f"--runs: expected 1 to {MOST_RUNS:,}, got {options.runs}")
    if options.paid is None:
        selftest, folder = _without_calls(options), options.out
    else:
        selftest, folder = _paid(options)
    if folder is not None:
        _write(selftest, folder, apart=options.paid is None)
    if options.json:
        print_json(as_json(selftest_document(selftest)))
    else:
        console = PipeConsole(highlight=False, markup=False)
        to_standard_output(lambda: show_selftest(selftest, console))
    errors = any(each.verdict is Verdict.ERROR for each in selftest.sets)
    return ExitCode.NOT_EVALUATED if errors else _EXIT_CODES[selftest.soundness]


def _without_calls(options: Namespace) -> Selftest:
    refuse_run_options(options, without="--paid")
    environment = read_environment(os.environ)
    refuse_pull_requests(environment, verb=VERB)
    repository = GitRepository(Path.cwd())
    world = outside(repository, environment, ())
    plan = stable_plan(new_question(options, repository), world, names=options.prompt or ())
    for note in plan.notes:
        notify(note)
    gate = plan.sources.policy.gate
    plays = Plays(runs=options.runs, seed=options.seed)
    number = len(plan.matchups) * (plays.runs if options.cached else plays.of_a_set)
    plays = replace(plays, tell=_Progress(number).count)
    return _selftest(
        options,
        plan,
        source=Source.CACHED if options.cached else Source.SIMULATED,
        sets=[
            split(each, each.rules(gate), plays, outcomes=_recorded(each))
            if options.cached
            else simulated(each, each.rules(gate), plays)
            for each in plan.matchups
        ],
    )


def _paid(options: Namespace) -> tuple[Selftest, Path]:
    words = [VERB, "--paid", str(options.paid)]
    for name, usual in (("runs", RUNS), ("seed", 0)):
        value = getattr(options, name)
        words += [f"--{name}", str(value)] if value != usual else []
    done = run_stable(options, tuple(words), lambda plan: against_itself(plan, options.paid))
    if done.stopped is not None:
        message = done.stopped.message.rstrip(".")
        raise EvaluationError(f"the run stopped before its end: {message}\n{done.how_to_go_on}")
    found = conclude(done.plan, done.log.read, stopped=None)
    plays, gate = Plays(runs=options.runs, seed=options.seed), done.plan.sources.policy.gate
    fresh = _fresh(done.log.read())
    sets = [
        _with_verdict(
            split(matchup, matchup.rules(gate), plays, outcomes=_all_known(matchup, fresh)),
            verdict,
        )
        for matchup, verdict in zip(done.stable.matchups, found.prompts, strict=True)
    ]
    selftest = _selftest(options, done.plan, source=Source.PAID, sets=sets)
    return replace(selftest, simulated=found.simulated), done.folder


def _with_verdict(test: SetTest, found: PromptVerdict) -> SetTest:
    reasons = (reason.message.rstrip(".") for reason in found.reasons)
    return replace(test, verdict=found.verdict, remarks=(*test.remarks, *reasons))


def _recorded(matchup: Matchup) -> Mapping[str, Sequence[float]]:
    return matchup.history.outcomes if matchup.history else {}


def _fresh(trials: Iterable[Trial]) -> Mapping[_Place, list[float]]:
    found: defaultdict[_Place, list[float]] = defaultdict(list)
    for trial in trials:
        outcome = outcome_of(trial)
        if outcome is not None:
            found[trial.prompt, trial.evalset, trial.case].append(outcome)
    return found


def _all_known(matchup: Matchup, fresh: Mapping[_Place, Sequence[float]]) -> dict[str, list[float]]:
    """Return what is on record and what was run now, by case."""
    prompt, recorded = matchup.candidate.version.prompt, _recorded(matchup)
    return {
        case.case: [
            *recorded.get(case.case, ()),
            *fresh.get((prompt, matchup.evalset.name, case.case), ()),
        ]
        for case in matchup.planned
    }


def _selftest(
    options: Namespace, plan: Plan, *, source: Source, sets: Sequence[SetTest]
) -> Selftest:
    return Selftest(
        source=source,
        policy=plan.sources.policy.path,
        seed=options.seed,
        runs=options.runs,
        sets=tuple(sets),
    )


def _write(selftest: Selftest, folder: Path, *, apart: bool) -> None:
    if apart:  # a run folder has been made already
        make_folder(folder, (PAGE, FILE))
    document = as_json(selftest_document(selftest))
    write_files(folder, {PAGE: adapters.selftest_page(selftest), FILE: document})


@dataclass(slots=True)
class _Progress:
    """Says on standard error now and then how far it has come."""

    total: int
    done: int = 0
    due: float = field(default_factory=lambda: time.monotonic() + _FIRST_LINE)

    def count(self) -> None:
        self.done += 1
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + _LINES_EVERY
            say(f"evalgate: {self.done:,} of {self.total:,} gates played")
