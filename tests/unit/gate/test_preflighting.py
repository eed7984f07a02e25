"""Facts about what a plan can decide, and about questions that nothing can answer."""

import math
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from evalgate.errors import ConfigurationError
from evalgate.gate.estimating import Known, estimate_plan
from evalgate.gate.history import history_of
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.preflighting import with_preflights
from evalgate.model.trial import Arm
from evalgate.model.verdict import JudgeScale
from evalgate.running.plan import PlannedTrial
from evalgate.simulator.fakes import FlatPrices
from tests.unit.gate.planned import BASE, CHANGE, VERSION, plan


def cases(number: int, *, clusters: int = 0, suffix: str = "") -> str:
    listed = ", ".join(
        f"{{id: c{index}, vars: {{question: x{suffix}}}"
        + (f", cluster: k{index % clusters}" if clusters else "")
        + "}"
        for index in range(number)
    )
    return f"prompts: [p]\ngraders: [{{contains: x}}]\ncases: [{listed}]\n"


def planned(
    evalset: str,
    policy: str = "run: {trials: 2}\n",
    *,
    head: str = "",
    base: dict[str, str] | None = None,
) -> Plan:
    files = {"evalsets/a.yaml": evalset, ".github/evalgate.yml": policy}
    change = {"evalsets/a.yaml": head} if head else {}
    return plan(CHANGE | files | change, base=BASE | files | (base or {}))


def refused(of: Plan) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        with_preflights(of)
    return [f"{each.path} {each.key}: {each.message}" for each in caught.value.problems]


def test_a_set_that_can_never_prove_the_limit_is_refused_with_what_would() -> None:
    assert refused(planned(cases(20))) == snapshot(
        [
            "evalsets/a.yaml cases: 20 cases with 2 trials each can never prove that a drop stays under 5 points, whatever comes out: it takes at least 59 cases, 3 trials per case (`run.trials`) or a limit of 8 points (`gate.max_drop`)"
        ]
    )


def test_a_claim_about_the_traffic_takes_cases_alone() -> None:
    policy = "gate: {estimand: population, max_drop: 10}\nrun: {trials: 2}\n"
    assert refused(planned(cases(20), policy)) == snapshot(
        [
            "evalsets/a.yaml cases: 20 cases can never prove that a drop stays under 10 points, whatever comes out: it takes at least 29 cases, a claim about exactly these cases (`gate.estimand: suite`) or a limit of 14 points (`gate.max_drop`)"
        ]
    )


def test_a_claim_about_the_traffic_takes_clusters_where_there_are_any() -> None:
    policy = "gate: {estimand: population}\nrun: {trials: 2}\n"
    assert refused(planned(cases(120, clusters=30), policy)) == snapshot(
        [
            "evalsets/a.yaml cases: 120 cases in 30 clusters can never prove that a drop stays under 5 points, whatever comes out: it takes at least 59 clusters, a claim about exactly these cases (`gate.estimand: suite`) or a limit of 10 points (`gate.max_drop`)"
        ]
    )


def test_a_claim_about_these_cases_takes_trials() -> None:
    policy = "gate: {estimand: suite}\n"
    assert refused(planned("trials: 1\n" + cases(2), policy)) == snapshot(
        [
            "evalsets/a.yaml cases: 2 cases with 1 trial each can never prove that a drop stays under 5 points, whatever comes out: it takes at least 59 cases or 30 trials per case (`trials` of this set)"
        ]
    )


def test_a_set_whose_trials_suffice_is_not_refused() -> None:
    [matchup] = with_preflights(planned(cases(30))).matchups
    assert matchup.preflight is not None
    assert (matchup.preflight.units, matchup.preflight.is_possible) == (60, True)


def test_a_change_that_takes_cases_away_is_not_refused_but_told() -> None:
    [matchup] = with_preflights(planned(cases(40), head=cases(20))).matchups
    assert matchup.preflight is not None
    assert (matchup.preflight.units, matchup.preflight.is_possible) == (40, False)
    assert matchup.preflight.chance_of_pass == 0


def test_what_is_claimed_goes_by_the_set_that_the_base_has() -> None:
    [matchup] = with_preflights(planned(cases(70), head=cases(50))).matchups
    assert matchup.preflight is not None
    assert (matchup.preflight.estimand, matchup.preflight.units) == ("population", 50)


def test_a_change_that_edits_cases_is_judged_by_the_set_that_there_was() -> None:
    edited = cases(40, suffix="!").replace("c0, vars: {question: x!}", "c0, vars: {question: x}")
    [matchup] = with_preflights(planned(cases(40), head=edited)).matchups
    assert matchup.preflight is not None
    assert not matchup.preflight.is_possible


def test_where_an_undecided_run_goes_through_it_is_a_note() -> None:
    lax = with_preflights(planned(cases(20), "gate: {on_inconclusive: warn}\nrun: {trials: 2}\n"))
    [note] = lax.notes
    assert note.startswith("evalsets/a.yaml: 20 cases with 2 trials each can never prove")
    assert note.endswith(".")


def test_a_run_that_only_advises_is_not_refused() -> None:
    first = planned(cases(20))
    advising = replace(first, sources=replace(first.sources, bootstrap=True))
    assert len(with_preflights(advising).notes) == 1


def test_nothing_is_refused_where_nothing_is_compared() -> None:
    without = {name: text for name, text in BASE.items() if not name.endswith("live.yaml")}
    for base, head in (
        (BASE | {"evalsets/a.yaml": cases(2)}, BASE | {"evalsets/a.yaml": cases(3)}),
        (without, without | {"prompts/p/v2.md": VERSION, "prompts/p/live.yaml": "stable: v2\n"}),
        (
            {name: text for name, text in BASE.items() if not name.startswith("evalsets")},
            CHANGE | {"evalsets/a.yaml": cases(3)},
        ),
    ):
        told = with_preflights(plan(head, base=base))
        assert told.matchups
        assert [each.preflight for each in told.matchups] == [None] * len(told.matchups)
        assert told.notes == plan(head, base=base).notes


def test_the_plan_file_says_what_can_be_decided() -> None:
    document = plan_document(with_preflights(planned(cases(100))))
    prompts = document["prompts"]
    assert isinstance(prompts, list)
    [prompt] = prompts
    assert isinstance(prompt, dict)
    assert prompt["preflight"] == snapshot(
        {
            "estimand": "population",
            "cases": 100,
            "unit": "case",
            "units": 100,
            "needed_units": 59,
            "possible": True,
            "provable_limit": 0.029513,
            "smallest_detectable_drop": 0.097012,
            "chance_of_pass": 0.533,
            "recorded_trials": 0,
            "trials_per_case": {"expected": 4.0, "most": 4.0},
            "supposed": {
                "pass_rate": 0.9,
                "correlation": 0.5,
                "redrawn": 0.1,
                "from_record": False,
            },
        }
    )


def with_record(varying: int, *, may_grow: bool = True) -> Plan:
    first = planned(cases(100), "run: {trials: 2}\n")
    [matchup] = first.matchups
    outcomes = {
        case.case: (1.0, 0.0) * 5 if index < varying else (1.0,) * 10
        for index, case in enumerate(matchup.planned)
    }
    history = history_of(
        matchup.planned,
        outcomes,
        policy=first.sources.policy,
        seed="s",
        may_grow=may_grow,
    )
    return with_preflights(replace(first, matchups=(replace(matchup, history=history),)))


def test_a_record_tells_how_many_trials_will_follow() -> None:
    [matchup] = with_record(10).matchups
    told = matchup.preflight
    assert told is not None
    assert (told.recorded, told.estimand, told.units) == (10, "population", 100)
    # One of the candidate's for each case, and ten probes of the record.
    assert told.first_trials_per_case == pytest.approx(1.1)
    assert told.first_trials_per_case < told.trials_per_case < 1.5
    # Five rounds, two that look into a loss, and a baseline as long beside them.
    assert told.most_trials_per_case == pytest.approx(5 + 2 + 5)


def test_what_may_follow_is_in_the_estimate() -> None:
    plan_ = with_record(10)
    [matchup] = plan_.matchups
    told = matchup.preflight
    assert told is not None
    depth = {case.case: 10 for case in matchup.planned}

    def is_recorded(trial: PlannedTrial) -> bool:
        return trial.arm is Arm.BASELINE and trial.index < depth[trial.case.id]

    known = Known(is_recorded=is_recorded)
    total = estimate_plan(plan_, FlatPrices(usd_per_million=1.0), known=known).total.total
    assert total.load.calls.expected == math.ceil(100 * told.trials_per_case)
    assert total.load.calls.most == 1_200


def test_a_run_whose_trials_follow_on_no_others_has_what_is_planned() -> None:
    [matchup] = with_record(10, may_grow=False).matchups
    told = matchup.preflight
    assert told is not None
    assert told.trials_per_case == told.most_trials_per_case == told.first_trials_per_case


def test_cases_that_the_base_gained_since_the_fork_are_part_of_its_set() -> None:
    first = planned(cases(20))
    [matchup] = first.matchups
    gained = replace(matchup, missing=tuple(f"m{index}" for index in range(10)))
    assert with_preflights(replace(first, matchups=(gained,))).notes == first.notes


def test_a_look_at_half_of_the_cases_lets_nothing_pass_and_is_not_foreseen() -> None:
    first = planned(cases(240), "run: {trials: 2}\n")
    [matchup] = first.matchups
    outcomes = {case.case: (1.0, 0.0) * 5 for case in matchup.planned}
    history = history_of(matchup.planned, outcomes, policy=first.sources.policy, seed="s")
    assert [look.is_partial for look in history.looks[:2]] == [True, False]
    told = [
        with_preflights(replace(first, matchups=(replace(matchup, history=each),)))
        .matchups[0]
        .preflight
        for each in (history, replace(history, looks=history.looks[1:]))
    ]
    assert told[0] is not None
    assert told[0] == told[1]


def test_a_wider_limit_is_told_as_the_policy_states_it() -> None:
    first = planned(cases(20))
    [matchup] = first.matchups
    judge = JudgeScale(
        evalset="a",
        labels=100,
        youden=0.6,
        low=0.5,
        least=0.4,
        share=1.0,
        max_drop=0.05,
        limit=0.025,
    )
    [said] = refused(replace(first, matchups=(replace(matchup, judge=judge),)))
    assert "under 2.5 points" in said
    assert said.endswith("or a limit of 15 points (`gate.max_drop`)")
