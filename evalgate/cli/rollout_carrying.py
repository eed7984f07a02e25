"""Carries a rollout's move out on GitHub: by commit or pull request, and on record."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from evalgate.cli.complaint import notify
from evalgate.cli.rollout_desk import Desk, Found, at_tip
from evalgate.errors import BranchMovedError, NotPermittedError
from evalgate.model.github import DeploymentState
from evalgate.model.policy import MoveBy
from evalgate.model.rollout import RolloutReport
from evalgate.prompts.pointer_text import pointer_text
from evalgate.reporting.markdown import prose
from evalgate.reporting.rollout_markdown import rollout_markdown
from evalgate.reporting.visible import short
from evalgate.rollout.deployment import Record, recorded
from evalgate.rollout.hand_move import HandMove
from evalgate.rollout.moving import ATTEMPTS, PointerMove, move_by_commit
from evalgate.rollout.promotion import sources_of
from evalgate.rollout.proposing import Proposal, propose
from evalgate.rollout.stride import (
    Stride,
    blocked_stride,
    branch_name,
    commit_message,
    deployment_of,
    stride_of,
)

WHAT = "the workflow"
"""What is to be dispatched again, in messages."""

Make = Callable[[Found], HandMove]
"""Says what is to be made of a prompt's live pointer as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why a rollout is moved.

    `report` is what the evidence shows, None where it was not asked. `reason` is what a person
    gave, and `is_asked` tells that one did. `beside` are new files that are committed, too.
    """

    report: RolloutReport | None = None
    reason: str = ""
    is_asked: bool = True
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """What the evidence says; empty where it was not asked."""
        return self.report.outlook.outcome.value if self.report else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One move of a prompt's pointer, as it was found; `waits` tells that it must be judged."""

    desk: Desk
    found: Found
    move: HandMove
    occasion: Occasion
    waits: bool = True

    @property
    def stride(self) -> Stride:
        """The move in one value."""
        return stride_of(self.move, outcome=self.occasion.outcome, reason=self.occasion.reason)

    @property
    def pointer_move(self) -> PointerMove:
        """The change of the file."""
        found = self.found
        return PointerMove(
            branch=self.desk.branch,
            path=found.path,
            before=found.text,
            after=pointer_text(self.move.pointer, before=found.text),
            message=commit_message(self.move, run_url=self.desk.workflow.run_url),
            judged=_judged(found, self.stride.version) if self.waits else {},
            beside=self.occasion.beside,
            what=WHAT,
        )

    @property
    def is_by_commit(self) -> bool:
        """Whether the policy lets it be committed onto the branch."""
        return self.found.root.policy.promotion.by is MoveBy.COMMIT

    @property
    def branch(self) -> str:
        """The branch by which it is proposed."""
        return branch_name(self.stride, before=self.found.text)

    @property
    def proposal(self) -> Proposal:
        """The move as a pull request."""
        return Proposal(
            move=self.pointer_move,
            branch=self.branch,
            title=self.move.subject,
            body=_body(self.desk, self.stride, self.occasion),
        )


def take_on(errand: Errand) -> str:
    """Move a rollout on as the policy says, on record, and return what has come of it.

    Raises:
        BranchMovedError: when the live pointer or what it is about is no longer as it was.
        NotPermittedError: when the token may not.
        GitHubError: when GitHub cannot answer.
    """
    with on_record(errand, if_new=not (errand.is_by_commit or errand.occasion.is_asked)) as record:
        return carried(errand, record)


def carried(errand: Errand, record: Record) -> str:
    """Move a rollout on as the policy says, and return what has come of it; raises as `take_on`."""
    return _committed(errand, record) if errand.is_by_commit else _proposed(errand, record)


def take_at_once(desk: Desk, found: Found, make: Make, occasion: Occasion) -> str:
    """Move what waits for nobody: by a commit, whatever the policy says, and whoever else moves.

    Where the token may not commit onto the branch, a pull request is opened.

    Raises:
        UsageError: when there is nothing of that kind to move any more.
        GitHubError: when GitHub cannot answer, or the token may do neither.
    """
    errand = Errand(desk=desk, found=found, move=make(found), occasion=occasion, waits=False)
    if errand.move.is_done:
        return f"nothing to do: {errand.stride.said}"
    with on_record(errand) as record:
        for _ in range(ATTEMPTS):
            try:
                return _committed(errand, record)
            except BranchMovedError:
                now = at_tip(desk, found.root)
                errand = replace(errand, found=now, move=make(now))
            except NotPermittedError as error:
                notify(f"no commit onto `{desk.branch}`, so it is proposed: {error}")
                return _proposed(errand, record)
            if errand.move.is_done:
                record.end(DeploymentState.SUCCESS, errand.stride.said)
                return f"somebody else was quicker: {errand.stride.said}"
        raise BranchMovedError(
            f"{found.path} was moved by others {ATTEMPTS} times in this moment: dispatch {WHAT} "
            "again"
        )


def record_block(desk: Desk, found: Found, occasion: Occasion) -> None:
    """Record that the evidence does not let a rollout go on."""
    if occasion.report is not None:
        stride = blocked_stride(occasion.report, reason=occasion.reason)
        with _recorded(desk, found, stride) as record:
            record.end(DeploymentState.FAILURE, stride.said)


@contextmanager
def on_record(errand: Errand, *, if_new: bool = False) -> Iterator[Record]:
    """Record a move as a deployment; one that is proposed already only if that is wanted."""
    desk = errand.desk
    if if_new and desk.github.tip(errand.branch) is not None:
        yield Record(github=desk.github, warn=notify)
        return
    with _recorded(desk, errand.found, errand.stride) as record:
        yield record


@contextmanager
def _recorded(desk: Desk, found: Found, stride: Stride) -> Iterator[Record]:
    deployment = deployment_of(
        stride, ref=found.tip, environment=found.root.policy.promotion.environment
    )
    url = desk.workflow.run_url
    with recorded(desk.github, deployment, log_url=url, warn=notify) as record:
        yield record


def _committed(errand: Errand, record: Record) -> str:
    commit = move_by_commit(errand.desk.github, errand.pointer_move)
    said = errand.stride.said
    record.end(DeploymentState.SUCCESS, said)
    return f"{said}, by the commit `{short(commit)}`"


def _proposed(errand: Errand, record: Record) -> str:
    proposal, said = errand.proposal, errand.stride.said
    pull = propose(
        errand.desk.github, proposal, owner=errand.desk.owner, again=errand.occasion.is_asked
    )
    if pull is None:
        return (
            f"nothing has moved: the pull request for this was closed ({said}); delete the branch "
            f"`{proposal.branch}` to have it proposed again, or dispatch `advance`"
        )
    record.end(DeploymentState.QUEUED, f"waiting for pull request #{pull.number}: {said}")
    return f"{said}, once the pull request {pull.number} is merged ({pull.url})"


def _judged(found: Found, version: str) -> dict[str, str]:
    """Return the policy and the files that a version is made of, path → text."""
    texts = found.root.texts
    paths = (found.root.policy.path, *sources_of(version, found.prompt))
    return {path: texts[path] for path in paths if path in texts}


def _body(desk: Desk, stride: Stride, occasion: Occasion) -> str:
    said = f"{stride.said}, once this is merged"
    if occasion.report is None:
        told = f"{prose(said)}.\n"
        return f"{told}\n{prose(occasion.reason)}\n" if occasion.reason else told
    report = replace(occasion.report, moved=f"{said}.", run_url=desk.workflow.run_url, command="")
    return rollout_markdown(report)
