"""How the trials of a matchup grow while it is undecided, where the base keeps a record of it.

The record says which cases vary. The candidate runs every case once, and those that vary again and
again until a look decides. Which cases these are depends on the past alone: choosing them by what
came out today would bend the mean. Apparent losses are looked into by trials that never enter it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.drift import DRIFTED, drift_evidence
from evalgate.deciding.evidence import CONFIRMING_TRIALS, Evidence, weigh
from evalgate.deciding.looks import Look, is_futile
from evalgate.deciding.verdict import decide
from evalgate.model.comparison import NONE, CasePair, Comparison, PlannedCase
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm
from evalgate.model.verdict import LookTaken, Verdict

FEWEST_RECORDED = 3
"""A shorter record says too little of how a case varies."""

MOST_DIAGNOSED = 10
"""How many apparent losses are looked into once a candidate did not pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the base's record says of a matchup, and the looks that it allows.

    `usual` are the cases as they run without a record. `outcomes` are those on record, by case.
    `half` are the cases of a first look at half of them, and `probed` those whose baseline is asked
    once more, to see whether the record still holds. `may_grow` tells whether trials may follow on
    others; a run that is split up or answered in batches has all at once. `is_adaptive` tells
    whether trials depend on what the record says of a case.
    """

    usual: tuple[PlannedCase, ...]
    outcomes: Mapping[str, tuple[float, ...]]
    looks: tuple[Look, ...]
    may_grow: bool = True
    is_adaptive: bool = False
    half: frozenset[str] = frozenset()
    probed: frozenset[str] = frozenset()

    def varies(self, case: str) -> bool:
        """Whether a case came out differently before, or may, for all that is known."""
        outcomes = self.outcomes.get(case, ())
        return len(outcomes) < FEWEST_RECORDED or min(outcomes) != max(outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a matchup has come: its look, the losses that are looked into, and how it runs.

    `afresh` tells that the baseline runs beside the candidate, because a record alone blocks
    nothing, or because it does not hold: `drifted` tells the latter. Which cases go on still
    depends on the record: more of them would make looks less alike than their levels suppose.
    """

    look: int = 0
    confirming: frozenset[str] = frozenset()
    afresh: bool = False
    drifted: bool = False
    diagnosed: bool = False


BEGINNING = Progress()


def planned_at(history: History, progress: Progress) -> tuple[PlannedCase, ...]:
    """Return the cases with the trials that are to have run."""
    confirming = _confirming(history)
    return tuple(
        replace(
            _at_look(case, history, progress),
            confirming=confirming if case.case in progress.confirming else NONE,
        )
        for case in history.usual
    )


def planned_in_full(history: History) -> tuple[PlannedCase, ...]:
    """Return the cases with the trials of the first look at all of them."""
    looks = enumerate(history.looks)
    return planned_at(history, Progress(look=next(i for i, look in looks if not look.is_partial)))


def most_planned(history: History) -> tuple[PlannedCase, ...]:
    """Return the cases with every trial that may ever be planned."""
    confirming = _confirming(history)
    return tuple(
        replace(
            case,
            baseline=range(_depth(case, history) + confirming.start) if case.baseline else NONE,
            candidate=range(confirming.start),
            confirming=confirming,
        )
        for case in history.usual
    )


def rules_at(history: History, progress: Progress, rules: GateRules) -> GateRules:
    """Return the rules with the error rate of a claim at this point."""
    if not history.is_adaptive:
        return rules
    # What the record alone tells spends nothing; a drop that was checked has had its chance.
    level = history.looks[progress.look].level
    # What the verdict speaks about follows from the set, not from the level of one look.
    return replace(rules, alpha=level, estimand=Estimand.POPULATION)


def following(
    progress: Progress, comparison: Comparison, *, history: History, rules: GateRules
) -> Progress | None:
    """Return how the trials of a matchup grow next, or None when it is settled.

    Args:
        progress: how far it has come.
        comparison: what all trials up to there amount to.
        history: what the record says.
        rules: the policy's.
    """
    if not history.may_grow or not _is_complete(comparison):
        return None
    if not progress.drifted and has_drifted(comparison, history, afresh=progress.afresh):
        return replace(progress, afresh=True, drifted=True)
    own = rules_at(history, progress, rules)
    evidence = weigh(comparison, own, baseline=True)
    verdict = decide(comparison, own, baseline=True).verdict
    if history.looks[progress.look].is_partial:
        if not evidence.regression or (progress.diagnosed and not _fails(verdict)):
            return replace(progress, look=progress.look + 1, diagnosed=False)
    elif verdict in (Verdict.PASS, Verdict.ERROR):
        return None
    if _fails(verdict) and not progress.afresh:
        return replace(progress, afresh=True)
    is_open = verdict is Verdict.INCONCLUSIVE and not evidence.within_limit
    further = None
    if is_open and not progress.diagnosed:
        further = _while_open(progress, evidence, history=history, rules=rules)
    return further or _diagnosing(progress, evidence)


def _fails(verdict: Verdict) -> bool:
    return verdict is Verdict.FAIL


def has_drifted(comparison: Comparison, history: History, *, afresh: bool = False) -> bool:
    """Tell whether fresh trials of the baseline refute its record.

    Args:
        comparison: the outcomes of the baseline are those on record and then fresh ones.
        history: what the record says.
        afresh: whether the outcomes of the baseline are fresh ones alone.
    """
    records = ((history.outcomes.get(pair.case, ()), pair.baseline) for pair in comparison.pairs)
    evidence = drift_evidence(
        (recorded, told if afresh else told[len(recorded) :]) for recorded, told in records
    )
    return evidence >= DRIFTED


def look_taken(history: History, progress: Progress) -> LookTaken:
    """Return at which look a matchup stands."""
    look = history.looks[progress.look]
    return LookTaken(
        number=progress.look + 1,
        of=len(history.looks),
        level=look.level,
        recorded=sum(len(told) >= FEWEST_RECORDED for told in history.outcomes.values()),
        afresh=progress.afresh,
        drifted=progress.drifted,
        partial=look.is_partial,
    )


def _at_look(case: PlannedCase, history: History, progress: Progress) -> PlannedCase:
    depth = _depth(case, history)
    look = history.looks[progress.look]
    if look.is_partial and case.case not in history.half:
        return replace(case, baseline=NONE, candidate=NONE)
    rounds = _rounds(case, history, progress)
    baseline = range(depth + (case.case in history.probed))
    if progress.afresh:
        baseline = range(depth, depth + rounds)
    return replace(
        case,
        baseline=baseline if case.baseline else NONE,
        candidate=range(rounds),
        recorded=len(history.outcomes.get(case.case, ())),
    )


def _rounds(case: PlannedCase, history: History, progress: Progress) -> int:
    if not history.is_adaptive or not case.baseline:
        return len(case.candidate)
    rounds = history.looks[progress.look].rounds if history.varies(case.case) else 1
    return max(rounds, len(case.candidate)) if case.critical else rounds


def _depth(case: PlannedCase, history: History) -> int:
    """Return how many trials the baseline has, from the record as far as it goes."""
    recorded = len(history.outcomes.get(case.case, ()))
    return recorded if recorded >= FEWEST_RECORDED else max(recorded, len(case.baseline))


def _confirming(history: History) -> range:
    usual = max((len(case.candidate) for case in history.usual), default=0)
    first = max(usual, history.looks[-1].rounds)
    return range(first, first + CONFIRMING_TRIALS - 1)


def _is_complete(comparison: Comparison) -> bool:
    ledgers = comparison.ledger.values()
    return all(ledger.balances and not ledger.skipped for ledger in ledgers)


def _while_open(
    progress: Progress, evidence: Evidence, *, history: History, rules: GateRules
) -> Progress | None:
    """Return what may yet decide: a look at the losses, or the next look at all, or nothing."""
    losses = _apparent_losses(evidence.compared)
    if losses and _only_the_guard(evidence, rules_at(history, progress, rules)):
        return replace(progress, confirming=progress.confirming.union(losses))
    if progress.look + 1 == len(history.looks):
        return None
    arms = tuple(Arm) if progress.afresh else (Arm.CANDIDATE,)
    extended = {pair.case: arms for pair in evidence.compared if history.varies(pair.case)}
    last = Progress(look=len(history.looks) - 1)
    is_vain = not extended or is_futile(
        evidence,
        rules_at(history, last, rules),
        extended=extended,
        rounds=(history.looks[progress.look].rounds, history.looks[-1].rounds),
    )
    return None if is_vain else _next_look(progress)


def _only_the_guard(evidence: Evidence, rules: GateRules) -> bool:
    """Whether nothing but possible rare losses stands between the candidate and the limit."""
    low = evidence.delta.low if evidence.delta else -1.0
    return low - evidence.unseen_loss > -rules.max_drop and not evidence.too_few_units


def _next_look(progress: Progress) -> Progress:
    return replace(progress, look=progress.look + 1)


def _diagnosing(progress: Progress, evidence: Evidence) -> Progress | None:
    """Look into the losses of a candidate that did not pass, the critical ones first."""
    losses = _apparent_losses(evidence.compared)[:MOST_DIAGNOSED]
    if not losses or progress.diagnosed:
        return None
    return replace(progress, diagnosed=True, confirming=progress.confirming.union(losses))


def _apparent_losses(pairs: Sequence[CasePair]) -> tuple[str, ...]:
    """Return the cases that look lost on fewer trials than tell a slip, critical ones first."""
    return tuple(
        pair.case
        for pair in sorted(pairs, key=lambda pair: not pair.critical)
        if len(pair.candidate) + len(pair.confirming) < CONFIRMING_TRIALS
        and (pair.difference or 0.0) <= -0.5
    )
