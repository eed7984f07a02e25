"""Proposes a move of a live pointer by a pull request, once for each state that it starts from."""

from dataclasses import dataclass

from evalgate.model.github import PullRequest
from evalgate.model.github_port import GitHub
from evalgate.rollout.moving import PointerMove, move_by_pull_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A move as it is proposed: from a branch of its own, with a title and a text in Markdown."""

    move: PointerMove
    branch: str
    title: str
    body: str


def propose(github: GitHub, proposal: Proposal, *, owner: str, again: bool) -> PullRequest | None:
    """Open a pull request, unless the same move has been proposed before: then return that one.

    None stands for one that was closed; its branch is left.

    Args:
        github: the repository.
        proposal: what is proposed.
        owner: of the repository.
        again: whether a branch that is left of a closed pull request gets another one.

    Raises:
        BranchMovedError: when what was judged has changed.
        NotPermittedError: when the token may not write contents or pull requests.
        GitHubError: when GitHub cannot answer.
    """
    move, branch = proposal.move, proposal.branch
    tip = github.tip(branch)
    if tip is None:
        return move_by_pull_request(
            github, move, branch=branch, title=proposal.title, body=proposal.body
        )
    waiting = [
        pull
        for pull in github.pull_requests_with(tip, branch=f"{owner}:{branch}")
        if pull.is_open and (pull.head_ref, pull.base_ref) == (branch, move.branch)
    ]
    if waiting or not again:
        return waiting[0] if waiting else None
    return github.open_pull_request(
        head=branch, base=move.branch, title=proposal.title, body=proposal.body
    )
