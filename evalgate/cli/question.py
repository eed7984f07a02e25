"""What is asked on the command line: two refs, a policy, and the folder for the answer."""

import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from posixpath import normpath

from evalgate.adapters.git import GitRepository
from evalgate.cli.environment import Environment
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.roots import find_policies

RUN_FOLDER = "the run folder (default: reports/<run id>)"


def add_question_arguments(parser: ArgumentParser, *, out: str = RUN_FOLDER) -> None:
    """Declare what is compared, by which policy, and where the result goes, as `out` says."""
    parser.add_argument(
        "--base", metavar="REF", help="what is trusted now (default: the default branch)"
    )
    parser.add_argument(
        "--head", metavar="REF", help="what is to be judged (default: the work tree)"
    )
    parser.add_argument(
        "--policy",
        metavar="PATH",
        help="the policy that rules (default: each `.github/evalgate*.yml` in turn)",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help=out)


def read_question(
    options: Namespace, environment: Environment, repository: GitRepository, *, looks: bool = True
) -> Question:
    """Return what is asked, under a new run id.

    Args:
        options: of the command line.
        environment: whether it is a workflow, and of what.
        repository: where refs are looked up.
        looks: whether trials may follow on others.

    Raises:
        UsageError: when a workflow has not checked out what it wants judged.
    """
    question = Question(
        base=options.base or _default_base(environment, repository),
        head=options.head or ("HEAD" if environment.in_workflow else None),
        run_id=new_run_id(),
        looks=looks,
        today=f"{datetime.now(UTC):%Y-%m-%d}",
    )
    if environment.in_workflow and environment.base_ref and not options.head:
        _check_checkout(question, repository)
    return question


def policies(options: Namespace, question: Question, repository: GitRepository) -> Sequence[str]:
    """Return the paths of the policies that rule: the one that is named, or each root's.

    Raises:
        UsageError: when neither base nor head has the policy that is named: nothing would ever be
            judged by it.
    """
    base = repository.resolve(question.base)
    head = None if question.head is None else repository.resolve(question.head)
    if not options.policy:
        return find_policies(repository, base=base, head=head)
    path = normpath(options.policy)
    if not any(path in repository.listing(commit, [path]) for commit in (base, head)):
        message = f"there is no policy {path}, neither at {question.base} nor at the head"
        raise UsageError(f"{message}: write its path from the repository's root")
    return [path]


def run_folder(
    options: Namespace, environment: Environment, *, repository: GitRepository, run_id: str
) -> Path:
    """Return the run folder: the one that is named, or a new one."""
    if options.out:
        return Path(options.out)
    # In a workflow the checkout is somebody's pull request, which may have prepared a folder.
    if environment.in_workflow and environment.temporary:
        return Path(environment.temporary) / "evalgate" / run_id
    return repository.root / "reports" / run_id


def new_run_id() -> str:
    """Return an id that sorts by time and repeats in no other run."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _default_base(environment: Environment, repository: GitRepository) -> str:
    if environment.in_workflow and environment.base_ref:
        return repository.branch(environment.base_ref)
    return repository.default_branch()


def _check_checkout(question: Question, repository: GitRepository) -> None:
    """Refuse a pull request that is not checked out: it would always be found unchanged."""
    if repository.resolve("HEAD") == repository.resolve(question.base):
        raise UsageError(
            f"the head is the base itself ({question.base}): check out the pull request, which "
            "`pull_request` does by default and `pull_request_target` does not"
        )
