"""A pull request as objects of git: fetched, never checked out, and what is asked about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import fetch_branch, fetch_pull_request
from evalgate.cli.action_task import notice
from evalgate.cli.complaint import notify
from evalgate.cli.question import new_run_id
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.roots import find_policies, root_name
from evalgate.gate.watched import watched_files
from evalgate.model.github import PullRequest
from evalgate.publishing.approval import content_hash

MOST_ROOTS = 50
"""Policies of a pull request that are judged; a stranger could add any number of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPull:
    """A pull request that was fetched: the commit at its head, and a question for each root."""

    pull: PullRequest
    head: str
    questions: Sequence[Question]


def fetch_pull(repository: GitRepository, pull: PullRequest, *, token: str) -> FetchedPull:
    """Fetch the head of a pull request and the tip of the branch that it is to be merged into.

    Raises:
        RepositoryError: when either cannot be fetched.
        ConfigurationError: when a file of the head looks like a policy and is none.
        UsageError: when it has more policies than anybody needs.
    """
    head = fetch_pull_request(repository.root, pull.number, token=token)
    base = fetch_branch(repository.root, pull.base_ref, token=token)
    policies = find_policies(repository, base=base, head=head)
    if len(policies) > MOST_ROOTS:
        raise UsageError(f"the pull request has {len(policies)} policies: at most {MOST_ROOTS}")
    run_id, today = new_run_id(), f"{datetime.now(UTC):%Y-%m-%d}"
    questions = tuple(
        Question(
            base=f"refs/remotes/origin/{pull.base_ref}",
            head=head,
            run_id=run_id,
            policy=policy,
            today=today,
        )
        for policy in policies
    )
    return FetchedPull(pull=pull, head=head, questions=questions)


def fetched_hash(repository: GitRepository, fetched: FetchedPull) -> str:
    """Return the hash of the content that is approved with a pull request."""
    return content_hash(fetched.head, watched_files(fetched.questions, repository, FORMATS))


def run_folders(questions: Sequence[Question]) -> Mapping[str, str]:
    """Return the run folders by root, relative to the folder of the whole run."""
    roots = [root_name(question.policy) for question in questions]
    return {root: "." if len(roots) == 1 else root for root in roots}


def tell(remark: str, *, in_workflow: bool) -> None:
    """Say what somebody who wonders should know, where a workflow shows it."""
    say = notice if in_workflow else notify
    say(remark)
