"""What a change does to the prompts: which versions must be run, and against what."""

from collections.abc import Mapping

from evalgate.model.change import Candidate, Change, Finding
from evalgate.model.ports import Parser
from evalgate.model.verdict import Verdict
from evalgate.prompts.findings import find, finding, notes
from evalgate.prompts.library import LIVE
from evalgate.prompts.view import Prompts, View


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
    said: list[str] = []
    for view in prompts.views():
        findings += find(view)
        said += notes(view)
        reasons = _reasons(view, changed_sets.get(view.head.name, ()))
        for version, why in reasons.items():
            outcome = _candidate(view, version, why=why, parser=parser)
            if isinstance(outcome, Candidate):
                candidates.append(outcome)
            else:
                findings.append(outcome)
    return Change(candidates=tuple(candidates), findings=tuple(findings), notes=tuple(said))


def _reasons(view: View, changed_sets: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the versions of the head that must be run, each with the reasons in words."""
    reasons: dict[str, tuple[str, ...]] = {}
    for version in view.touched():
        if not view.is_published(version):
            known = view.fork.identity(version) is not None
            reasons[version] = (f"{version} was edited" if known else f"{version} is new",)
    target, before = view.moved_to(), view.base.stable
    if target and not view.is_rollback():
        where = f"from {before} to {target}" if before else f"to {target}"
        reasons[target] = (*reasons.get(target, ()), f"the live pointer moves {where}")
    canary = view.canary_moved_to()
    if canary:
        reasons[canary] = (*reasons.get(canary, ()), f"{canary} gets traffic as the canary")
    stable = view.head.stable
    if changed_sets and stable and not reasons and not view.is_rollback():
        reasons[stable] = (f"the eval set {' and '.join(changed_sets)} changed",)
    return {version: why for version, why in reasons.items() if version in view.head.versions}


def _candidate(
    view: View, version: str, *, why: tuple[str, ...], parser: Parser
) -> Candidate | Finding:
    candidate = view.head.read(version, parser)
    stable = view.base.stable
    if stable is None:
        return Candidate(version=candidate, baseline=None, why=why)
    if stable not in view.base.versions:
        message = f"At the base the live pointer names {stable}, which does not exist there."
        return finding(view.head, LIVE, code="dangling_pointer", message=message)
    baseline = view.base.read(stable, parser)
    if candidate.hash != baseline.hash:
        return Candidate(version=candidate, baseline=baseline, why=why)
    if candidate.version == baseline.version:
        return Candidate(version=candidate, baseline=None, why=why, unchanged=True)
    message = f"{version} is byte for byte the same as {stable}: nothing to run."
    file, verdict = f"{version}.md", Verdict.PASS
    return finding(view.head, file, code="identical_version", message=message, verdict=verdict)
