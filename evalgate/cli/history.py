"""`evalgate history`: the pass rates of stable versions over time, from their records in git."""

import os
import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.records import read_record
from evalgate.cli.complaint import notify
from evalgate.cli.console import PipeConsole
from evalgate.cli.environment import read_environment
from evalgate.cli.history_table import show_history
from evalgate.cli.printing import as_json, print_json, print_lines, to_standard_output
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.gate.gathering import work_tree_policy
from evalgate.gate.releases import release_of
from evalgate.gate.roots import find_policies
from evalgate.gate.tracks import read_tracks
from evalgate.model.policy import Policy
from evalgate.model.reading import suggestion
from evalgate.model.track import Track
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.reporting.history_file import history_csv, history_document
from evalgate.reporting.told_track import ToldPoint, ToldTrack

LAST, LAST_SINCE = 30, 200
"""How many points of a track are told unless the user says so, and where a day is named."""

_PIPED = 130
"""The width of what no terminal shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Root:
    """What the repository has of one policy."""

    policy: Policy
    prompts: Mapping[str, Prompt]
    tracks: tuple[Track, ...]
    notes: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.prompts) | {track.prompt for track in self.tracks}

    @property
    def without_record(self) -> frozenset[str]:
        """The prompts that could have a record and have none."""
        stable = {name for name, prompt in self.prompts.items() if prompt.stable}
        return frozenset(stable - {track.prompt for track in self.tracks})


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "prompts", metavar="PROMPT", nargs="*", help="these prompts only (default: all)"
    )
    parser.add_argument(
        "--policy", metavar="PATH", help="the prompts of this policy only (default: all policies)"
    )
    parser.add_argument(
        "--last",
        metavar="N",
        type=_number,
        help=f"the latest N points each (default: {LAST}, with --since {LAST_SINCE})",
    )
    parser.add_argument(
        "--since", metavar="DATE", type=_day, help="points from this day on, YYYY-MM-DD in UTC"
    )
    parser.add_argument("--case", metavar="ID", help="how the trials of this case came out")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print it for machines")
    how.add_argument("--csv", action="store_true", help="print one row per point, as CSV")


def run(options: Namespace) -> ExitCode:
    """Print the history; where there is no record, say how to get one.

    Raises:
        UsageError: when a prompt, a policy or a case is not known.
        RepositoryError: when git cannot answer.
    """
    repository = GitRepository(Path.cwd())
    last = options.last or (LAST_SINCE if options.since else LAST)
    in_workflow = read_environment(os.environ).in_workflow
    roots = [
        _read(
            work_tree_policy(path, repository, FORMATS),
            repository,
            in_workflow=in_workflow,
            last=last,
        )
        for path in _policies(options.policy, repository)
    ]
    _check_names(options.prompts, roots)
    if options.case is not None:
        _check_case(options.case, options.prompts, roots)
    told = [
        track
        for root in roots
        for track in _told(root, options.prompts, since=options.since, case=options.case)
    ]
    notes = [
        *_notes(roots),
        *_missing(roots, options.prompts),
        *_nothing_since(told, roots, options),
    ]
    _print(options, told, notes)
    return ExitCode.OK


def _policies(named: str | None, repository: GitRepository) -> Sequence[str]:
    known = find_policies(repository, base=None, head=None)
    if named is not None and named not in known:
        raise UsageError(f"--policy: there is no {named}; there is {', '.join(known)}")
    return known if named is None else (named,)


def _read(policy: Policy, repository: GitRepository, *, in_workflow: bool, last: int) -> _Root:
    """Read one root; live pointers that are wrong only leave their releases out."""
    found = read_tracks(
        repository,
        policy,
        read=read_record,
        trusted=None,
        in_workflow=in_workflow,
        last=last,
    )
    folder, notes = policy.paths.prompts, found.notes
    prompts: Mapping[str, Prompt] = {}
    try:
        prompts = read_prompts(repository.files(None, [folder]), folder, FORMATS)
    except ConfigurationError as error:
        notes = (*notes, f"Releases are not told, since live pointers cannot be read: {error}")
    return _Root(policy=policy, prompts=prompts, tracks=found.tracks, notes=notes)


def _check_names(names: Iterable[str], roots: Iterable[_Root]) -> None:
    known = {name for root in roots for name in root.names}
    for name in names:
        if name not in known:
            raise UsageError(f"there is no prompt `{name}`{suggestion(name, known)}")


def _told(
    root: _Root, names: Sequence[str], *, since: str | None, case: str | None
) -> Iterator[ToldTrack]:
    for track in root.tracks:
        points = [each for each in track.points if not since or not each.at or each.at >= since]
        known = case is None or any(case in each.outcomes for each in points)
        if not points or not known or (names and track.prompt not in names):
            continue
        prompt = root.prompts.get(track.prompt)
        moves = prompt.history if prompt else ()
        yield ToldTrack(
            policy=root.policy.path,
            prompt=track.prompt,
            evalset=track.evalset,
            points=tuple(
                ToldPoint(point=each, released=release_of(each, moves, is_first=number == 0))
                for number, each in enumerate(points)
            ),
        )


def _check_case(case: str, names: Sequence[str], roots: Iterable[_Root]) -> None:
    """Refuse a case that no record has, as far as there is one of these prompts."""
    known = {
        each
        for root in roots
        for track in root.tracks
        for point in track.points
        for each in point.outcomes
        if not names or track.prompt in names
    }
    if known and case not in known:
        raise UsageError(f"no record has the case `{case}`{suggestion(case, known)}")


def _notes(roots: Sequence[_Root]) -> Iterator[str]:
    """Yield the notes of each root, with its policy where there are several."""
    for root in roots:
        for note in root.notes:
            yield f"{root.policy.path}: {note}" if len(roots) > 1 else note


def _missing(roots: Sequence[_Root], names: Sequence[str]) -> Iterator[str]:
    """Yield what has no record, and the command that makes one."""
    for root in roots:
        lacking = sorted(root.without_record & set(names) if names else root.without_record)
        if not lacking and (root.tracks or names):
            continue
        policy = f" --policy {root.policy.path}" if len(roots) > 1 else ""
        of = f" of {', '.join(lacking)}" if lacking else ""
        branch = root.policy.baseline.branch
        where = f"on the branch {branch}" if branch else f"in {root.policy.paths.baselines}"
        yield (
            f"There is no record{of} {where} yet: `evalgate record --trials 3{policy}` makes one "
            "of the stable versions, and each one that is committed is a point"
        )


def _nothing_since(
    told: Sequence[ToldTrack], roots: Sequence[_Root], options: Namespace
) -> Iterator[str]:
    if options.since and not told and any(root.tracks for root in roots):
        yield f"No record has changed since {options.since}"


def _print(options: Namespace, told: Sequence[ToldTrack], notes: Sequence[str]) -> None:
    if options.json:
        print_json(as_json(history_document(told, notes, case=options.case)))
        return
    if options.csv:
        print_lines([history_csv(told, case=options.case).rstrip("\n")])
    elif told:
        console = PipeConsole(highlight=False, markup=False)
        if not console.is_terminal and "COLUMNS" not in os.environ:
            console.width = _PIPED
        to_standard_output(lambda: show_history(told, console, case=options.case))
    for note in notes:
        notify(note)


def _number(text: str) -> int:
    """Read how many points are wanted; argparse shows the message."""
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or int(text) == 0:
        raise ArgumentTypeError(f"expected a whole number from 1 to 9999: {text!r}")
    return int(text)


def _day(text: str) -> str:
    """Read a day; argparse shows the message."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise ArgumentTypeError(f"expected a day such as 2026-03-31: {text!r}")
