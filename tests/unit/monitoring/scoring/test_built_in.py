"""Facts about the built-in criteria, and about how the simulator judges by them."""

from pathlib import Path

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.model.monitoring import BUILT_IN
from evalgate.model.policy import Policy
from evalgate.monitoring.scoring.built_in import RUBRICS
from evalgate.monitoring.scoring.criteria import read_criteria
from evalgate.simulator.rules import read_rules

RULEBOOK = Path(__file__).parents[4] / "evalgate/simulator/rulebooks/production.yaml"


def texts() -> list[str]:
    sticks = read_criteria(Policy(), {}, FORMATS).of("any", "v1")
    return [each.text for stick in sticks for spec in stick.specs for each in spec.criteria]


def test_every_built_in_criterion_has_a_rubric_but_for_the_form() -> None:
    assert {*RUBRICS, "format"} == set(BUILT_IN)


def test_the_simulator_has_one_rule_for_each_and_no_other() -> None:
    rules = read_rules(read_yaml(str(RULEBOOK), RULEBOOK.read_bytes())).judge
    assert len(texts()) == 11
    assert [sum(bool(rule.criterion.search(text)) for rule in rules) for text in texts()] == [
        1
    ] * 11
    assert all(any(rule.criterion.search(text) for text in texts()) for rule in rules)
