"""What no longer guards a prompt: findings about eval sets and policy that need no trial."""

from collections.abc import Iterator, Sequence

from evalgate.deciding.rates import exceeds
from evalgate.deciding.wording import counted, listed
from evalgate.gate.evalsets import EvalSets, covering
from evalgate.gate.gathering import Sources
from evalgate.gate.matching import Matchup
from evalgate.model.change import Finding
from evalgate.model.verdict import Reason, Verdict

_NAMED = 10
"""How many cases a sentence names."""


def policy_findings(sources: Sources) -> Iterator[Finding]:
    """Yield a finding when the change deletes the policy that the base has."""
    path = sources.policy.path
    if sources.policy_deleted:
        message = "The policy is deleted: after the merge nothing would be gated any more."
        yield _finding(path, path, code="policy_deleted", message=message)


def set_findings(
    matchups: Sequence[Matchup], sets: EvalSets, sources: Sources
) -> Iterator[Finding]:
    """Yield the findings about what guarded the prompts at the base and does so no more."""
    for matchup in matchups:
        yield from _about(matchup, sets, edit_budget=sources.policy.gate.edit_budget)
    yield from _unreadable_and_gone(sets, sources)
    tested = {matchup.candidate.version.prompt for matchup in matchups}
    renamed = sources.prompts.renamed()
    for prompt in sources.prompts.head:
        past = renamed.get(prompt, prompt)
        for evalset in covering(past, sets.base):
            if evalset not in covering(prompt, sets.head) and _is_gone(prompt, evalset.name, sets):
                at_fork = evalset.name in sets.fork and past in sets.fork[evalset.name].prompts
                count = counted(len(evalset.cases), "case")
                if at_fork:
                    message = f"{evalset.path} no longer guards {prompt} with its {count}."
                    yield _finding(prompt, evalset.path, code="evalset_removed", message=message)
                elif prompt in tested:
                    message = f"The base gained {evalset.path} with {count} since the fork."
                    yield _finding(prompt, evalset.path, code="branch_behind", message=message)


def notes(matchups: Sequence[Matchup]) -> Iterator[str]:
    """Yield what a reader should know about the sets and what decides nothing."""
    for matchup in matchups:
        if matchup.missing:
            gained = counted(len(matchup.missing), "case")
            yield (
                f"The base gained {gained} of {matchup.evalset.name} since the fork, not run here: "
                f"{_listed(matchup.missing)}."
            )


def relabelled(sets: EvalSets) -> Iterator[str]:
    """Yield what a change does to a set that shapes later verdicts, and needs no trial now."""
    for name, evalset in sets.head.items():
        past = sets.fork.get(name)
        if past is None:
            continue
        before = {case.id: case for case in past.cases}
        pairs = [(before[case.id], case) for case in evalset.cases if case.id in before]
        counts = {
            "cluster": sum(old.cluster != new.cluster for old, new in pairs),
            "tags": sum(old.tags != new.tags for old, new in pairs),
        }
        said = [f"`{key}` of {counted(count, 'case')}" for key, count in counts.items() if count]
        if past.trials != evalset.trials:
            was, now = past.trials or "none", evalset.trials or "none"
            said.append(f"`trials` (from {was} to {now})")
        if said:
            yield f"{evalset.path} changes {listed(said)}: that counts from the next change on."


def _about(matchup: Matchup, sets: EvalSets, *, edit_budget: float) -> Iterator[Finding]:
    prompt, path = matchup.candidate.version.prompt, matchup.evalset.path
    if matchup.weakened:
        names = _listed(matchup.weakened)
        message = f"Critical cases were deleted, edited or made uncritical: {names}."
        yield _finding(prompt, path, code="critical_case_changed", message=message)
    if matchup.missing_critical:
        names = _listed(matchup.missing_critical)
        message = f"The base gained critical cases since the fork: {names}."
        yield _finding(prompt, path, code="branch_behind", message=message)
    elif exceeds(len(matchup.missing), edit_budget, of=len(matchup.planned)):
        message = f"The base gained {counted(len(matchup.missing), 'case')} since the fork."
        yield _finding(prompt, path, code="branch_behind", message=message)
    if matchup.evalset.name in sets.unreadable:
        message = "At the base this eval set cannot be read, so no case can be compared."
        yield _finding(prompt, path, code="base_set_unreadable", message=message)


def _unreadable_and_gone(sets: EvalSets, sources: Sources) -> Iterator[Finding]:
    """Yield the sets that the change deletes while the base cannot read whom they guard."""
    folder = sources.policy.paths.evalsets
    for name in sorted(sets.unreadable - sets.head.keys()):
        paths = [f"{folder}/{name}{ending}" for ending in (".yaml", ".yml")]
        for path in paths:
            if path in sources.trees.base and path in sources.trees.fork:
                message = f"{path}, which cannot be read at the base, was deleted."
                yield _finding(path, path, code="evalset_removed", message=message)


def _is_gone(prompt: str, name: str, sets: EvalSets) -> bool:
    return name not in sets.head or prompt not in sets.head[name].prompts


def _finding(prompt: str, path: str, *, code: str, message: str) -> Finding:
    return Finding(
        prompt=prompt,
        path=path,
        verdict=Verdict.INCONCLUSIVE,
        reason=Reason(code=code, message=message),
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
