"""Tests a policy on its own sets: how often it blocks a change of nothing, and passes a real drop.

Every gate is played by the rules, the slices, the critical cases and the looks of the policy. What
differs from a real one is where the trials come from: worlds that are drawn, or a record that is
split in two.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from evalgate.deciding.claim import owed_claim
from evalgate.deciding.soundness import false_block, missed_regression, soundness
from evalgate.deciding.wording import counted
from evalgate.errors import UsageError
from evalgate.gate.looks import History
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.rehearsal import Rehearsed, rehearse
from evalgate.gate.worlds import Drop, after_change, drawn_rates, drawn_record, outcome
from evalgate.model.comparison import CasePair, Comparison, PlannedCase
from evalgate.model.policy import Estimand, GateRules
from evalgate.model.selftest import Course, SetTest, Spread
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict

MOST_PAID = 100
"""Trials per case and arm."""

_MULTIPLES = (0.5, 1.0, 2.0)
"""The drops that are planted, in multiples of `max_drop`."""

Outcomes = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plays:
    """How a selftest is played: how often each course, from which seed, and who is told of each.

    Nothing, and a drop of just the limit, are what a policy is judged by; the other drops draw the
    picture, and are played half as often.
    """

    runs: int
    seed: int
    tell: Callable[[], None] = lambda: None

    @property
    def of_a_set(self) -> int:
        """How many gates a simulated set takes."""
        return sum(self.of(drop, 1.0) for drop in planted(1.0))

    def of(self, drop: Drop, max_drop: float) -> int:
        """Return how often a course is played."""
        return self.runs if drop.size in (0.0, max_drop) else -(-self.runs // 2)

    def luck(self, matchup: Matchup, course: str) -> Random:
        """Return what a course draws from: other sets and courses change nothing about it."""
        name = (matchup.candidate.version.prompt, matchup.evalset.name, course)
        return Random(f"{self.seed} {name!r}")  # noqa: S311 - a simulation, no secret


def planted(max_drop: float, *, of_the_set: bool = False) -> tuple[Drop, ...]:
    """Return what is done to the candidate, course by course; the first one is nothing."""
    drops = [
        Drop(size=multiple * max_drop, spread=spread, of_the_set=of_the_set)
        for spread in (Spread.BROKEN, Spread.DIFFUSE)
        for multiple in _MULTIPLES
    ]
    return (Drop(size=0.0, spread=Spread.NONE), *drops)


def simulated(matchup: Matchup, rules: GateRules, plays: Plays) -> SetTest:
    """Test a policy in worlds that are drawn from what the record leaves possible.

    Args:
        matchup: a stable version held against itself, with what its record says.
        rules: the policy's.
        plays: how often, and from which seed.
    """
    usual = _usual(matchup)
    of_the_set = _claims(usual, rules) is Estimand.SUITE
    courses = tuple(
        _course(
            drop,
            (
                _in_a_world(usual, rules, luck, drop=drop, history=matchup.history)
                for luck in [plays.luck(matchup, f"{drop.size} {drop.spread}")]
                for _ in range(plays.of(drop, rules.max_drop))
            ),
            len(usual),
            tell=plays.tell,
        )
        for drop in planted(rules.max_drop, of_the_set=of_the_set)
    )
    return _tested(matchup, rules, courses, cases=len(usual))


def split(matchup: Matchup, rules: GateRules, plays: Plays, *, outcomes: Outcomes) -> SetTest:
    """Test a policy on halves of the trials that each case has, which supposes nothing.

    Args:
        matchup: a stable version held against itself.
        rules: the policy's.
        plays: how often, and from which seed.
        outcomes: all known trials by case; a case with fewer than two takes no part.
    """
    planned = tuple(
        replace(case, baseline=range(half), candidate=range(half))
        for case in _usual(matchup)
        if (half := len(outcomes.get(case.case, ())) // len(Arm))
    )
    if not planned:
        return _tested(matchup, rules, (), cases=0)
    luck = plays.luck(matchup, "split")
    rehearsals = (_of_halves(planned, rules, luck, outcomes=outcomes) for _ in range(plays.runs))
    course = _course(Drop(size=0.0, spread=Spread.NONE), rehearsals, len(planned), tell=plays.tell)
    tested = _tested(matchup, rules, (replace(course, calls=0.0),), cases=len(planned))
    left = len(matchup.planned) - len(planned)
    few = f"{counted(left, 'case')} without two trials took no part"
    return replace(tested, remarks=(*tested.remarks, *([few] if left else [])))


def against_itself(plan: Plan, trials: int) -> Plan:
    """Return a plan that runs stable versions against themselves, in trials of which none is known.

    Args:
        plan: from `stable_plan`.
        trials: the number of trials per case and arm.

    Raises:
        UsageError: when there would be none, or more than a case can have.
    """
    if not 1 <= trials <= MOST_PAID:
        raise UsageError(f"--paid: expected 1 to {MOST_PAID} trials per case, got {trials}")
    return replace(plan, matchups=tuple(_afresh(each, trials) for each in plan.matchups))


def _afresh(matchup: Matchup, trials: int) -> Matchup:
    known = matchup.history.outcomes if matchup.history else {}
    planned = []
    for case in _usual(matchup):
        first = len(known.get(case.case, ()))
        second = first + trials
        arms = range(first, second), range(second, second + trials)
        planned.append(replace(case, baseline=arms[0], candidate=arms[1]))
    return replace(matchup, planned=tuple(planned), history=None)


def _usual(matchup: Matchup) -> tuple[PlannedCase, ...]:
    """Return the cases as they run without a record."""
    return matchup.history.usual if matchup.history else matchup.planned


def _in_a_world(
    usual: Sequence[PlannedCase],
    rules: GateRules,
    luck: Random,
    *,
    drop: Drop,
    history: History | None,
) -> Rehearsed:
    known = history.outcomes if history else {}
    before = drawn_rates(usual, known, luck)
    after = after_change(before, usual, luck, drop=drop)
    rates = {Arm.BASELINE: before, Arm.CANDIDATE: after}
    own = replace(history, outcomes=drawn_record(before, known, luck)) if history else None
    return rehearse(usual, rules, lambda arm, case: outcome(rates[arm][case], luck), history=own)


def _of_halves(
    planned: Sequence[PlannedCase], rules: GateRules, luck: Random, *, outcomes: Outcomes
) -> Rehearsed:
    hands = {
        case.case: luck.sample(outcomes[case.case], len(outcomes[case.case])) for case in planned
    }
    return rehearse(planned, rules, lambda _, case: hands[case].pop(), history=None)


def _course(
    drop: Drop, rehearsals: Iterable[Rehearsed], cases: int, *, tell: Callable[[], None]
) -> Course:
    ended: Counter[Verdict] = Counter()
    calls = 0
    for rehearsed in rehearsals:
        ended[rehearsed.verdict] += 1
        calls += rehearsed.trials
        tell()
    return Course(
        drop=drop.size,
        spread=drop.spread,
        runs=ended.total(),
        ended=dict(sorted(ended.items())),
        calls=calls / (cases * ended.total()),
    )


def _tested(
    matchup: Matchup, rules: GateRules, courses: tuple[Course, ...], *, cases: int
) -> SetTest:
    known = matchup.history.outcomes.values() if matchup.history else ()
    version = matchup.candidate.version
    return SetTest(
        prompt=version.prompt,
        version=version.version,
        evalset=matchup.evalset.name,
        cases=cases,
        recorded=sum(map(bool, known)),
        recorded_trials=sum(map(len, known)),
        max_drop=rules.max_drop,
        alpha=rules.alpha,
        soundness=soundness(courses, rules),
        courses=courses,
        false_block=false_block(courses),
        missed_regression=missed_regression(courses, rules.max_drop),
        remarks=tuple(_remarks(courses)),
    )


def _remarks(courses: Sequence[Course]) -> Iterator[str]:
    unchanged = next((each for each in courses if each.spread is Spread.NONE), None)
    if unchanged is None:
        yield "no case has two trials on record: run `evalgate record --trials 10`"
    elif not unchanged.number(Verdict.PASS):
        yield "without a change no run passed: the set has too few cases or trials for the limit"


def _claims(cases: Sequence[PlannedCase], rules: GateRules) -> Estimand:
    """Return what a verdict on these cases speaks about."""
    pairs = tuple(
        CasePair(case=case.case, kind=case.kind, baseline=(), candidate=(), cluster=case.cluster)
        for case in cases
    )
    comparison = Comparison(
        pairs=pairs, deleted=(), ledger={}, planned_pairs=0, lost_pairs=0, error_kinds={}
    )
    return owed_claim(comparison, rules).estimand
