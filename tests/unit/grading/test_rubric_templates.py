import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.errors import Problem
from evalgate.grading.criteria import read_criteria
from evalgate.grading.rubric_templates import (
    TEMPLATES,
    parameters_of,
    template_labels,
    variables_named,
)
from evalgate.model.document import Data, Document
from evalgate.model.reading import Section


def read(rubric: str) -> tuple[list[str], list[str]]:
    problems: list[Problem] = []
    section = Section(read_yaml("s.yaml", f"rubric: {rubric}".encode()), (), problems)
    criteria = read_criteria(section, "rubric", problems=problems)
    return [criterion.text for criterion in criteria], [each.message for each in problems]


def test_a_template_makes_criteria_of_its_parameters() -> None:
    assert read("{template: tone, tone: warm and plain}") == (
        [
            "The answer, taken as a whole, has this tone: warm and plain",
            "No single sentence of the answer breaks with this tone: warm and plain",
            "Where the answer refuses, corrects or disappoints, it keeps this tone too; where it "
            "does none of that, this is met. The tone: warm and plain",
        ],
        [],
    )


def test_the_source_is_all_that_the_assistant_was_given_unless_a_variable_is_named() -> None:
    assert read("{template: faithful}")[0][1] == snapshot(
        "Nothing in the answer contradicts what the assistant was given (the input, what is attached to it, and the results of tools), such as by another number, date, name, condition or exception."
    )
    assert read("{template: faithful, source: article}")[0][1] == snapshot(
        "Nothing in the answer contradicts the text below `article:` in the input (the whole input, where no line names it), such as by another number, date, name, condition or exception."
    )


def test_a_policy_is_a_text_or_the_name_of_a_variable() -> None:
    assert read("{template: policy, policy: No refunds after 30 days.}")[0][0] == snapshot(
        "Nothing that the answer says or does breaks a rule of this policy: No refunds after 30 days."
    )
    assert read("{template: policy, policy: rules}")[0][0] == snapshot(
        "Nothing that the answer says or does breaks a rule of this policy: the rules below `rules:` in the input (the whole input, where no line names them)"
    )


def test_the_variables_that_parameters_name_are_known() -> None:
    assert variables_named({"template": "faithful", "source": " article "}) == {"article"}
    assert variables_named({"policy": "rules", "source": "article"}) == {"rules", "article"}
    assert variables_named({"policy": "No refunds.", "tone": "calm"}) == frozenset()
    assert variables_named("rules") == frozenset()
    assert variables_named(["rules"]) == frozenset()
    assert variables_named({"source": 5}) == frozenset()


def test_points_make_a_criterion_each() -> None:
    assert read("{template: completeness, points: [The price., the date]}")[0] == [
        "The answer covers this point, in whatever words: The price.",
        "The answer covers this point, in whatever words: the date",
    ]
    assert len(read("{template: completeness}")[0]) == 2


def test_own_criteria_come_before_those_of_templates() -> None:
    texts, problems = read("{criteria: [Is short], template: [tone, safety, tone], tone: calm}")
    assert problems == []
    assert texts[0] == "Is short"
    assert len(texts) == 1 + 3 + len(TEMPLATES["safety"].criteria)


def test_placeholders_of_the_case_are_kept_for_filling() -> None:
    assert read('{template: policy, policy: "{{rules}}"}')[0][0].endswith("policy: {{rules}}")


def test_a_parameter_may_have_five_thousand_characters() -> None:
    assert len(read(f"{{template: tone, tone: {'x' * 5_000}}}")[0]) == 3
    assert len(read(f"{{template: completeness, points: [{'x' * 5_000}]}}")[0]) == 1


def test_a_parameter_is_put_in_as_it_stands() -> None:
    texts, _ = read(r"{template: tone, tone: '<tone> \\1 \\g<tone> {} {x}'}")
    assert texts[0].endswith(r"<tone> \\1 \\g<tone> {} {x}")


@given(st.sampled_from(["", "{", "<source>", "{{a}}"]), st.text())
def test_no_parameter_breaks_a_template(front: str, text: str) -> None:
    problems: list[Problem] = []
    written: Data = {"rubric": {"template": ["policy", "tone"], "policy": front, "tone": text}}
    section = Section(Document(path="s", data=written, lines={}), (), problems)
    criteria = read_criteria(section, "rubric", problems=problems)
    assert bool(criteria) is not bool(problems)


@pytest.mark.parametrize(
    ("rubric", "problem"),
    [
        ("{template: fathful}", "there is no rubric template `fathful` (did you mean `faithful`?)"),
        ("{template: [tone, 5], tone: x}", "expected a list of texts"),
        ("{template: tone}", "the key `tone` is missing"),
        ("{template: tone, tone: ' '}", "expected text, got nothing"),
        ("{template: tone, tone: [calm]}", "expected text, got a list"),
        ("{template: tone, tone: calm, tune: x}", "unknown key (did you mean `tone`?)"),
        ("{template: tone, tone: calm, source: x}", "unknown key"),
        (
            "{template: faithful, source: the article}",
            "expected the name of a variable of the cases, got `the article`",
        ),
        ("{template: completeness, points: []}", "expected at least one point"),
        ("{template: completeness, points: ['']}", "expected a point as text, got nothing"),
        ("{template: completeness, points: 5}", "expected a list of texts"),
        ("{}", "expected `criteria`, `template` or both"),
        ("{template: []}", "expected `criteria`, `template` or both"),
        ("{criteria: []}", "expected 1 to 20 criteria"),
        ("{criteria: {template: safety}}", "expected a criterion as text"),
        (f"{{template: tone, tone: {'x' * 5001}}}", "has 5,001 characters; at most 5,000"),
        (f"{{template: completeness, points: [a, {'x' * 5001}]}}", "at most 5,000"),
        (
            "{criteria: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p], template: safety}",
            "makes 21 criteria",
        ),
    ],
)
def test_a_wrong_rubric_says_what_was_expected(rubric: str, problem: str) -> None:
    texts, problems = read(rubric)
    assert texts == []
    assert problem in problems[0]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_place_in_a_template_is_a_parameter(name: str) -> None:
    template = TEMPLATES[name]
    places = set(re.findall(r"<(\w+)>", " ".join((*template.criteria, template.each))))
    assert places == set(template.names)
    assert template.variables.keys() <= template.parameters.keys()
    assert 2 <= len(template.criteria) <= 5


def test_the_parameters_of_several_templates_are_each_known_once() -> None:
    assert parameters_of(["faithful", "completeness", "faithful"]) == ("source", "points")


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ({"template": "faithful"}, "faithful"),
        ({"template": "faithful", "source": "article"}, "faithful to article"),
        ({"template": ["tone", "safety"], "tone": "calm"}, "tone calm, safety"),
        ({"template": "completeness", "points": ["a", "b"]}, "2 points"),
        ({"template": "completeness", "points": ["a"]}, "1 point"),
        ({"template": "completeness"}, "completeness"),
        ({"template": "policy", "policy": "No refunds."}, "policy"),
        ({}, ""),
        ({"template": [5, None]}, ""),
    ],
)
def test_a_label_tells_what_templates_ask_for(written: dict[str, Data], label: str) -> None:
    assert template_labels(written) == label
