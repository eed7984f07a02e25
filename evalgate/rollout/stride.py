"""A move of a rollout on GitHub in words: its commit, branch, pull request and deployment."""

import re
from dataclasses import dataclass
from hashlib import sha256

from evalgate.model.github import NewDeployment
from evalgate.model.milestone import Phase
from evalgate.model.rollout import RolloutReport
from evalgate.prompts.past import latest_milestone
from evalgate.reporting.visible import on_one_line
from evalgate.rollout.announcement import described
from evalgate.rollout.course import ALL
from evalgate.rollout.hand_move import HandMove

_NAME = 60
_DIGITS = 12
_NOT_IN_BRANCHES = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """What a rollout does, or would do: from one share of the traffic to another, in percent.

    `phase` is the state that it comes to. `outcome` is what the evidence says, empty where it was
    not asked. `said` is a sentence without a full stop, and `run` the id of the verdict.
    """

    prompt: str
    version: str
    hash: str
    stable: str
    start: float
    end: float
    phase: Phase
    said: str
    outcome: str = ""
    reason: str = ""
    run: str = ""
    overridden: bool = False


def stride_of(move: HandMove, *, outcome: str = "", reason: str = "") -> Stride:
    """Return what a move does, in one value.

    Args:
        move: that changes the state of a rollout.
        outcome: what the evidence says.
        reason: why, in the words of whoever asked.
    """
    last, milestone = move.pointer.history[-1], latest_milestone(move.pointer.history)
    before = move.before
    if milestone is None:
        raise ValueError("the move is of no rollout")
    share = before.canary.percent if before.canary else 0.0
    return Stride(
        prompt=before.prompt,
        version=milestone.version,
        hash=milestone.hash,
        stable=before.stable or "",
        start=ALL if before.stable == milestone.version else share,
        end=milestone.percent,
        phase=milestone.phase,
        said="; ".join(move.said),
        outcome=outcome,
        reason=reason,
        run=last.verdict,
        overridden=milestone.overridden,
    )


def blocked_stride(report: RolloutReport, *, reason: str = "") -> Stride:
    """Return what the evidence does not let a rollout do."""
    rollout, outlook = report.rollout, report.outlook
    why = outlook.reasons[0].message if outlook.reasons else outlook.outcome.value
    return Stride(
        prompt=rollout.prompt,
        version=rollout.version,
        hash=rollout.hash,
        stable=rollout.stable,
        start=rollout.percent,
        end=outlook.to,
        phase=rollout.phase,
        said=f"{rollout.version} of {rollout.prompt} stays at {rollout.percent:g} %: {why}",
        outcome=outlook.outcome.value,
        reason=reason,
        run=rollout.verdict,
    )


def commit_message(move: HandMove, *, run_url: str) -> str:
    """Return the message of a commit; who asked and why stands in the history of the pointer."""
    subject = on_one_line(move.subject, _NAME + 40)
    return f"{subject}\n\nMoved by the run {run_url}\n" if run_url else f"{subject}\n"


def branch_name(stride: Stride, *, before: str) -> str:
    """Return the name of the branch for a move from one state of the file: it is proposed once.

    Args:
        stride: what is proposed.
        before: the text of the live pointer so far.
    """
    seed = f"{stride.phase.value}\0{before}".encode("utf-8", "surrogateescape")
    parts = (
        stride.prompt[:_NAME],
        stride.version,
        f"{stride.end:g}",
        sha256(seed).hexdigest()[:_DIGITS],
    )
    return "evalgate/rollout-" + "-".join(_NOT_IN_BRANCHES.sub("-", part) for part in parts)


def deployment_of(stride: Stride, *, ref: str, environment: str) -> NewDeployment:
    """Return the record of a move; all of its payload is text.

    Args:
        stride: what is recorded.
        ref: the commit that it starts from.
        environment: as the policy names it.
    """
    return NewDeployment(
        ref=ref,
        environment=environment,
        description=described(stride.said),
        payload={
            "prompt": stride.prompt,
            "version": stride.version,
            "hash": stride.hash,
            "stable": stride.stable,
            "percent_before": f"{stride.start:g}",
            "percent": f"{stride.end:g}",
            "phase": stride.phase.value,
            "outcome": stride.outcome,
            "overridden": "true" if stride.overridden else "false",
            "reason": stride.reason,
            "run": stride.run,
        },
    )
