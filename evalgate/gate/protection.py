"""Whether the slices that the policy protects are still there: what no trial can tell."""

from collections.abc import Iterator, Mapping, Sequence

from evalgate.deciding.rates import exceeds
from evalgate.deciding.slice_reasons import waived_away
from evalgate.deciding.slices import fewest_to_fail
from evalgate.deciding.wording import counted, listed, percent
from evalgate.gate.evalsets import EvalSets
from evalgate.gate.matching import Matchup
from evalgate.model.change import Finding
from evalgate.model.comparison import CaseKind
from evalgate.model.evalset import Case, EvalSet
from evalgate.model.policy import GateRules
from evalgate.model.verdict import Reason, Verdict


def slice_findings(sets: EvalSets, rules: GateRules) -> Iterator[Finding]:
    """Yield a finding for each protected slice that a change takes away or leaves too small.

    What counts are the cases that the change neither deletes nor edits nor tags otherwise: only
    they can be compared with the baseline, now or later. A slice that could fail may also not lose
    more of its cases, deleted or tagged otherwise, than the edit budget.

    Args:
        sets: the sets at all three points.
        rules: says which slices are protected.
    """
    fewest = fewest_to_fail(rules) if rules.protected_slices else 0
    for name, evalset in sets.head.items():
        past = sets.fork.get(name)
        for tag in rules.protected_slices if past else ():
            before = _tagged(past, tag) if past else {}
            after = _tagged(evalset, tag)
            kept = sum(
                id_ in after and after[id_].hash == case.hash for id_, case in before.items()
            )
            lost = len(before.keys() - after.keys())
            if before and (not kept or kept < fewest <= len(before)):
                yield _gone(evalset, tag, before=len(before), kept=kept)
            elif len(before) >= fewest and exceeds(lost, rules.edit_budget, of=len(before)):
                yield _shrunk(evalset, tag, before=len(before), lost=lost, rules=rules)


def slice_notes(sets: EvalSets, rules: GateRules) -> Iterator[str]:
    """Yield a sentence about the protected slices of which no eval set has a case."""
    known = {tag for evalset in sets.head.values() for case in evalset.cases for tag in case.tags}
    unknown = [tag for tag in rules.protected_slices if tag not in known]
    if unknown:
        yield (
            f"`gate.protected_slices` names {listed(unknown)}, but no case of any eval set has "
            "such a tag: nothing is protected by that."
        )


def waived_slices(matchups: Sequence[Matchup], rules: GateRules) -> Iterator[str]:
    """Yield a sentence for each protected slice of which waivers leave too few cases to judge."""
    fewest = fewest_to_fail(rules) if rules.protected_slices else 0
    for matchup in matchups:
        for tag in rules.protected_slices:
            carriers = [
                case.waived
                for case in matchup.planned
                if tag in case.tags and case.kind is CaseKind.SAME
            ]
            waived = sum(carriers)
            if waived == len(carriers) > 0 or len(carriers) - waived < fewest <= len(carriers):
                said = waived_away(tag, waived=waived, of=len(carriers))
                yield f"{matchup.evalset.name}: {said}."


def _tagged(evalset: EvalSet, tag: str) -> Mapping[str, Case]:
    return {case.id: case for case in evalset.cases if tag in case.tags}


def _gone(evalset: EvalSet, tag: str, *, before: int, kept: int) -> Finding:
    left = f"{kept:,} remain" if kept else "none remain"
    return _finding(
        evalset,
        f"{_had(evalset, tag, before)}; of those {left} as they were, so a drop could not be seen",
    )


def _shrunk(evalset: EvalSet, tag: str, *, before: int, lost: int, rules: GateRules) -> Finding:
    were = "were" if lost > 1 else "was"
    return _finding(
        evalset,
        f"{_had(evalset, tag, before)}; of those {lost:,} ({percent(lost / before)}) {were} "
        f"deleted or lost the tag, more than the {percent(rules.edit_budget)} that a change may "
        "touch",
    )


def _had(evalset: EvalSet, tag: str, before: int) -> str:
    return f"The protected slice {tag} had {counted(before, 'case')} in {evalset.path}"


def _finding(evalset: EvalSet, said: str) -> Finding:
    message = f"{said}: keep the cases and their tag."
    return Finding(
        prompt=evalset.path,
        path=evalset.path,
        verdict=Verdict.INCONCLUSIVE,
        reason=Reason(code="protected_slice_gone", message=message),
    )
