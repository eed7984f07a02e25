"""Facts about rubric templates."""

import re

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.errors import Problem
from evalgate.grading.criteria import MOST_CRITERIA, read_criteria
from evalgate.grading.rubric_templates import TEMPLATES
from evalgate.model.reading import Section


def read(rubric: str) -> tuple[list[str], list[str]]:
    problems: list[Problem] = []
    section = Section(read_yaml("s.yaml", f"rubric: {rubric}".encode()), (), problems)
    criteria = read_criteria(section, "rubric", problems=problems)
    return [criterion.text for criterion in criteria], [each.message for each in problems]


def test_a_template_makes_criteria_of_its_parameters() -> None:
    assert read("{template: tone, tone: warm and plain}") == (
        [
            "The answer as a whole has this tone: warm and plain.",
            "No single sentence of the answer breaks with this tone: warm and plain.",
        ],
        [],
    )


def test_a_source_names_a_part_of_the_input() -> None:
    assert read("{template: faithful}")[0][1] == "Nothing in the answer contradicts the input."
    named = read("{template: faithful, source: article}")[0][1]
    assert named == "Nothing in the answer contradicts the part `article` of the input."


def test_points_make_a_criterion_each() -> None:
    assert read("{template: completeness, points: [The price., the date]}")[0] == [
        "The answer covers this point: The price",
        "The answer covers this point: the date",
    ]
    assert len(read("{template: completeness}")[0]) == 2


def test_own_criteria_come_before_those_of_templates() -> None:
    texts, problems = read("{criteria: [Is short], template: [tone, safety], tone: calm}")
    assert problems == []
    assert texts[0] == "Is short"
    assert len(texts) == 1 + 2 + len(TEMPLATES["safety"].criteria)


def test_placeholders_of_the_case_are_kept_for_filling() -> None:
    assert read('{template: policy, policy: "{{rules}}"}')[0][0].endswith("policy: {{rules}}")


@pytest.mark.parametrize(
    ("rubric", "problem"),
    [
        ("{template: fathful}", "did you mean `faithful`?"),
        ("{template: tone}", "the key `tone` is missing"),
        ("{template: tone, tone: calm, tune: x}", "unknown key (did you mean `tone`?)"),
        ("{template: tone, tone: calm, source: x}", "unknown key"),
        ("{template: completeness, points: []}", "expected at least one point"),
        ("{}", "expected `criteria`, `template` or both"),
        ("{criteria: []}", "expected 1 to 20 criteria"),
        (f"{{template: tone, tone: {'x' * 5000}}}", "at most 4,000"),
        (
            "{criteria: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], template: safety}",
            "makes 21 criteria",
        ),
    ],
)
def test_a_wrong_rubric_says_what_was_expected(rubric: str, problem: str) -> None:
    texts, problems = read(rubric)
    assert texts == []
    assert problem in " ".join(problems)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_place_in_a_template_is_a_parameter(name: str) -> None:
    template = TEMPLATES[name]
    places = set(re.findall(r"<(\w+)>", " ".join((*template.criteria, template.each))))
    assert places == set(template.names)
    assert 2 <= len(template.criteria) <= MOST_CRITERIA
