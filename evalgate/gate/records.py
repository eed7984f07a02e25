"""Finds the records of stable versions: committed beside the prompts, or on a branch of their own.

Everything that looks at records comes through here, so that nobody can bring some from elsewhere.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from evalgate.errors import RepositoryError
from evalgate.model.document import Tree
from evalgate.model.policy import Policy
from evalgate.model.ports import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecords:
    """The files of records, and what a reader should know of them.

    `at` is the commit of the branch that has them, empty where there is none, and None where they
    are committed beside the prompts.
    """

    files: Tree = field(default_factory=dict)
    at: str | None = None
    notes: tuple[str, ...] = ()


def read_records(
    repository: Repository,
    policy: Policy,
    *,
    trusted: str | None,
    in_workflow: bool,
    at: str | None = None,
) -> KeptRecords:
    """Return the records that the policy names; none is no error.

    Args:
        repository: where they are.
        policy: says where.
        trusted: the commit that committed records come from; None is the work tree.
        in_workflow: whether only what origin had counts, since anybody may have made a branch of
            the same name in this clone.
        at: the commit of their branch at which a run began, empty when there was none; None looks
            where the branch is now.
    """
    folder, branch = policy.paths.baselines, policy.baseline.branch
    if branch is None:
        return KeptRecords(files=repository.files(trusted, [folder]))
    commit = branch_commit(repository, branch, in_workflow=in_workflow, at=at)
    if commit is None:
        note = (
            f"There is no record yet: this clone has no branch {branch} of origin (`fetch-depth: 0`"
            " brings it; pushes to the default branch record, once a workflow does so)."
        )
        return KeptRecords(at="", notes=(note,))
    return KeptRecords(files=repository.files(commit, [folder]), at=commit)


def branch_commit(
    repository: Repository, branch: str, *, in_workflow: bool, at: str | None = None
) -> str | None:
    """Return the commit of a branch of records that counts, if there is one.

    Args:
        repository: where it is.
        branch: its short name.
        in_workflow: whether only what origin had counts.
        at: the commit at which a run began, empty when there was none; None is where it is now.
    """
    names = [f"refs/remotes/origin/{branch}", *([] if in_workflow else [f"refs/heads/{branch}"])]
    tip = _first(repository, names)
    return tip if at is None or tip is None else _past(repository, tip, at)


def _first(repository: Repository, names: list[str]) -> str | None:
    """Return the commit that the first of several names stands for, if one does."""
    for name in names:
        with suppress(RepositoryError):
            return repository.resolve(name)
    return None


def _past(repository: Repository, tip: str, at: str) -> str | None:
    """Return a commit that the branch has been at; no other one has records of it."""
    with suppress(RepositoryError):
        return at if at and repository.merge_base(tip, at) == at else None
    return None
