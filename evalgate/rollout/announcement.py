"""The words of a promotion: commit, branch, pull request, deployment and job summary."""

import re

from evalgate.model.github import NewDeployment
from evalgate.model.verdict import RunVerdict
from evalgate.reporting.markdown import code, inline, prose, row
from evalgate.reporting.visible import on_one_line, short
from evalgate.rollout.promotion import Promotion, Step
from evalgate.rollout.ruling import Ruling

MOST_DESCRIPTION = 140
"""Characters of a description, as GitHub has it."""

_NAME = 60
_NOT_IN_BRANCHES = re.compile(r"[^A-Za-z0-9_]+", re.ASCII)
SIMULATED = "The answers were simulated: nothing was proven about Claude."


def headline(promotion: Promotion) -> str:
    """Say in one sentence, without a full stop, what a promotion does to the traffic."""
    name, version = on_one_line(promotion.request.prompt, _NAME), promotion.request.version
    if promotion.pointer.canary is not None:
        share = f"{promotion.request.percent:g} %"
        return f"{version} of {name} gets {share} of the traffic, beside {promotion.pointer.stable}"
    again = " again" if promotion.step is Step.ROLLBACK else ""
    return f"{version} of {name} gets all of the traffic{again}"


def commit_message(promotion: Promotion) -> str:
    """Return the message of the commit; the reason stands in the history and on the page."""
    request = promotion.request
    subject = f"Promote {on_one_line(request.prompt, _NAME)} {request.version} to"
    return f"{subject} {request.percent:g} %\n\nJudged by the evalgate run {request.verdict}.\n"


def branch_name(promotion: Promotion) -> str:
    """Return the name of a branch of its own; the run's id makes it one."""
    request = promotion.request
    parts = (request.prompt[:_NAME], request.version, f"{request.percent:g}", request.verdict)
    return "evalgate/promote-" + "-".join(_NOT_IN_BRANCHES.sub("-", part) for part in parts)


def title(promotion: Promotion) -> str:
    """Return the title of the pull request."""
    return f"Promote {headline(promotion)}"


def deployment_of(promotion: Promotion, *, ref: str, environment: str) -> NewDeployment:
    """Return the record of a promotion; all of its payload is text.

    Args:
        promotion: what is recorded.
        ref: the commit that it starts from.
        environment: as the policy names it.
    """
    request, before = promotion.request, promotion.before
    return NewDeployment(
        ref=ref,
        environment=environment,
        description=described(headline(promotion)),
        payload={
            "prompt": request.prompt,
            "version": request.version,
            "hash": promotion.hash,
            "percent": f"{request.percent:g}",
            "from": (before.stable if before else None) or "",
            "step": promotion.step.value,
            "reason": request.reason,
            "run": request.verdict,
        },
    )


def described(text: str) -> str:
    """Return a text as the description of a deployment."""
    return on_one_line(text, MOST_DESCRIPTION)


def page(
    promotion: Promotion, ruling: Ruling, verdict: RunVerdict, *, outcome: str, run_url: str
) -> str:
    """Return what a reader of the pull request or of the job summary should know, in Markdown.

    Args:
        promotion: what was asked for.
        ruling: whether it may be made.
        verdict: the gate's.
        outcome: a sentence of ours about what has happened.
        run_url: the page of the workflow's run; empty when there is none.
    """
    request, before = promotion.request, promotion.before
    stable = (before.stable if before else None) or "none"
    rows = [
        row("", ""),
        row("---", "---"),
        row("prompt", inline(request.prompt, _NAME)),
        row("version", f"{code(request.version)} ({code(short(promotion.hash))})"),
        row("share of the traffic", f"{request.percent:g} %"),
        row("stable so far", code(stable)),
        row("verdict", f"{code(verdict.verdict.value)}: {prose(ruling.why)}"),
        row("run", _run(request.verdict, run_url)),
        *([row("asked by", inline(request.by, _NAME))] if request.by else []),
        *([row("reason", inline(request.reason))] if request.reason else []),
    ]
    remarks = [*promotion.warnings, *([SIMULATED] if verdict.simulated else [])]
    parts = [f"### Promotion: {prose(outcome)}", "\n".join(rows), *map(prose, remarks)]
    return "\n\n".join(parts) + "\n"


def _run(identity: str, url: str) -> str:
    return f"[{inline(identity)}]({url})" if url else code(identity)
