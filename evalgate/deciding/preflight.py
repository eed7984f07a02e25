"""What a planned comparison can decide: before any trial, from its size and from what is on record.

The claim is the one that the verdict will make (`evalgate.deciding.claim`). The smallest drop is
that of `evalgate.deciding.bounds`, for the spread that a change without harm is supposed to have.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import harmonic_mean

from evalgate.deciding.bounds import Sample, smallest_detectable_drop
from evalgate.deciding.claim import needed_units
from evalgate.deciding.evidence import CONFIRMING_TRIALS
from evalgate.deciding.foreseeing import Course, Expected, course
from evalgate.deciding.harmless import HarmlessEdit, Outright, edit_after
from evalgate.deciding.looks import Look
from evalgate.model.comparison import PlannedCase
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm

_NEVER_TOGETHER = Outright(mean=0.0, variance=0.0, covariance=0.0)
"""The cases of a cluster are hardly ever lost all at once."""

_FINEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A comparison as planned.

    `cases` run as they do at the first look at all of them, and `most` with every trial that may
    follow. `at_base` is the number of independent units of the base's set, whatever the change
    leaves of it. `record` are outcomes of the baseline, by case. `looks` are those at all cases,
    where trials follow on others, and `varying` the number of cases that these trials go to.
    """

    cases: Sequence[PlannedCase]
    most: Sequence[PlannedCase]
    at_base: int
    record: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    looks: Sequence[Look] = ()
    varying: int = 0


def preflight(planned: Planned, rules: GateRules) -> Preflight | None:
    """Return what a comparison can decide; None where no case is compared.

    Args:
        planned: what is to be compared.
        rules: the policy's.
    """
    compared = tuple(each for each in planned.cases if each.baseline and not each.waived)
    if not compared:
        return None
    plan = _Comparing(compared=compared, planned=planned, rules=rules)
    expected = plan.expected()
    went = course(expected, rules.max_drop)
    beyond = rules.max_drop if rules.fail_when is FailWhen.BEYOND_LIMIT else 0.0
    needed, units = plan.needed, plan.units
    is_possible = needed is not None and units >= needed
    return Preflight(
        estimand=plan.estimand.value,
        max_drop=rules.max_drop,
        cases=len(compared),
        unit=plan.unit,
        units=units,
        needed_units=needed,
        provable_limit=provable_limit(units, rules.alpha),
        smallest_detectable_drop=smallest_detectable_drop(
            expected[-1].sample, expected[-1].level, beyond=beyond
        ),
        chance_of_pass=went.passes if is_possible else 0.0,
        recorded=plan.recorded,
        first_trials_per_case=_fresh(planned.cases, planned.record) / len(planned.cases),
        trials_per_case=plan.expected_trials(went) / len(planned.cases),
        most_trials_per_case=_fresh(planned.most, planned.record) / len(planned.cases),
        rate=plan.edit.rate,
        correlation=plan.edit.correlation,
        redrawn=plan.edit.redrawn,
        is_known=plan.is_known,
    )


def provable_limit(units: int, alpha: float) -> float:
    """Return the limit above which so many units can prove any: that of the guard, unharmed.

    Args:
        units: how many there are.
        alpha: error rate of the guard.
    """
    return float(1 - alpha ** (1 / units)) if units else 1.0


def claimed(rules: GateRules, *, at_base: int, clustered: bool) -> Estimand:
    """Return what a verdict will speak about, never `auto`.

    Args:
        rules: the policy's.
        at_base: the number of independent units of the base's set.
        clustered: whether they are clusters.
    """
    if rules.estimand is not Estimand.AUTO:
        return rules.estimand
    needed = needed_units(rules, clustered=clustered)
    too_small = needed is not None and at_base < needed
    return Estimand.SUITE if too_small else Estimand.POPULATION


def suite_units(cases: Sequence[PlannedCase]) -> int:
    """Return the number of trials that a claim about exactly these cases rests on."""
    return sum(min(len(each.baseline), len(each.candidate)) for each in cases)


def unit_sizes(cases: Sequence[PlannedCase]) -> list[int]:
    """Return the number of cases in each independent unit."""
    return list(Counter(each.unit for each in cases).values())


@dataclass(frozen=True, kw_only=True)
class _Comparing:
    """The cases that are compared, what is supposed of them, and what looks at them expect."""

    compared: tuple[PlannedCase, ...]
    planned: Planned
    rules: GateRules

    @property
    def clustered(self) -> bool:
        return any(each.cluster for each in self.compared)

    @property
    def estimand(self) -> Estimand:
        if self.planned.looks:
            return Estimand.POPULATION
        return claimed(self.rules, at_base=self.planned.at_base, clustered=self.clustered)

    @property
    def unit(self) -> str:
        if self.estimand is Estimand.SUITE:
            return "trial"
        return "cluster" if self.clustered else "case"

    @property
    def needed(self) -> int | None:
        return needed_units(self.rules, clustered=self.unit == "cluster")

    @cached_property
    def units(self) -> int:
        if self.estimand is Estimand.SUITE:
            return suite_units(self.compared)
        return len(self.sizes)

    @cached_property
    def sizes(self) -> list[int]:
        return unit_sizes(self.compared)

    @cached_property
    def known(self) -> list[tuple[float, ...]]:
        return [self.planned.record.get(each.case, ()) for each in self.compared]

    @cached_property
    def edit(self) -> HarmlessEdit:
        return edit_after([each for each in self.known if each])

    @property
    def is_known(self) -> bool:
        return any(self.known)

    @property
    def recorded(self) -> int:
        depths = sorted(map(len, self.known))
        return depths[len(depths) // 2]

    @cached_property
    def trials(self) -> tuple[int, int]:
        """The usual numbers of trials of a case in the baseline and in the candidate."""
        before = harmonic_mean([len(each.baseline) for each in self.compared])
        after = harmonic_mean([max(1, len(each.candidate)) for each in self.compared])
        return round(before), round(after)

    @property
    def within(self) -> float:
        """The variance of a case's difference that is due to its trials."""
        before, after = self.trials
        return self.edit.within * (1 / before + 1 / after)

    def expected(self) -> list[Expected]:
        if self.estimand is Estimand.SUITE:
            return [self._of_suite()]
        if not self.planned.looks:
            before, after = self.trials
            outright = self.edit.outright(before, after, gains_after=after)
            fine = math.lcm(before, after)
            return [
                self._of_population(
                    Look(share=1.0, rounds=1, level=self.rules.alpha),
                    (self.within, 0.0),
                    outright,
                    grain=1 / fine if fine <= _FINEST and not self.clustered else 0.0,
                )
            ]
        before, _ = self.trials
        steady = self.edit.within_steady(before)
        outright = self.edit.outright(before, CONFIRMING_TRIALS, gains_after=1)
        kept, fresh = self.edit.within / before + steady, self.edit.within - steady
        return [
            self._of_population(look, (kept, fresh / look.rounds), outright)
            for look in self.planned.looks
        ]

    def _of_population(
        self, look: Look, within: tuple[float, float], outright: Outright, *, grain: float = 0.0
    ) -> Expected:
        """Expect of a look: `within` is what of the noise of a case stays, and what is fresh."""
        cases, squares = len(self.compared), float(sum(size**2 for size in self.sizes))
        kept, fresh = self.edit.between * squares + cases * within[0], cases * within[1]
        sample = Sample(
            units=len(self.sizes),
            effective=float(len(self.sizes)),
            size=float(cases),
            size_squares=squares,
            squares=kept + fresh,
            clustered=self.clustered,
        )
        return Expected(
            sample=sample,
            level=look.level,
            kept=kept,
            fresh=fresh,
            rounds=look.rounds,
            grain=grain,
            outright=_NEVER_TOGETHER if self.clustered else outright,
        )

    def _of_suite(self) -> Expected:
        cases, trials = len(self.compared), float(self.units)
        before, after = self.trials
        is_single = min(before, after) < 2
        noise = self.within + (self.edit.between if is_single else 0.0)
        sample = Sample(
            units=self.units,
            effective=trials,
            size=trials,
            size_squares=trials,
            squares=trials**2 * noise / cases,
            noise_degrees=max(1.0, cases - 1.0) if is_single else self._noise_degrees(),
        )
        return Expected(
            sample=sample,
            level=self.rules.alpha,
            kept=trials**2 * (self.within + self.edit.between) / cases,
            fresh=0.0,
            grain=trials / (cases * math.lcm(before, after)),
        )

    def _noise_degrees(self) -> float:
        doubt = sum(
            self.edit.noise_squares(trials) / (trials**2 * (trials - 1)) for trials in self.trials
        )
        return max(1.0, len(self.compared) * self.within**2 / doubt)

    def expected_trials(self, went: Course) -> float:
        """Return how many trials are expected to be run, those of all looks."""
        trials = float(_fresh(self.planned.cases, self.planned.record))
        rounds = [look.rounds for look in self.planned.looks]
        for index in range(1, len(rounds)):
            more = rounds[index] - rounds[index - 1]
            trials += went.reached[index] * more * self.planned.varying
        return trials


def _fresh(cases: Sequence[PlannedCase], record: Mapping[str, tuple[float, ...]]) -> int:
    """Count the trials that no record answers."""
    return sum(
        each.number(Arm.CANDIDATE)
        + sum(index >= len(record.get(each.case, ())) for index in each.baseline)
        for each in cases
    )
