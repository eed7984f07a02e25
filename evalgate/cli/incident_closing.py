"""`evalgate incident close`: with the cause, and a golden case that keeps it from coming back."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from evalgate.adapters.told_file import read_told_trials
from evalgate.cli.evidence_options import add_policy_argument, policy_for
from evalgate.cli.incident_place import add_by_argument, add_id_argument, folder_of, found, signed
from evalgate.cli.incident_sets import earlier_cases, read_set, set_place
from evalgate.cli.main import load
from evalgate.cli.printing import print_lines
from evalgate.cli.prompt_place import find_folder
from evalgate.cli.question import RUN_FOLDER
from evalgate.cli.world_arguments import add_world_arguments
from evalgate.errors import ExitCode, UsageError
from evalgate.model.incident import Incident, LearnedCase
from evalgate.model.reading import suggestion
from evalgate.model.report_folder import TRIALS
from evalgate.monitoring.incidents.closing import (
    CaseTrial,
    Ending,
    NamedCase,
    Versions,
    check_case,
    closed,
    learned,
    newness,
    versions_of,
)
from evalgate.monitoring.incidents.drafting import is_finished
from evalgate.reporting.visible import safe_line

_HALF = 0.5


class _Proving(Protocol):
    def prove(
        self,
        options: Namespace,
        incident: Incident,
        cases: Sequence[NamedCase],
        *,
        versions: Versions,
        prompts: Path,
    ) -> list[CaseTrial]: ...


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of `incident close`."""
    add_id_argument(parser)
    parser.add_argument("--root-cause", metavar="TEXT", required=True, help="why it happened")
    parser.add_argument(
        "--case",
        metavar="EVALSET:CASE",
        action="append",
        default=[],
        help="a new golden case; repeatable, at least one",
    )
    for name, what in (
        ("contributing", "what made it worse, or later seen"),
        ("follow-up", "what is still to be done"),
    ):
        parser.add_argument(
            f"--{name}", metavar="TEXT", action="append", default=[], help=f"{what}; repeatable"
        )
    parser.add_argument("--bad", metavar="VERSION", help="the version that the case fails on")
    parser.add_argument("--good", metavar="VERSION", help="the version that the case passes on")
    parser.add_argument(
        "--trials",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="a run folder or a file of trials that shows it; repeatable",
    )
    parser.add_argument(
        "--unproven",
        metavar="REASON",
        default="",
        help="why no trial can show it, such as a fault of a provider",
    )
    parser.add_argument("--folder", metavar="DIR", type=Path, help="the folder of prompts")
    _add_proving(parser)
    add_by_argument(parser)


def _add_proving(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--prove",
        action="store_true",
        help="run the cases on the bad version and on the good one; this calls Claude",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help=f"with --prove: {RUN_FOLDER}")
    add_policy_argument(parser)
    add_world_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Close an incident, if it leaves behind what keeps it from coming back."""
    incident = found(options).incident
    if not incident.is_open:
        raise UsageError(f"{incident.id} is closed already")
    if options.unproven and (options.trials or options.prove):
        raise UsageError("--unproven says that nothing is shown: leave out --trials and --prove")
    told = versions_of(incident)
    versions = Versions(bad=options.bad or told.bad, good=options.good or told.good)
    folder = find_folder(incident.scope.prompt, options.folder, here=Path.cwd())
    evalsets = policy_for(_policy(options), folder).paths.evalsets
    named = [_named(each, incident, evalsets) for each in options.case]
    for each in named:
        check_case(each)
    trials = [trial for path in options.trials for trial in _trials(path)]
    if options.prove:
        proving = cast("_Proving", load("evalgate.cli.incident_proving"))  # with it the whole gate
        trials += proving.prove(options, incident, named, versions=versions, prompts=folder)
    cases = tuple(
        learned(each, trials, versions, unproven=options.unproven.strip()) for each in named
    )
    ending = Ending(
        root_cause=options.root_cause,
        contributing=tuple(options.contributing),
        follow_ups=tuple(options.follow_up),
        unproven=options.unproven,
    )
    who = signed(options)
    folder_of(options).change(incident.id, lambda now: closed(now, ending, cases, who))
    print_lines(map(safe_line, _told(incident, cases, named)))
    return ExitCode.OK


def _policy(options: Namespace) -> Path | None:
    return None if options.policy is None else Path(options.policy)


def _named(text: str, incident: Incident, evalsets: str) -> NamedCase:
    """Return a case of the command line, looked up in the work tree and in the past.

    Raises:
        UsageError: there is no such eval set or case.
    """
    name, separator, case = text.partition(":")
    if not separator or not name or not case:
        raise UsageError(f"case: expected EVALSET:CASE, got `{text}`")
    place = set_place(name, evalsets, here=Path.cwd())
    cases = {each.id: each for each in read_set(place).cases}
    if case not in cases:
        raise UsageError(f"case: {place.path} has no case `{case}`{suggestion(case, cases)}")
    earlier = earlier_cases(place, opened_at=incident.opened_at)
    values = cases[case].written.get("vars")
    return NamedCase(
        evalset=name,
        case=case,
        is_new=newness(case, values, earlier=earlier),
        is_finished=is_finished(cases[case].written),
    )


def _trials(path: Path) -> Iterator[CaseTrial]:
    file = path / TRIALS if path.is_dir() else path
    for each in read_told_trials(file):
        yield CaseTrial(
            version=each.origin.version,
            evalset=each.origin.evalset,
            case=each.case,
            passed=None if each.outcome is None else each.outcome > _HALF,
        )


def _told(
    incident: Incident, cases: Sequence[LearnedCase], named: Sequence[NamedCase]
) -> Iterator[str]:
    yield f"{incident.id} is closed."
    for each in cases:
        yield f"  {each.evalset}:{each.case}: {each.proof}, {each.note}"
    for case in named:
        if case.is_new is None:
            yield f"  whether {case.name} is new is not known: git does not tell of its eval set"
    yield "Commit the incident and the eval set, so that the gate keeps this from coming back."
