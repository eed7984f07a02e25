"""Facts about the selftest of a policy: what is played, from which trials, and how it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import UsageError
from evalgate.gate.gathering import Question, gather_work_tree
from evalgate.gate.history import history_of
from evalgate.gate.matching import Matchup
from evalgate.gate.planning import Plan
from evalgate.gate.selftest import Plays, against_itself, planted, simulated, split
from evalgate.model.change import Candidate
from evalgate.model.comparison import CaseKind, PlannedCase
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Estimand, GateRules, Policy, RunSettings
from evalgate.model.revision import WORK_TREE
from evalgate.model.selftest import Course, Soundness, Spread
from evalgate.model.verdict import Verdict
from tests.unit.gate.planned import work_tree

LENIENT = GateRules(max_drop=0.3)
FEW = Plays(runs=20, seed=1)


def planned(number: int, *, critical: bool = False, trials: int = 3) -> tuple[PlannedCase, ...]:
    return tuple(
        PlannedCase(
            case=f"c{index}",
            kind=CaseKind.SAME,
            baseline=range(trials),
            candidate=range(trials),
            tags=("all",),
            critical=critical,
        )
        for index in range(number)
    )


def matchup(
    cases: Sequence[PlannedCase], outcomes: Mapping[str, tuple[float, ...]] | None = None
) -> Matchup:
    repository = work_tree()
    sources = gather_work_tree(Question(base=WORK_TREE, head=None, run_id="r"), repository, FORMATS)
    version = sources.prompts.head["p"].read("v1", FORMATS)
    evalset = EvalSet(name="a", path="evalsets/a.yaml", prompts=("p",), cases=())
    history = None
    if outcomes is not None:
        policy = Policy(run=RunSettings(), gate=LENIENT)
        history = history_of(cases, outcomes, policy=policy, seed="x")
    return Matchup(
        candidate=Candidate(version=version, baseline=version, why=()),
        evalset=evalset,
        planned=tuple(cases),
        deleted=(),
        missing=(),
        weakened=(),
        missing_critical=(),
        history=history,
    )


def unchanged(courses: Sequence[Course]) -> Course:
    (found,) = (each for each in courses if each.spread is Spread.NONE)
    return found


def record(number: int, outcome: tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    return {f"c{index}": outcome for index in range(number)}


def test_nothing_and_three_sizes_of_each_spread_are_planted() -> None:
    drops = [(drop.size, drop.spread) for drop in planted(0.1)]
    assert drops == [
        (0.0, Spread.NONE),
        *(
            (size, spread)
            for spread in (Spread.BROKEN, Spread.DIFFUSE)
            for size in (0.05, 0.1, 0.2)
        ),
    ]


def test_what_a_policy_is_judged_by_is_played_in_full_and_the_rest_half_as_often() -> None:
    tested = simulated(matchup(planned(12)), LENIENT, Plays(runs=5, seed=1))
    assert [course.runs for course in tested.courses] == [5, 3, 5, 3, 3, 5, 3]
    assert Plays(runs=5, seed=1).of_a_set == 27
    assert all(sum(course.ended.values()) == course.runs for course in tested.courses)


def test_the_same_seed_gives_the_same_test_and_another_one_another() -> None:
    arms = matchup(planned(12))
    assert simulated(arms, LENIENT, FEW) == simulated(arms, LENIENT, FEW)
    other = simulated(arms, LENIENT, replace(FEW, seed=2))
    assert other.courses != simulated(arms, LENIENT, FEW).courses


def test_everybody_who_wants_to_know_is_told_of_each_gate() -> None:
    told: list[None] = []
    plays = Plays(runs=2, seed=1, tell=lambda: told.append(None))
    simulated(matchup(planned(8)), LENIENT, plays)
    assert len(told) == plays.of_a_set


def test_larger_drops_pass_less_and_fail_more() -> None:
    tested = simulated(matchup(planned(40)), LENIENT, Plays(runs=40, seed=3))
    for spread in (Spread.BROKEN, Spread.DIFFUSE):
        line = [each for each in tested.courses if each.spread in (Spread.NONE, spread)]
        passes = [each.share(Verdict.PASS) for each in line]
        fails = [each.share(Verdict.FAIL) for each in line]
        assert passes[0] > passes[2] > passes[3] - 0.01
        assert fails[0] < fails[2] < fails[3]


def test_a_floor_above_what_the_set_reaches_makes_the_policy_unsound() -> None:
    tested = simulated(matchup(planned(20)), replace(LENIENT, min_pass_rate=0.99), FEW)
    assert tested.soundness is Soundness.UNSOUND
    assert tested.false_block is not None
    assert tested.false_block.low > 0.05


def test_critical_cases_take_part() -> None:
    rules, plays = GateRules(max_drop=0.5, estimand=Estimand.SUITE), Plays(runs=30, seed=5)
    plain, critical = (
        simulated(matchup(planned(30, critical=critical)), rules, plays)
        for critical in (False, True)
    )
    broken = [each for each in critical.courses if each.spread is Spread.BROKEN]
    assert broken[0].share(Verdict.FAIL) == 1
    assert plain.courses[1].share(Verdict.FAIL) < 1


def test_protected_slices_take_part() -> None:
    cases = [
        replace(case, tags=case.tags if number < 20 else ())
        for number, case in enumerate(planned(40))
    ]
    rules = replace(LENIENT, protected_slices=("all",))
    plays = Plays(runs=20, seed=5)
    plain, protected = (simulated(matchup(cases), each, plays) for each in (LENIENT, rules))
    fails = [sum(each.number(Verdict.FAIL) for each in test.courses) for test in (plain, protected)]
    assert fails[0] < fails[1]


def test_a_record_saves_calls_and_is_told() -> None:
    arms = matchup(planned(120), record(120, (1.0,) * 10))
    with_record = simulated(arms, LENIENT, Plays(runs=4, seed=1))
    without = simulated(matchup(planned(120)), LENIENT, Plays(runs=4, seed=1))
    assert unchanged(with_record.courses).calls < 1.5
    assert unchanged(without.courses).calls == 6
    assert (with_record.recorded, with_record.recorded_trials) == (120, 1200)
    assert (without.recorded, without.recorded_trials) == (0, 0)


def test_each_world_keeps_a_record_of_its_own_rates() -> None:
    rules = GateRules(max_drop=0.1, estimand=Estimand.SUITE)
    arms = matchup(planned(60), record(60, (0.0,) * 5))
    tested = simulated(arms, rules, Plays(runs=10, seed=2))
    assert unchanged(tested.courses).number(Verdict.PASS) >= 8


def test_a_drop_is_that_of_the_set_where_the_claim_is_about_the_set() -> None:
    rules = replace(LENIENT, estimand=Estimand.SUITE)
    tested = simulated(matchup(planned(20, trials=10)), rules, Plays(runs=20, seed=2))
    (at_limit,) = (
        each for each in tested.courses if (each.drop, each.spread) == (0.3, Spread.BROKEN)
    )
    assert at_limit.number(Verdict.PASS) <= 1


def test_few_clusters_make_a_claim_about_the_set_and_so_a_drop_of_it() -> None:
    cases = [
        replace(case, cluster=f"k{number % 4}")
        for number, case in enumerate(planned(40, trials=10))
    ]
    tested = simulated(matchup(cases), LENIENT, Plays(runs=20, seed=2))
    (at_limit,) = (
        each for each in tested.courses if (each.drop, each.spread) == (0.3, Spread.BROKEN)
    )
    assert at_limit.number(Verdict.PASS) <= 1


def test_each_prompt_set_and_course_has_luck_of_its_own() -> None:
    arms = matchup(planned(2))
    version = replace(arms.candidate.version, prompt="q")
    others = (
        (replace(arms, candidate=replace(arms.candidate, version=version)), "x"),
        (replace(arms, evalset=replace(arms.evalset, name="b")), "x"),
        (arms, "y"),
    )
    draws = {FEW.luck(each, course).random() for each, course in ((arms, "x"), *others)}
    assert len(draws) == 4
    assert FEW.luck(arms, "x").random() in draws


def test_a_set_on_which_nothing_can_pass_is_remarked_upon() -> None:
    rules = GateRules(max_drop=0.05, estimand=Estimand.POPULATION)
    tested = simulated(matchup(planned(10)), rules, FEW)
    assert unchanged(tested.courses).number(Verdict.PASS) == 0
    assert "no run passed" in tested.remarks[0]


def test_halves_of_steady_trials_are_alike_so_that_nothing_is_ever_blocked() -> None:
    arms = matchup(planned(100))
    tested = split(arms, LENIENT, FEW, outcomes=record(100, (1.0, 1.0)))
    assert unchanged(tested.courses).ended == {Verdict.PASS: 20}
    assert (tested.cases, tested.soundness) == (100, Soundness.SOUND)
    assert tested.missed_regression is None


@pytest.mark.parametrize("outcome", [(0.0, 0.0, 1.0, 1.0), (1.0, 1.0, 0.0, 0.0)])
def test_trials_are_dealt_at_random_whatever_their_order(outcome: tuple[float, ...]) -> None:
    arms, rules = matchup(planned(60)), GateRules(max_drop=0.1)
    dealt = unchanged(split(arms, rules, FEW, outcomes=record(60, outcome)).courses)
    assert dealt.number(Verdict.FAIL) <= 5
    assert dealt.number(Verdict.PASS) <= 15


def test_a_split_calls_nothing_and_leaves_an_odd_trial_out() -> None:
    arms = matchup(planned(60))
    tested = split(arms, LENIENT, FEW, outcomes=record(60, (1.0, 1.0, 1.0)))
    assert unchanged(tested.courses).calls == 0
    assert tested.cases == 60


def test_cases_without_two_trials_take_no_part_and_are_counted() -> None:
    outcomes = record(80, (1.0,) * 4) | {"c0": (1.0,), "c1": ()}
    tested = split(matchup(planned(80)), LENIENT, FEW, outcomes=outcomes)
    assert tested.cases == 78
    assert tested.remarks == ("2 cases without two trials took no part",)


def test_without_any_depth_there_is_nothing_to_split() -> None:
    tested = split(matchup(planned(5)), LENIENT, FEW, outcomes=record(5, (1.0,)))
    assert (tested.soundness, tested.courses) == (Soundness.UNTESTED, ())
    assert "evalgate record --trials 10" in tested.remarks[0]


def plan_of(arms: Matchup) -> Plan:
    repository = work_tree()
    question = Question(base=WORK_TREE, head=None, run_id="r")
    return Plan(sources=gather_work_tree(question, repository, FORMATS), matchups=(arms,))


def test_a_version_runs_against_itself_in_trials_that_are_on_no_record() -> None:
    outcomes = {"c0": (1.0,) * 4, "c1": ()}
    plan = against_itself(plan_of(matchup(planned(2), outcomes)), 2)
    assert [(case.baseline, case.candidate) for case in plan.matchups[0].planned] == [
        (range(4, 6), range(6, 8)),
        (range(2), range(2, 4)),
    ]
    assert plan.matchups[0].history is None


@pytest.mark.parametrize("trials", [0, -1, 101])
def test_an_impossible_number_of_paid_trials_is_refused(trials: int) -> None:
    with pytest.raises(UsageError, match="expected 1 to 100 trials per case"):
        against_itself(plan_of(matchup(planned(2))), trials)
