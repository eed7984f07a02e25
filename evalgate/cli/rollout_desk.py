"""What rollouts on GitHub are moved with: the run, the repository, and where the evidence lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.cli.evidence_places import Places
from evalgate.cli.rollout_evidence import Assessed, Evident, assess
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.errors import GitHubError, UsageError
from evalgate.model.github_port import GitHub
from evalgate.model.policy import Policy, RolloutRules
from evalgate.prompts.library import LIVE, Prompt
from evalgate.prompts.live import read_live
from evalgate.rollout.overriding import instant
from evalgate.rollout.root import Root, root_of

STALE = 3600.0
"""Seconds without a call after which that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A run of the workflow that moves rollouts.

    `branch` is the default one, `base` the commit of it that is checked out, and `policies` are
    those that may rule. `folder` is for the results. `clock` gives seconds since 1970.
    """

    workflow: Workflow
    inputs: Inputs
    github: GitHub
    repository: GitRepository
    branch: str
    base: str
    policies: Sequence[str]
    places: Places
    folder: Path
    clock: Callable[[], float] = time

    @property
    def owner(self) -> str:
        """The owner of the repository."""
        return self.workflow.repository.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A prompt with the live pointer of the branch's tip, whose text is `text`."""

    root: Root
    prompt: Prompt
    tip: str
    text: str

    @property
    def path(self) -> str:
        """The path of the live pointer from the repository's root."""
        return f"{self.prompt.folder}/{LIVE}"


def find(desk: Desk, name: str) -> Found:
    """Return a prompt: its versions as they are checked out, its live pointer as it is on GitHub.

    Raises:
        UsageError: when there is no such prompt, or it has no live pointer.
        ConfigurationError: when the policy or the live pointer is wrong.
        GitHubError: when GitHub cannot answer.
    """
    root = root_of(
        name, desk.policies, commit=desk.base, repository=desk.repository, parser=FORMATS
    )
    return at_tip(desk, root)


def at_tip(desk: Desk, root: Root) -> Found:
    """Return a prompt with the live pointer that the branch has now.

    Raises:
        UsageError: when it has none.
        ConfigurationError: when it is wrong.
        GitHubError: when GitHub cannot answer.
    """
    tip, path = desk.github.tip(desk.branch), f"{root.prompt.folder}/{LIVE}"
    if tip is None:
        raise GitHubError(f"GitHub has no branch `{desk.branch}`: dispatch on the default branch")
    text = desk.github.text(path, ref=tip)
    if text is None:
        raise UsageError(f"prompt: there is no {path} on `{desk.branch}`, so nothing is rolled out")
    live = read_live(root.prompt.name, FORMATS.read_yaml(path, text.encode()))
    return Found(root=root, prompt=replace(root.prompt, live=live), tip=tip, text=text)


def assessed(desk: Desk, found: Found) -> Assessed:
    """Return how the rollout of a prompt stands by the evidence that the inputs name.

    Raises:
        UsageError: when no rollout is known, or the evidence is not named or cannot be read.
        ConfigurationError: when the live pointer is wrong.
        GitHubError: when an artifact cannot be fetched.
    """
    now = desk.clock()
    view = assess(found.prompt, _evident(desk, found.root.policy), now=now)
    if view.report.rollout.phase.is_over or not view.exposures:
        return view
    newest = view.exposures[-1].ts
    if now - newest < STALE:
        return view
    remark = f"The newest call of the log is of {instant(newest)}: what came since is not known."
    report = replace(view.report, remarks=(*view.report.remarks, remark))
    return replace(view, report=report)


def _evident(desk: Desk, policy: Policy) -> Evident:
    rules = policy.rollout or RolloutRules()
    calls = desk.places.named(desk.inputs.calls, by="calls")
    if not calls:
        raise UsageError(
            "the input calls: expected where the call log of production is, got nothing: name "
            "files or folders, or `artifact:NAME`"
        )
    return Evident(
        rules=rules,
        max_drop=policy.gate.max_drop if rules.max_drop is None else rules.max_drop,
        calls=calls,
        scores=desk.places.named(desk.inputs.scores, by="scores"),
    )
