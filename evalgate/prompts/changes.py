"""What a change does to the prompts: which versions must be run, and against what."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from evalgate.model.change import Candidate, Change, Finding
from evalgate.model.ports import Parser
from evalgate.model.verdict import Verdict
from evalgate.prompts.asking import asks_alike
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
        changed_sets: for each prompt, its eval sets whose cases or graders changed, each by its
            name and what changed in it.

    Raises:
        ConfigurationError: when a version that has to be run is wrong.
    """
    candidates: list[Candidate] = []
    findings: list[Finding] = []
    said: list[str] = []
    for view in prompts.views():
        findings += find(view)
        said += notes(view)
        sets = changed_sets.get(view.head.name, ())
        outcomes = [
            _candidate(view, version, why=why, parser=parser)
            for version, why in _reasons(view).items()
        ]
        if sets and view.is_rollback():
            said.append(_unjudged_sets(view, sets))
        elif sets and not any(isinstance(outcome, Candidate) for outcome in outcomes):
            outcomes += _for_sets(view, sets, parser)
        candidates += (outcome for outcome in outcomes if isinstance(outcome, Candidate))
        found = (outcome for outcome in outcomes if isinstance(outcome, Finding))
        findings += dict.fromkeys(found)
    return Change(candidates=tuple(candidates), findings=tuple(findings), notes=tuple(said))


def _for_sets(view: View, sets: tuple[str, ...], parser: Parser) -> Iterator[Candidate | Finding]:
    """Yield the stable version as the one to run for its changed eval sets.

    A version that needs no run, since it asks what the baseline asks, does not spare them theirs.
    """
    stable = view.head.stable
    if stable is None or stable not in view.head.versions:
        return
    why = (f"the eval set {' and '.join(sets)} changed",)
    outcome = _candidate(view, stable, why=why, parser=parser)
    if isinstance(outcome, Finding) and outcome.verdict is Verdict.PASS:
        version = view.head.read(stable, parser)
        outcome = Candidate(
            version=version, baseline=None, why=why, unchanged=True, formerly=view.formerly
        )
    yield outcome


def _unjudged_sets(view: View, sets: tuple[str, ...]) -> str:
    return (
        f"The eval set {' and '.join(sets)} changed along with the rollback of {view.head.name}, "
        "and was not judged: look at that change."
    )


def _reasons(view: View) -> dict[str, tuple[str, ...]]:
    """Return the versions of the head that must be run, each with the reasons in words."""
    reasons: dict[str, tuple[str, ...]] = {}
    for version in view.touched():
        if not view.is_published(version):
            reasons[version] = tuple(_why_touched(view, version))
    target, before = view.moved_to(), view.base.stable
    if target and not view.is_rollback():
        where = f"from {before} to {target}" if before else f"to {target}"
        reasons[target] = (*reasons.get(target, ()), f"the live pointer moves {where}")
    canary = view.canary_moved_to()
    if canary:
        reasons[canary] = (*reasons.get(canary, ()), f"{canary} gets traffic as the canary")
    return {version: why for version, why in reasons.items() if version in view.head.versions}


def _why_touched(view: View, version: str) -> Iterator[str]:
    if view.formerly is not None:
        yield f"the prompt was renamed from {view.formerly}"
    if view.fork.identity(version) is None:
        yield _why_new(view, version)
        return
    if view.is_edited(version):
        yield f"{version} was edited"
    for name in view.changed_includes(version):
        if name not in view.head.shared:
            verb = "was deleted"
        else:
            verb = "is new" if name not in view.fork.shared else "was edited"
        yield f"{version} includes {name}, which {verb}"


def _why_new(view: View, version: str) -> str:
    """Say that a version is new, or under which name the file stood before."""
    gone = [name for name in view.fork.in_order() if name not in view.head.versions]
    same = [name for name in gone if view.fork.identity(name) == view.head.identity(version)]
    if same:
        return f"{version} is {same[0]} under another name"
    return f"{version} is new" + (f", and {' and '.join(gone)} was deleted" if gone else "")


def _candidate(
    view: View, version: str, *, why: tuple[str, ...], parser: Parser
) -> Candidate | Finding:
    candidate = view.head.read(version, parser)
    stable = view.base.stable
    if stable is None:
        return Candidate(version=candidate, baseline=None, why=why, formerly=view.formerly)
    if stable not in view.base.versions:
        message = f"At the base the live pointer names {stable}, which does not exist there."
        return finding(view.head, LIVE, code="dangling_pointer", message=message)
    # Under its new name the prompt goes on as one.
    baseline = replace(view.base.read(stable, parser), prompt=candidate.prompt)
    formerly = view.formerly
    if asks_alike(candidate, baseline) and candidate.hash != baseline.hash:
        message = f"{version} asks exactly what {stable} asks: nothing to run."
        return finding(
            view.head,
            f"{version}.md",
            code="identical_request",
            message=message,
            verdict=Verdict.PASS,
        )
    if candidate.hash != baseline.hash:
        return Candidate(version=candidate, baseline=baseline, why=why, formerly=formerly)
    if candidate.version == baseline.version:
        return Candidate(
            version=candidate, baseline=None, why=why, unchanged=True, formerly=formerly
        )
    message = f"{version} is byte for byte the same as {stable}: nothing to run."
    file, verdict = f"{version}.md", Verdict.PASS
    return finding(view.head, file, code="identical_version", message=message, verdict=verdict)
