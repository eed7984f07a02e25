"""What a change does to the prompts: versions to test, and findings that need no test."""

from dataclasses import dataclass

from evalgate.model.prompt import PromptVersion
from evalgate.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version to test, the baseline it is held against, and why, in words.

    `baseline` is None when the base has no stable version, or when it is the candidate itself and
    only the eval set changed, which `unchanged` tells: then only absolute rules decide. `formerly`
    is the prompt's name at the base, when the change renames it.
    """

    version: PromptVersion
    baseline: PromptVersion | None
    why: tuple[str, ...]
    unchanged: bool = False
    formerly: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a prompt that is decided by looking, without a trial."""

    prompt: str
    path: str
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that a change does to the prompts; empty when it does nothing to them.

    `notes` are sentences for the reader that decide nothing.
    """

    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What a change does to one text of a prompt: the file held against the one in its place.

    `before` is None where nothing was, and `after` where nothing is any more.
    """

    path: str
    before: str | None
    after: str | None
    formerly: str = ""
