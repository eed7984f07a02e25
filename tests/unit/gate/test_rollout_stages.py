"""Facts about the stages that a policy states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.rollout_stages import read_stages, usual_proofs
from evalgate.model.policy import RolloutRules, Stage
from evalgate.model.reading import Section


def read(text: str) -> tuple[Stage, ...]:
    section = Section(read_yaml("p.yml", f"rollout: {text}".encode())).section("rollout")
    stages = read_stages(section)
    section.finish()
    return stages


def problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return str(caught.value)


def test_without_any_they_are_the_usual_four() -> None:
    assert read("{}") == RolloutRules().stages
    assert read("{stages: null}") == read("{stages: [5, 25, 50, 100]}") == RolloutRules().stages


def test_units_and_time_hold_for_every_stage_that_states_none() -> None:
    usual = read("{units: 40, bake_minutes: 1.5}")
    assert {(stage.units, stage.bake_minutes) for stage in usual} == {(40, 1.5)}
    stages = read(
        "{units: 40, bake_minutes: 5, stages: [{percent: 1, units: 7, bake_minutes: 0},"
        " {percent: 0.25e+1}, {percent: 100, bake_minutes: 60}]}"
    )
    assert stages == (
        Stage(percent=1.0, proof=3.0, units=7, bake_minutes=0.0),
        Stage(percent=2.5, proof=40.0, units=40, bake_minutes=5.0),
        Stage(percent=100.0, proof=1.0, units=40, bake_minutes=60.0),
    )


def test_a_stage_may_demand_a_proof_of_its_own() -> None:
    stages = read("{stages: [{percent: 5, proof: 1}, 25, {percent: 50, proof: 1000000}, 100]}")
    assert [stage.proof for stage in stages] == [1.0, 11.0, 1e6, 1.0]


def test_proofs_grow_by_one_factor_from_the_first_to_the_last() -> None:
    assert usual_proofs(1) == (40.0,)
    assert usual_proofs(2) == (3.0, 40.0)
    assert usual_proofs(3) == (3.0, 11.0, 40.0)
    assert usual_proofs(4) == (3.0, 7.0, 17.0, 40.0)


@given(st.integers(1, 19))
def test_the_last_proof_is_the_same_for_any_number_of_stages(steps: int) -> None:
    proofs = usual_proofs(steps)
    assert len(proofs) == steps
    assert proofs[-1] == 40.0
    assert sorted(proofs) == list(proofs)


@given(st.lists(st.integers(1, 9_999), min_size=1, max_size=19, unique=True))
def test_rising_shares_of_two_decimals_are_read_as_they_stand(hundredths: list[int]) -> None:
    shares = [*(share / 100 for share in sorted(hundredths)), 100.0]
    assert [stage.percent for stage in read(f"{{stages: {shares}}}")] == shares


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{stages: 5}", "rollout.stages: expected 2 to 20 shares in percent, such as [5, 25, 50, "),
        ("{stages: []}", "such as [5, 25, 50, 100], got a list of 0"),
        ("{stages: [100]}", "expected 2 to 20 shares in percent"),
        (f"{{stages: {[*range(1, 21), 100]}}}", "got a list of 21"),
        ("{stages: [5, 25]}", "rollout.stages[1]: expected 100 as the last share, got 25"),
        ("{stages: [25, 5, 100]}", "rollout.stages[1]: expected more than the 25 % before it, got"),
        ("{stages: [5, 5, 100]}", "rollout.stages[1]: expected more than the 5 % before it, got 5"),
        ("{stages: [5, 100, 100]}", "rollout.stages[2]: expected more than the 100 % before it"),
        ("{stages: [0, 100]}", "rollout.stages[0]: expected a percent above 0 and up to 100 with"),
        ("{stages: [-5, 100]}", "with at most two decimals, got the number -5"),
        ("{stages: [5, 101]}", "rollout.stages[1]: expected a percent above 0 and up to 100"),
        ("{stages: [0.125, 100]}", "with at most two decimals, got the number 0.125"),
        ("{stages: ['5%', 100]}", "with at most two decimals, got `5%`"),
        ("{stages: [true, 100]}", "with at most two decimals, got true"),
        ("{stages: [[5], 100]}", "with at most two decimals, got a list"),
        ("{stages: [.nan, 100]}", "with at most two decimals"),
        ("{stages: [{units: 5}, 100]}", "rollout.stages[0].percent: expected a percent above 0"),
        ("{stages: [{percent: 5, unit: 5}, 100]}", "unit: unknown key (did you mean `units`?)"),
        ("{stages: [{percent: 5, units: 0}, 100]}", "expected a whole number from 1 to 1000000"),
        ("{stages: [{percent: 5, proof: 0.5}, 100]}", "stages[0].proof: expected a number from 1"),
        ("{stages: [{percent: 5, bake_minutes: -1}, 100]}", "expected a number from 0 to 525600"),
        (
            "{stages: [5, {percent: 100, proof: 9}]}",
            "rollout.stages[1].proof: at 100 % there is no",
        ),
        ("{stages: [5, {percent: 100, units: 9}]}", "no second version to compare with: remove it"),
        ("{stages: [5, {percent: 100, unit: 9}]}", "unknown key (did you mean `units`?)"),
        ("{units: 0.5}", "rollout.units: expected a whole number from 1 to 1000000"),
        ("{bake_minutes: soon}", "rollout.bake_minutes: expected a number from 0 to 525600"),
    ],
)
def test_wrong_stages_are_refused_at_their_place(text: str, said: str) -> None:
    assert said in problem(text)


def test_a_wrong_share_is_told_once() -> None:
    assert len(problem("{stages: [5, 0, 0.001, 100]}").splitlines()) == 2
    assert len(problem("{stages: [5, -5]}").splitlines()) == 1
