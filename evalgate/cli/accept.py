"""`evalgate accept`: a maintainer answers for the change of an eval set, on the base branch."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import write_files
from evalgate.cli.accept_table import change_lines
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.printing import print_lines
from evalgate.cli.question import new_run_id, policies
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.acceptances import (
    acceptance_path,
    acceptances_text,
    matching,
    read_acceptances,
)
from evalgate.gate.accepting import SetChange, set_changes
from evalgate.gate.gathering import Question
from evalgate.model.acceptance import Acceptance
from evalgate.model.reading import suggestion
from evalgate.reporting.visible import on_one_line, safe_line

VERB = "accept"
_LEFT_OUT = "; .gitignore leaves it out, so add it by `git add --force {path}`"
_LONGEST_NAME, _LONGEST_REASON = 100, 1_000


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "evalsets",
        metavar="EVALSET",
        nargs="*",
        help="the name of an eval set; without any, those that need it are listed",
    )
    parser.add_argument("--head", metavar="REF", help="the change (to list: the work tree)")
    parser.add_argument(
        "--base", metavar="REF", help="what it is merged into (default: the default branch)"
    )
    parser.add_argument(
        "--policy", metavar="PATH", help="the policy that rules, where there are several"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why the change of the set is right")
    parser.add_argument(
        "--by", metavar="NAME", help="who answers for it (default: the `user.name` of git)"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def run(options: Namespace) -> ExitCode:
    """List what needs to be accepted, or write acceptances into the work tree.

    Raises:
        UsageError: when the options do not fit together, nothing of the kind needs to be accepted,
            or the work tree is not the place for it.
    """
    repository = GitRepository(Path.cwd())
    question = Question(
        base=options.base or repository.default_branch(), head=options.head, run_id=new_run_id()
    )
    if options.evalsets:
        _check_asked(options, read_environment(os.environ))
        _check_place(question, repository)
    changes = [
        change
        for policy in policies(options, question, repository)
        for change in set_changes(replace(question, policy=policy), repository, FORMATS)
    ]
    if not options.evalsets:
        print_lines(_listed(changes))
        return ExitCode.OK
    for change in list(_named(options.evalsets, changes)):
        print_lines(map(safe_line, change_lines(change)))
        print_lines([safe_line(_accept(change, options, repository))])
    if not options.dry_run:
        branch = question.base.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
        print_lines(
            [safe_line(f"commit it to {branch}, then run the gate of the pull request again")]
        )
    return ExitCode.OK


def _check_asked(options: Namespace, environment: Environment) -> None:
    if environment.in_workflow and environment.base_ref:
        raise UsageError(
            "`evalgate accept` is a maintainer's word and no workflow for a pull request can give "
            "it: run it in a clone, on the base branch"
        )
    if not options.head:
        raise UsageError("--head: name the change, such as its branch or the commit of its head")
    if not (options.reason or "").strip():
        raise UsageError("--reason: say why the change of the set is right; reports repeat it")


def _check_place(question: Question, repository: GitRepository) -> None:
    """Refuse a work tree that is not on the base, or that holds the change itself.

    Raises:
        UsageError: says where to run it.
    """
    base, head = repository.resolve(question.base), repository.resolve(question.head or "HEAD")
    if repository.merge_base(base, None) != base:
        raise UsageError(
            f"the work tree is not on {question.base}: switch to that branch and bring it up to "
            "date, since an acceptance counts on the base alone"
        )
    if head != base and repository.merge_base(head, None) == head:
        raise UsageError(
            f"the work tree holds {question.head} itself, and a change cannot accept itself: "
            "switch to the base branch"
        )


def _listed(changes: Sequence[SetChange]) -> Iterator[str]:
    for change in changes:
        yield from map(safe_line, change_lines(change))
        if change.accepted is not None:
            by, at = change.accepted.by, change.accepted.at
            yield safe_line(f"  accepted by {by} on {at}")
    if not changes:
        yield "no change of an eval set needs to be accepted"


def _named(names: Sequence[str], changes: Sequence[SetChange]) -> Iterator[SetChange]:
    known = [change.evalset for change in changes]
    for name in dict.fromkeys(names):
        found = [change for change in changes if change.evalset == name]
        if not found:
            raise UsageError(
                f"nothing about an eval set `{name}` needs to be accepted{suggestion(name, known)}"
            )
        if len(found) > 1:
            paths = ", ".join(change.policy.path for change in found)
            raise UsageError(f"there are several sets `{name}`: name one of {paths} with --policy")
        yield found[0]


def _accept(change: SetChange, options: Namespace, repository: GitRepository) -> str:
    """Write the acceptance of a change down, and return what was done."""
    folder = change.policy.paths.acceptances
    path = acceptance_path(folder, change.evalset)
    place = repository.root / path  # read as a file, since git may be told to leave it out
    listed = (
        read_acceptances(FORMATS.read_yaml(path, place.read_bytes())) if place.is_file() else ()
    )
    here = matching(listed, replaces=change.replaces, content=change.content)
    if here is not None:
        return f"{path}: {here.by} has accepted this on {here.at}; nothing was written"
    entry = Acceptance(
        content=change.content,
        replaces=change.replaces,
        by=_by(options, repository),
        at=f"{datetime.now(UTC):%Y-%m-%d}",
        reason=on_one_line(options.reason, _LONGEST_REASON),
    )
    if options.dry_run:
        return f"{path}: would be written"
    write_files(
        repository.root / folder, {f"{change.evalset}.yaml": acceptances_text((*listed, entry))}
    )
    is_left_out = not repository.listing(None, [path])
    return f"{path}: written{_LEFT_OUT.format(path=path) if is_left_out else ''}"


def _by(options: Namespace, repository: GitRepository) -> str:
    name = on_one_line(options.by or repository.user(), _LONGEST_NAME)
    if not name:
        raise UsageError("--by: say who answers for it, since git knows no `user.name`")
    return name
