"""A drafted case is graded by what fell in production."""

import pytest

from evalgate.adapters.files import read_yaml, write_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Data
from evalgate.model.monitoring import BUILT_IN, ScoredBy, ScoringRules
from evalgate.monitoring.incidents.case_graders import graders_for

OWN: tuple[Data, ...] = ({"contains": "30 days"}, {"not": {"contains": "TODO"}})
RULES = ScoringRules(criteria=(ScoredBy(name="tone", graders=OWN), ScoredBy(name="accuracy")))


def test_the_teams_own_criterion_brings_its_graders() -> None:
    assert graders_for("tone", RULES) == OWN


@pytest.mark.parametrize("criterion", [*BUILT_IN, "", "unknown"])
def test_every_criterion_makes_a_case_that_can_be_read(criterion: str) -> None:
    case: Data = {"id": "c", "vars": {}, "graders": list(graders_for(criterion, RULES))}
    text = write_yaml({"prompts": ["p"], "graders": [{"contains": "x"}], "cases": [case]})
    read_evalset(read_yaml("s.yaml", text.encode()), name="s", tree={}, parser=FORMATS)


def test_a_broken_format_is_seen_by_the_graders_of_the_set() -> None:
    assert graders_for("format", RULES) == ()
    [grader] = graders_for("safety", RULES)
    assert isinstance(grader, dict)
    assert "rubric" in grader
