"""Finds the least that would turn a verdict, by deciding again on what it supposes.

Nothing is claimed that the rules themselves do not say: each number named here was decided on.
Only what more trials or cases would come to is an estimate, that of the levers.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalgate.deciding.evidence import Evidence, weigh
from evalgate.deciding.judge_scale import scaled_limit
from evalgate.deciding.levers import find_levers
from evalgate.deciding.rates import passes
from evalgate.deciding.verdict import Decision, decide
from evalgate.model.comparison import CasePair, Comparison, mean
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.trial import Arm
from evalgate.model.turning import Mending, Remedy, Turning
from evalgate.model.verdict import JudgeScale, SliceFlag, Verdict

MOST_CASES = 10_000
"""In a larger comparison nothing is supposed: each supposition takes a whole decision."""

_LIMITS = tuple(half / 200 for half in range(1, 101))
"""The limits that are tried: half points up to 50; a wider one is no limit."""

_MOST_BREAKING = 512
_ROUNDING = 1e-9

_TOO_FEW = frozenset(("too_few_cases", "too_few_clusters", "too_few_trials"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was decided on: the evidence, the rules, and how they are applied.

    `scale` is that of the judge; with it `rules` hold the limit on that scale.
    """

    comparison: Comparison
    rules: GateRules
    baseline: bool
    unchanged: bool = False
    scale: JudgeScale | None = None

    def supposing(self, pairs: Iterable[CasePair]) -> Verdict:
        """Return the verdict if these cases had come out like this."""
        told = {pair.case: pair for pair in pairs}
        supposed = tuple(told.get(pair.case, pair) for pair in self.comparison.pairs)
        return self._verdict(replace(self.comparison, pairs=supposed), self.rules)

    def under(self, limit: float) -> Verdict:
        """Return the verdict under another limit of the policy, as a fraction."""
        scale = self.scale
        if scale is not None:
            limit = scaled_limit(limit, youden=scale.low, share=scale.share)
        return self._verdict(self.comparison, replace(self.rules, max_drop=limit))

    def about(self, estimand: Estimand) -> "Question":
        """Return the question with a claim of its own, so that no other limit changes that."""
        return replace(self, rules=replace(self.rules, estimand=estimand))

    @property
    def limit(self) -> float:
        """The limit on the policy's own scale."""
        return self.rules.max_drop if self.scale is None else self.scale.max_drop

    def evidence(self) -> Evidence:
        """Weigh the evidence again."""
        compares = self.baseline and not self.unchanged
        return weigh(self.comparison, self.rules, baseline=compares)

    def _verdict(self, comparison: Comparison, rules: GateRules) -> Verdict:
        return decide(comparison, rules, baseline=self.baseline, unchanged=self.unchanged).verdict


def turning(question: Question, decision: Decision) -> Turning | None:
    """Return what would turn a decision; None where nothing is known that would.

    Args:
        question: what was decided on.
        decision: what `decide` said to it.
    """
    if len(question.comparison.pairs) > MOST_CASES:
        return None
    quick = _without_idle_tags(question)
    match decision.verdict:
        case Verdict.FAIL:
            mending, limit = _mending(quick, decision), _passing_limit(quick, decision)
            return Turning(mending=mending, limit=limit) if mending or limit else None
        case Verdict.PASS:
            limit, breaking = _passing_limit(quick, decision), _breaking(quick)
            return Turning(limit=limit, breaking=breaking) if limit or breaking else None
        case Verdict.INCONCLUSIVE:
            return _deciding(quick, decision)
    return None


def _without_idle_tags(question: Question) -> Question:
    """Leave out the tags where no slice is protected: they decide nothing and take most time."""
    if question.rules.protected_slices:
        return question
    pairs = tuple(replace(pair, tags=()) for pair in question.comparison.pairs)
    return replace(question, comparison=replace(question.comparison, pairs=pairs))


def _deciding(question: Question, decision: Decision) -> Turning | None:
    """Return what would decide, as the reason of the verdict puts it."""
    code = decision.reasons[0].code if decision.reasons else ""
    if decision.delta is None or code not in {"cannot_tell", *_TOO_FEW}:
        return None
    evidence = question.evidence()
    have = evidence.sample.units
    if code in _TOO_FEW:
        limit = _passing_limit(question, decision)
        return Turning(limit=limit, units=evidence.needed_units, have=have, unit=evidence.unit)
    found = find_levers(evidence, question.rules)
    limit = found.limit if question.scale is None else None
    holds = limit is not None and question.under(limit) is Verdict.PASS
    return Turning(
        limit=limit if holds else _passing_limit(question, decision),
        trials=found.trials,
        units=found.units,
        have=have,
        unit=evidence.unit,
    )


def _passing_limit(question: Question, decision: Decision) -> float | None:
    """Return the smallest half point that passes: wider than the limit, or narrower on a pass."""
    if decision.delta is None:
        return None
    most = decision.pass_rate[Arm.BASELINE] or 0.0  # a baseline at or under a limit shows no drop
    if decision.verdict is Verdict.PASS:
        question = question.about(decision.estimand)
        limits = [each for each in _LIMITS if each < question.limit - _ROUNDING]
    else:
        limits = [each for each in _LIMITS if question.limit + _ROUNDING < each < most]
    number = _fewest(len(limits), lambda number: question.under(limits[number - 1]))
    return None if number is None else limits[number - 1]


def _mending(question: Question, decision: Decision) -> Mending | None:
    """Return how many cases have to be mended so that a failure passes."""
    pairs = question.comparison.pairs
    ways = ((Remedy.AS_BEFORE, _worse(pairs, decision)), (Remedy.PASS, _failing(pairs)))
    found = (_mending_by(question, remedy, ranked) for remedy, ranked in ways)
    return next(filter(None, found), None)


def _mending_by(question: Question, remedy: Remedy, ranked: Sequence[CasePair]) -> Mending | None:
    mended = [_mended(pair, remedy) for pair in ranked]
    number = _fewest(len(mended), lambda number: question.supposing(mended[:number]))
    return None if number is None else Mending(cases=number, of=len(ranked), remedy=remedy)


def _fewest(most: int, verdict: Callable[[int], Verdict]) -> int | None:
    """Return the smallest number from 1 on that passes; None when not even the most does."""
    if not most or verdict(most) is not Verdict.PASS:
        return None
    return 1 + bisect_left(range(1, most), True, key=lambda n: verdict(n) is Verdict.PASS)


def _worse(pairs: Sequence[CasePair], decision: Decision) -> list[CasePair]:
    """Return the cases that did worse: those that block by themselves first, then the worst."""
    worse = {case: place for place, case in enumerate(decision.flips.regressed)}
    blocking = {part.tag for part in decision.slices if part.flag is SliceFlag.WORSE}

    def urgency(pair: CasePair) -> tuple[bool, bool, int]:
        return (not pair.critical, blocking.isdisjoint(pair.tags), worse[pair.case])

    return sorted((pair for pair in pairs if pair.case in worse), key=urgency)


def _failing(pairs: Sequence[CasePair]) -> list[CasePair]:
    """Return the cases that fail: critical ones first, then the worst."""
    failing = [pair for pair in pairs if pair.candidate and not passes(mean(pair.candidate))]
    return sorted(failing, key=lambda pair: (not pair.critical, mean(pair.candidate), pair.case))


def _mended(pair: CasePair, remedy: Remedy) -> CasePair:
    as_before = remedy is Remedy.AS_BEFORE and pair.baseline
    right = pair.baseline if as_before else (1.0,) * max(1, len(pair.candidate))
    return replace(pair, candidate=right, confirming=())


def _breaking(question: Question) -> int | None:
    """Return how many further cases would have to break before a pass is none."""
    pairs = question.comparison.pairs
    if question.unchanged:
        return None
    sound = list(_sound(pairs))[:_MOST_BREAKING]
    broken = [replace(pair, candidate=(0.0,) * len(pair.candidate)) for pair in sound]
    number = bisect_left(
        range(1, len(broken) + 1),
        True,
        key=lambda n: question.supposing(broken[:n]) is not Verdict.PASS,
    )
    return number + 1 if number < len(broken) else None


def _sound(pairs: Iterable[CasePair]) -> Iterator[CasePair]:
    """Yield the ordinary cases that pass in both arms, each of which breaks by itself."""
    for pair in pairs:
        is_ordinary = not pair.critical and pair.cluster is None and pair.weight == 1.0
        arms = [arm for arm in (pair.baseline, pair.candidate) if arm]
        if is_ordinary and pair.candidate and all(passes(mean(arm)) for arm in arms):
            yield pair
