"""What a change does to the prompts, from three trees: base, the fork point, and head.

The fork point (merge base) tells what the change itself did; the base, which may have moved on,
tells what is trusted now: its live pointers name the baselines and what counts as published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalgate.model.change import Candidate, Change, Finding
from evalgate.model.ports import Parser
from evalgate.model.prompt import LivePointer, PromptVersion, Switch
from evalgate.model.verdict import Reason, Verdict
from evalgate.prompts.library import LIVE, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The prompts by name at the three points of a change."""

    base: Mapping[str, Prompt]
    fork: Mapping[str, Prompt]
    head: Mapping[str, Prompt]


def find_changes(
    prompts: Prompts, parser: Parser, *, changed_sets: Mapping[str, tuple[str, ...]]
) -> Change:
    """Return the candidates, findings and notes of a change.

    Args:
        prompts: the three points of the change.
        parser: reads front matter.
        changed_sets: for each prompt, the names of its eval sets whose cases or graders changed.

    Raises:
        ConfigurationError: when a version that has to be run is wrong.
    """
    candidates: list[Candidate] = []
    findings: list[Finding] = []
    notes: list[str] = []
    for name in sorted({*prompts.head, *prompts.fork}):
        view = _View.of(prompts, name)
        if view.head is None:
            notes.append(f"The prompt {name} was deleted.")
            continue
        findings += _edited_published(view)
        notes += [*_deleted_versions(view), *_switch_notes(view)]
        findings += _pointer_findings(view)
        reasons = _reasons(view, changed_sets.get(name, ()))
        for version, why in reasons.items():
            outcome = _candidate(view, version, why=why, parser=parser)
            if isinstance(outcome, Candidate):
                candidates.append(outcome)
            else:
                findings.append(outcome)
    return Change(candidates=tuple(candidates), findings=tuple(findings), notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _View:
    """One prompt at the three points."""

    name: str
    base: Prompt | None
    fork: Prompt | None
    head: Prompt | None

    @classmethod
    def of(cls, prompts: Prompts, name: str) -> "_View":
        return cls(name, prompts.base.get(name), prompts.fork.get(name), prompts.head.get(name))

    def touched(self) -> Iterator[str]:
        """Yield the versions that the change added or edited, unless the base has the same."""
        for version in _in_order(self.head):
            now = _identity(self.head, version)
            if now not in (_identity(self.fork, version), _identity(self.base, version)):
                yield version

    def is_published(self, version: str) -> bool:
        has = self.base is not None and version in self.base.versions
        return has and self.base is not None and self.base.has_pointed_to(version)

    def moved_to(self) -> str | None:
        """The version that the change makes stable, if it moves the pointer."""
        now, before = _stable(self.head), _stable(self.fork)
        return now if now not in (before, _stable(self.base)) else None

    def canary_moved_to(self) -> str | None:
        """The version that the change makes the canary, if it does."""
        now, before = _canary(self.head), _canary(self.fork)
        return now if now != before else None

    def is_rollback(self) -> bool:
        """Whether the pointer moves to a version that was stable before, unchanged since."""
        target = self.moved_to()
        if target is None or self.base is None or not self.base.was_stable(target):
            return False
        return _identity(self.head, target) == _identity(self.base, target)


def _reasons(view: _View, changed_sets: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the versions of the head that must be run, each with the reasons in words."""
    reasons: dict[str, tuple[str, ...]] = {}
    for version in view.touched():
        if not view.is_published(version):
            known = _identity(view.fork, version) is not None
            reasons[version] = (f"{version} was edited" if known else f"{version} is new",)
    target, before = view.moved_to(), _stable(view.base)
    if target and not view.is_rollback():
        where = f"from {before} to {target}" if before else f"to {target}"
        reasons[target] = (*reasons.get(target, ()), f"the live pointer moves {where}")
    canary = view.canary_moved_to()
    if canary:
        reasons[canary] = (*reasons.get(canary, ()), f"{canary} becomes the canary")
    stable = _stable(view.head)
    if changed_sets and stable and not reasons:
        sets = " and ".join(changed_sets)
        reasons[stable] = (f"the eval set {sets} changed",)
    return {
        version: why
        for version, why in reasons.items()
        if view.head is not None and version in view.head.versions
    }


def _candidate(
    view: _View, version: str, *, why: tuple[str, ...], parser: Parser
) -> Candidate | Finding:
    head, base = view.head, view.base
    if head is None:  # pragma: no cover - callers pass prompts that the head has
        raise LookupError(view.name)
    candidate = head.read(version, parser)
    stable = _stable(base)
    if base is None or stable is None:
        return Candidate(version=candidate, baseline=None, why=why)
    if stable not in base.versions:
        return _finding(
            head,
            LIVE,
            code="dangling_pointer",
            message=f"At the base the live pointer names {stable}, which does not exist there.",
        )
    return _against(candidate, base.read(stable, parser), why=why, head=head)


def _against(
    candidate: PromptVersion, baseline: PromptVersion, *, why: tuple[str, ...], head: Prompt
) -> Candidate | Finding:
    if candidate.hash != baseline.hash:
        return Candidate(version=candidate, baseline=baseline, why=why)
    if candidate.version == baseline.version:
        return Candidate(version=candidate, baseline=None, why=why)
    message = (
        f"{candidate.version} is byte for byte the same as {baseline.version}: nothing to run."
    )
    return _finding(
        head,
        f"{candidate.version}.md",
        code="identical_version",
        message=message,
        verdict=Verdict.PASS,
    )


def _edited_published(view: _View) -> Iterator[Finding]:
    if view.head is None:
        return
    newest = max((int(version[1:]) for version in view.head.versions), default=0)
    for version in view.touched():
        if view.is_published(version):
            message = (
                f"{version} is published and may not change: undo the edit and add "
                f"v{newest + 1} instead (`{view.head.path(f'v{newest + 1}')}`)."
            )
            yield _finding(
                view.head, f"{version}.md", code="published_version_edited", message=message
            )


def _deleted_versions(view: _View) -> Iterator[str]:
    for version in _in_order(view.fork):
        if _identity(view.head, version) is None and _identity(view.base, version) is not None:
            yield f"{version} of {view.name} was deleted; it can no longer be rolled back to."


def _pointer_findings(view: _View) -> Iterator[Finding]:
    head = view.head
    if head is None:
        return
    if _stable(head) is None and _stable(view.fork) is not None:
        message = "The live pointer no longer names a stable version: nothing says what to serve."
        yield _finding(head, LIVE, code="pointer_deleted", message=message)
    for version in _pointed(head.live):
        if version not in head.versions:
            message = f"The live pointer names {version}, which does not exist at the head."
            yield _finding(head, LIVE, code="dangling_pointer", message=message)
    if view.is_rollback():
        message = f"The live pointer goes back to {_stable(head)}, which was stable before."
        yield _finding(head, LIVE, code="rollback", message=message, verdict=Verdict.PASS)


def _switch_notes(view: _View) -> Iterator[str]:
    now = view.head.live.switch if view.head and view.head.live else Switch()
    before = view.fork.live.switch if view.fork and view.fork.live else Switch()
    if now != before:
        yield f"The switch of {view.name} changed; what it does in production was not tested."


def _pointed(live: LivePointer | None) -> Iterator[str]:
    if live is None:
        return
    if live.stable is not None:
        yield live.stable
    if live.canary is not None and live.canary.version != live.stable:
        yield live.canary.version


def _finding(
    prompt: Prompt, file: str, *, code: str, message: str, verdict: Verdict = Verdict.FAIL
) -> Finding:
    return Finding(
        prompt=prompt.name,
        path=f"{prompt.folder}/{file}",
        verdict=verdict,
        reason=Reason(code=code, message=message),
    )


def _in_order(prompt: Prompt | None) -> list[str]:
    versions = [] if prompt is None else list(prompt.versions)
    return sorted(versions, key=lambda version: int(version[1:]))


def _identity(prompt: Prompt | None, version: str) -> str | None:
    return None if prompt is None else prompt.identity(version)


def _stable(prompt: Prompt | None) -> str | None:
    return None if prompt is None or prompt.live is None else prompt.live.stable


def _canary(prompt: Prompt | None) -> str | None:
    live = None if prompt is None else prompt.live
    return None if live is None or live.canary is None else live.canary.version
