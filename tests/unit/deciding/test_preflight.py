"""Facts about what can be told of a comparison before its first trial."""

import random

import pytest

from evalgate.deciding.looks import planned_looks
from evalgate.deciding.preflight import Planned, preflight, provable_limit
from evalgate.gate.rehearsal import rehearse
from evalgate.model.comparison import NONE, CaseKind, PlannedCase
from evalgate.model.policy import Estimand, FailWhen, GateRules
from evalgate.model.preflight import Preflight
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict

RULES = GateRules()


def cases(
    number: int, *, trials: int = 3, clusters: int = 0, before: int = 0
) -> tuple[PlannedCase, ...]:
    return tuple(
        PlannedCase(
            case=str(index),
            kind=CaseKind.SAME,
            baseline=range(before or trials),
            candidate=range(trials),
            cluster=str(index % clusters) if clusters else None,
        )
        for index in range(number)
    )


def foreseen(
    number: int, rules: GateRules = RULES, *, trials: int = 3, clusters: int = 0
) -> Preflight:
    planned = cases(number, trials=trials, clusters=clusters)
    told = preflight(Planned(cases=planned, most=planned, at_base=clusters or number), rules)
    assert told is not None
    return told


def rehearsed(planned: tuple[PlannedCase, ...], rules: GateRules, *, runs: int) -> float:
    """Return how often a gate passes a change that draws a tenth of the cases anew."""
    rng = random.Random(f"{len(planned)} {rules}")  # noqa: S311 - repeatable draws, no secret
    passed = 0
    for _ in range(runs):
        before = {each.case: rng.betavariate(0.9, 0.1) for each in planned}
        anew = {case: rng.betavariate(0.9, 0.1) for case in before if rng.random() < 0.1}
        rates = {Arm.BASELINE: before, Arm.CANDIDATE: before | anew}

        def draw(arm: Arm, case: str, rates: dict[Arm, dict[str, float]] = rates) -> float:
            return float(rng.random() < rates[arm][case])

        passed += rehearse(planned, rules, draw, history=None).verdict is Verdict.PASS
    return passed / runs


@pytest.mark.parametrize(
    ("number", "trials", "chance"),
    [(100, 1, 0.426), (100, 3, 0.661), (200, 1, 0.697), (200, 3, 0.92)],
)
def test_the_chance_of_a_pass_is_that_of_the_simulated_table(
    number: int, trials: int, chance: float
) -> None:
    # 4,000 runs per cell, made with other code than this.
    assert foreseen(number, trials=trials).chance_of_pass == pytest.approx(chance, abs=0.03)


@pytest.mark.parametrize(
    ("number", "trials", "rules"),
    [
        (60, 3, RULES),
        (40, 2, GateRules(max_drop=0.15)),
        (50, 3, RULES),  # about exactly these cases
    ],
)
def test_the_chance_of_a_pass_is_that_of_a_rehearsed_gate(
    number: int, trials: int, rules: GateRules
) -> None:
    share = rehearsed(cases(number, trials=trials), rules, runs=150)
    # Five points, and two standard errors of the rehearsal.
    assert foreseen(number, rules, trials=trials).chance_of_pass == pytest.approx(share, abs=0.13)


def with_record(number: int, *, mixed: int) -> Preflight:
    record = {str(index): (1.0,) * 10 for index in range(number)}
    record |= {str(index): (1.0, 0.0) * 5 for index in range(mixed)}
    looks = planned_looks(number, rounds=5, alpha=0.05)
    told = preflight(
        Planned(
            cases=cases(number, trials=1, before=10),
            most=cases(number, trials=7, before=15),
            at_base=number,
            record=record,
            looks=[look for look in looks if not look.is_partial],
            varying=mixed,
        ),
        RULES,
    )
    assert told is not None
    return told


def test_a_record_makes_a_pass_likely_for_little_more_than_one_trial_per_case() -> None:
    told = with_record(200, mixed=40)
    assert (told.recorded, told.is_known, told.estimand) == (10, True, "population")
    assert told.rate == pytest.approx(0.9, abs=0.001)
    assert told.chance_of_pass > 0.85
    # A second round of a fifth of the cases would make 1.2, if it were always met.
    assert 1.0 < told.trials_per_case < 1.2
    assert told.first_trials_per_case == 1.0
    assert told.most_trials_per_case == 7 + 5
    mixed = with_record(200, mixed=80)
    assert mixed.trials_per_case > told.trials_per_case
    # Further rounds do not take away the noise of the cases that were steady so far.
    assert mixed.chance_of_pass == pytest.approx(0.82, abs=0.04)


def test_what_is_supposed_without_a_record_is_an_ordinary_prompt() -> None:
    told = foreseen(200)
    assert (told.rate, told.correlation, told.redrawn) == (0.9, 0.5, 0.1)
    assert (told.is_known, told.recorded) == (False, 0)
    assert told.trials_per_case == told.most_trials_per_case == 6.0


def test_a_small_set_speaks_about_its_cases_and_counts_trials() -> None:
    told = foreseen(58)
    assert (told.estimand, told.unit, told.units, told.needed_units) == ("suite", "trial", 174, 59)
    assert told.is_possible
    large = foreseen(59)
    assert (large.estimand, large.unit, large.units, large.needed_units) == (
        "population",
        "case",
        59,
        59,
    )


def test_clusters_are_the_units_where_there_are_any() -> None:
    told = foreseen(300, clusters=100)
    assert (told.unit, told.units, told.cases) == ("cluster", 100, 300)
    assert told.smallest_detectable_drop is not None
    alone = foreseen(300).smallest_detectable_drop
    assert alone is not None
    assert told.smallest_detectable_drop > alone
    # The cases of a cluster change together: three of them are less than three.
    assert told.smallest_detectable_drop == pytest.approx(0.0748, abs=0.002)


def test_too_few_units_never_pass() -> None:
    told = foreseen(19)
    assert (told.units, told.needed_units, told.is_possible) == (57, 59, False)
    assert told.chance_of_pass == 0
    wanted = GateRules(estimand=Estimand.POPULATION)
    assert not foreseen(58, wanted).is_possible


def test_the_provable_limit_is_that_of_the_smallest_set() -> None:
    assert provable_limit(59, 0.05) < 0.05 < provable_limit(58, 0.05)
    assert provable_limit(0, 0.05) == 1


def test_larger_sets_and_more_trials_find_smaller_drops_and_pass_more_often() -> None:
    small, more_trials, large = foreseen(100), foreseen(100, trials=5), foreseen(400)
    for better in (more_trials, large):
        assert better.chance_of_pass > small.chance_of_pass
        assert (better.smallest_detectable_drop or 1) < (small.smallest_detectable_drop or 0)


def test_a_failure_that_asks_for_more_than_the_limit_finds_larger_drops() -> None:
    strict = GateRules(fail_when=FailWhen.BEYOND_LIMIT)
    assert (foreseen(200, strict).smallest_detectable_drop or 0) > 0.05 + 0.03


def test_nothing_is_told_where_no_case_is_compared() -> None:
    new = PlannedCase(case="a", kind=CaseKind.NEW, baseline=NONE, candidate=range(3))
    waived = PlannedCase(
        case="b", kind=CaseKind.SAME, baseline=range(3), candidate=range(3), waived=True
    )
    assert preflight(Planned(cases=(new, waived), most=(), at_base=0), RULES) is None


def test_a_hundred_trials_and_ten_thousand_cases_are_foreseen() -> None:
    assert foreseen(10_000, trials=100).chance_of_pass > 0.99


def test_of_too_few_clusters_none_can_pass_whatever_the_limit() -> None:
    told = foreseen(60, GateRules(max_drop=0.5, estimand=Estimand.POPULATION), clusters=6)
    assert told.needed_units is not None
    assert told.units < told.needed_units
    assert told.provable_limit < 0.5
    assert told.chance_of_pass == 0


def test_it_is_all_one_which_arm_has_a_single_trial() -> None:
    rules = GateRules(estimand=Estimand.SUITE)
    told = []
    for before, after in ((3, 1), (1, 3)):
        planned = cases(80, trials=after, before=before)
        told.append(preflight(Planned(cases=planned, most=planned, at_base=80), rules))
    first, second = told
    assert first is not None
    assert second is not None
    assert first.smallest_detectable_drop == pytest.approx(second.smallest_detectable_drop)
    assert first.chance_of_pass == second.chance_of_pass


def test_just_enough_units_can_pass() -> None:
    told = foreseen(59, GateRules(estimand=Estimand.POPULATION))
    assert told.units == told.needed_units
    assert told.chance_of_pass > 0
