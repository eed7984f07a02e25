"""Facts about reading how versions are rolled out."""

from dataclasses import replace

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.model.policy import OnDeadline, Policy, RolloutRules, Stage


def read(text: str) -> Policy:
    return read_policy(read_yaml(".github/evalgate.yml", text.encode()), text.encode())


def rules(text: str) -> RolloutRules:
    found = read(text).rollout
    assert found is not None
    return found


def problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return str(caught.value)


FIVE = {"errors": 0.05, "refusals": 0.05, "latency": 0.05, "cost": 0.05}


def test_a_policy_without_the_section_has_no_rules() -> None:
    assert read("").rollout is None
    assert read("rollout: null").rollout is None


def test_an_empty_section_is_all_defaults_with_every_limit_filled_in() -> None:
    assert rules("rollout: {}") == replace(RolloutRules(), max_drop=0.05, max_rise=FIVE)


def test_every_key_is_read() -> None:
    found = rules(
        "rollout:\n"
        "  stages: [10, {percent: 100, bake_minutes: 120}]\n"
        "  units: 250\n"
        "  bake_minutes: 15\n"
        "  alpha: 0.01\n"
        "  max_drop: 3\n"
        "  max_rise: {errors: 1, latency: 12.5}\n"
        "  latency_ms: 4000\n"
        "  cost_usd: 0.02\n"
        "  full_after_hours: 0\n"
        "  deadline_hours: 48\n"
        "  on_deadline: rollback\n"
        "  automatic: true\n"
    )
    assert found == RolloutRules(
        stages=(
            Stage(percent=10.0, proof=40.0, units=250, bake_minutes=15.0),
            Stage(percent=100.0, proof=1.0, units=250, bake_minutes=120.0),
        ),
        alpha=0.01,
        max_drop=0.03,
        max_rise=FIVE | {"errors": 0.01, "latency": 0.125},
        latency_ms=4000,
        cost_usd=0.02,
        full_after_hours=0.0,
        deadline_hours=48.0,
        on_deadline=OnDeadline.ROLLBACK,
        automatic=True,
    )


def test_the_loss_that_is_too_much_is_the_gates_where_none_is_named() -> None:
    assert rules("gate: {max_drop: 7}\nrollout: {}").max_drop == 0.07
    assert rules("gate: {max_drop: 7}\nrollout: {max_drop: 2}").max_drop == 0.02


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{stage: [5, 100]}", "rollout.stage: unknown key (did you mean `stages`?)"),
        ("[5, 100]", "rollout: expected a mapping, got a list"),
        ("{max_drop: 0.05}", "rollout.max_drop: is in points, not a fraction: did you mean 5?"),
        ("{max_rise: 5}", "rollout.max_rise: expected a mapping, got the number 5"),
        ("{max_rise: {errors: 0.02}}", "max_rise.errors: is in points, not a fraction: did you "),
        ("{max_rise: {cost: 51}}", "max_rise.cost: expected a number from 0.5 to 50"),
        ("{max_rise: {quality: 5}}", "max_rise.quality: unknown key"),
        ("{max_rise: {error: 5}}", "unknown key (did you mean `errors`?)"),
        ("{alpha: 0.5}", "rollout.alpha: expected a number from 0.001 to 0.2"),
        ("{latency_ms: 0}", "latency_ms: expected a whole number from 1 to 3600000, got the numb"),
        ("{latency_ms: 1.5}", "latency_ms: expected a whole number"),
        ("{cost_usd: 0}", "cost_usd: expected a number from 1e-06 to 1e+06, got the number 0"),
        ("{full_after_hours: -1}", "full_after_hours: expected a number from 0 to 8760"),
        ("{deadline_hours: 0}", "deadline_hours: expected a number from 0.01 to 8760"),
        ("{on_deadline: promote}", "expected one of hold, rollback; got `promote`"),
        ("{automatic: 'yes'}", "rollout.automatic: expected true or false, got `yes`"),
    ],
)
def test_a_wrong_key_or_value_is_refused_with_the_next_step(text: str, said: str) -> None:
    assert said in problem(f"rollout: {text}")


def test_a_step_may_not_bake_for_longer_than_it_may_last() -> None:
    assert rules("rollout: {bake_minutes: 4320}").deadline_hours == 72
    said = problem("rollout: {bake_minutes: 4321}")
    assert (
        "rollout.deadline_hours: ends a step after 4320 minutes, before the 4321 bake_min" in said
    )
    assert len(said.splitlines()) == 1
    one = "[5, {percent: 25, bake_minutes: 90}, 100]"
    said = problem(f"rollout: {{stages: {one}, deadline_hours: 1, full_after_hours: 0}}")
    assert "before the 90 bake_minutes at 25 % are over: no rollout could go on by itself" in said
    said = problem("rollout: {stages: [5, {percent: 100, bake_minutes: 9000}]}")
    assert "before the 9000 bake_minutes at 100 % are over" in said


def test_all_of_the_traffic_must_come_before_the_deadlines_of_all_steps_are_over() -> None:
    assert rules("rollout: {full_after_hours: 72}").full_after_hours == 72
    said = problem("rollout: {deadline_hours: 7}")
    assert "rollout.full_after_hours: 24 hours are more than deadline_hours lets the steps" in said
    assert "below 100 % last together (21): no rollout could come to 100 % by itself" in said


def test_problems_of_the_section_come_with_all_the_others() -> None:
    said = problem("gate: {max_dorp: 5}\nrollout: {alpha: 1, stages: [5, 6]}\n")
    assert len(said.splitlines()) == 3
