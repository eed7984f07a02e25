"""Decides about two files of trials: the baseline's and the candidate's."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from evalgate.deciding.paired import mcnemar_mid_p, tango_interval
from evalgate.deciding.plain import CaseFacts, compare_outcomes
from evalgate.deciding.rates import comparable, rate
from evalgate.deciding.verdict import decide
from evalgate.deciding.wording import counted
from evalgate.gate.told_arm import ToldArm, ToldCase
from evalgate.model.comparison import CaseKind, CasePair, Comparison
from evalgate.model.policy import GateRules
from evalgate.model.told import NOWHERE, FileComparison, Origin, PairedCounts
from evalgate.model.trial import Arm
from evalgate.model.verdict import ChangedCases, PromptVerdict, VersionRef

_WHOLE = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slots:
    """The outcomes of a case that count in each arm, and how many are lost to one arm alone."""

    before: tuple[float, ...]
    after: tuple[float, ...]
    lost_by_baseline: int = 0
    lost_by_candidate: int = 0


def compare_arms(baseline: ToldArm, candidate: ToldArm, rules: GateRules) -> FileComparison:
    """Decide about two files by the rules of the gate.

    Args:
        baseline: the trials of the baseline.
        candidate: the trials of the candidate.
        rules: the thresholds.
    """
    comparison = side_by_side(baseline, candidate)
    decision = decide(comparison, rules, baseline=True)
    before, after = (arm.origin or NOWHERE for arm in (baseline, candidate))
    new = (pair.case for pair in comparison.pairs if pair.kind is CaseKind.NEW)
    verdict = PromptVerdict(
        name=after.prompt or before.prompt,
        evalset=after.evalset or before.evalset,
        candidate=_ref(after),
        baseline=_ref(before),
        verdict=decision.verdict,
        reasons=decision.reasons,
        max_drop=rules.max_drop,
        alpha=rules.alpha,
        estimand=decision.estimand.value,
        ledger=comparison.ledger,
        cases=decision.cases,
        changed_cases=ChangedCases(new=tuple(new), deleted=comparison.deleted),
        head_pass_rate=rate(comparison.pairs, Arm.CANDIDATE),
        pass_rate=decision.pass_rate,
        delta=decision.delta,
        smallest_detectable_drop=decision.smallest_detectable_drop,
        flips=decision.flips,
        slices=decision.slices,
    )
    return FileComparison(
        files=(baseline.path, candidate.path),
        verdict=verdict,
        error_kinds=comparison.error_kinds,
        paired=_paired(comparison),
        notes=tuple(_notes(baseline, candidate)),
    )


def side_by_side(baseline: ToldArm, candidate: ToldArm) -> Comparison:
    """Put the trials of two files side by side, case by case.

    Where both arms have the same trials of a case, one without a grade takes the other along, as in
    the gate; else each arm keeps what it has, and a case that the baseline could not grade at all
    is lost. What the baseline's file says about a case goes before what the candidate's says. A
    record that the gate did not rely on does not count here either.
    """
    olds = baseline.fresh if baseline.ran_afresh_beside(candidate) else baseline.cases
    slots = {case: _slots(olds.get(case), told) for case, told in candidate.cases.items()}
    before = {
        case: slots[case].before if case in slots else told.graded for case, told in olds.items()
    }
    after = {case: each.after for case, each in slots.items()}
    facts = {
        case: each
        for case, told in candidate.cases.items()
        if (each := _facts(olds.get(case), told)) is not None
    }
    planned = sum(len(told.outcomes) for told in candidate.cases.values())
    kinds = baseline.error_kinds + candidate.error_kinds
    told = compare_outcomes(before, after, facts)
    return replace(
        told,
        pairs=tuple(_confirmed(pair, candidate) for pair in told.pairs),
        ledger={Arm.BASELINE: baseline.ledger, Arm.CANDIDATE: candidate.ledger},
        planned_pairs=planned,
        lost_pairs=planned - sum(map(len, after.values())),
        error_kinds=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        lost_by={
            Arm.BASELINE: sum(each.lost_by_baseline for each in slots.values()),
            Arm.CANDIDATE: sum(each.lost_by_candidate for each in slots.values()),
        },
    )


def _slots(before: ToldCase | None, after: ToldCase) -> _Slots:
    if before is None:
        return _Slots(before=(), after=after.graded)
    olds, news = before.outcomes, after.outcomes
    if olds.keys() == news.keys():
        slots = [(olds[index], news[index]) for index in sorted(olds)]
        whole = [(old, new) for old, new in slots if old is not None and new is not None]
        return _Slots(
            before=tuple(old for old, _ in whole),
            after=tuple(new for _, new in whole),
            lost_by_baseline=sum(old is None and new is not None for old, new in slots),
            lost_by_candidate=sum(new is None and old is not None for old, new in slots),
        )
    graded_before, graded_after = before.graded, after.graded
    return _Slots(
        before=graded_before,
        after=graded_after if graded_before else (),
        lost_by_baseline=len(olds) - len(graded_before) if graded_after else 0,
        lost_by_candidate=len(news) - len(graded_after) if graded_before else 0,
    )


def _confirmed(pair: CasePair, candidate: ToldArm) -> CasePair:
    """Add what the candidate's confirmations of a case say."""
    told = candidate.confirming.get(pair.case)
    return pair if told is None else replace(pair, confirming=told.graded)


def _facts(before: ToldCase | None, after: ToldCase) -> CaseFacts | None:
    """Return what either file says about a case, the baseline's first; None when neither does."""
    told = [case for case in (before, after) if case is not None and case.says_more]
    if not told:
        return None
    weights = [case.weight for case in told if case.weight is not None]
    clusters = [case.cluster for case in told if case.cluster is not None]
    return CaseFacts(
        tags=next((case.tags for case in told if case.tags), ()),
        cluster=clusters[0] if clusters else None,
        weight=weights[0] if weights else 1.0,
    )


def _paired(comparison: Comparison) -> PairedCounts | None:
    """Count flips where a test of paired cases applies: independent, equal, one trial each."""
    pairs = comparable(comparison.pairs)
    if not pairs or not all(map(_is_plain, pairs)):
        return None
    flips = Counter((pair.baseline[0], pair.candidate[0]) for pair in pairs)
    lost, won = flips[1.0, 0.0], flips[0.0, 1.0]
    return PairedCounts(
        lost=lost,
        won=won,
        mid_p=mcnemar_mid_p(lost, won),
        score_interval=tango_interval(lost, won, pairs=len(pairs)),
    )


def _is_plain(pair: CasePair) -> bool:
    outcomes = (*pair.baseline, *pair.candidate)
    alone = pair.cluster is None and pair.weight == 1
    return alone and len(outcomes) == 2 and all(outcome in _WHOLE for outcome in outcomes)


def _ref(origin: Origin) -> VersionRef | None:
    if not origin.version:
        return None
    return VersionRef(version=origin.version, hash=origin.version_hash)


def _notes(baseline: ToldArm, candidate: ToldArm) -> Iterator[str]:
    if baseline.ran_afresh_beside(candidate):
        fresh = counted(sum(map(len, baseline.checks.values())), "trial")
        yield (
            f"{baseline.path}: the baseline ran afresh, so its {fresh} of this run count and not "
            "those on record."
        )
    for arm, word in ((baseline, Arm.BASELINE), (candidate, Arm.CANDIDATE)):
        if arm.other_arm:
            yield f"{arm.path} holds both arms: the {word.value}'s trials were taken."
        if arm.confirmations:
            trials = counted(arm.confirmations, "trial")
            does = (
                "confirms a loss and enters"
                if arm.confirmations == 1
                else "confirm losses and enter"
            )
            yield f"{arm.path}: {trials} of the {word.value} {does} no mean."
