import pytest
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.errors import Problem
from evalgate.grading.criteria import (
    LONGEST_CRITERION,
    criteria_fault,
    read_criteria,
    rubric_title,
)
from evalgate.model.document import Data
from evalgate.model.evalset import Criterion
from evalgate.model.reading import Section


def read(text: str) -> tuple[tuple[Criterion, ...], list[str]]:
    problems: list[Problem] = []
    section = Section(read_yaml("set.yaml", text.encode()), (), problems)
    criteria = read_criteria(section, "rubric", problems=problems)
    return criteria, [str(problem) for problem in problems]


def test_one_text_is_one_required_criterion() -> None:
    assert read("rubric: States the window") == ((Criterion(text="States the window"),), [])


def test_a_list_may_mix_texts_and_criteria_with_options() -> None:
    text = """\
rubric:
  - States the window
  - criterion: Is brief
    required: false
    weight: 0.5
"""
    assert read(text) == (
        (
            Criterion(text="States the window"),
            Criterion(text="Is brief", required=False, weight=0.5),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rubric: []", snapshot("set.yaml:1: rubric: expected 1 to 20 criteria, got 0")),
        (
            "rubric:",
            snapshot(
                "set.yaml:1: rubric: expected a criterion as text, or a list of criteria, "
                "got nothing"
            ),
        ),
        (
            "rubric: [fine, ' ']",
            snapshot(
                "set.yaml:1: rubric[1]: expected a criterion as text, or a list of criteria, "
                "got ` `"
            ),
        ),
        (
            "rubric: 5",
            snapshot(
                "set.yaml:1: rubric: expected a criterion as text, or a list of criteria, "
                "got the number 5"
            ),
        ),
        (
            "rubric: [{critrion: a}]",
            snapshot("set.yaml:1: rubric[0].critrion: unknown key (did you mean `criterion`?)"),
        ),
        (
            "rubric: [{criterion: a, weight: -1}]",
            snapshot(
                "set.yaml:1: rubric[0].weight: expected a number from 0 to 1000, got the number -1"
            ),
        ),
    ],
)
def test_a_wrong_criterion_is_named_by_its_place(text: str, problem: str) -> None:
    assert read(text)[1][0] == problem


def test_a_rubric_with_a_wrong_criterion_has_none() -> None:
    assert read("rubric: [fine, 5]")[0] == ()


def test_a_rubric_has_at_most_twenty_criteria() -> None:
    assert len(read(f"rubric: [{', '.join(['a'] * 20)}]")[0]) == 20
    assert read(f"rubric: [{', '.join(['a'] * 21)}]")[1]


def test_a_mapping_may_hold_criteria_alone() -> None:
    assert read("rubric: {criteria: [Is brief, {criterion: Is kind, weight: 2}]}") == (
        (Criterion(text="Is brief"), Criterion(text="Is kind", weight=2.0)),
        [],
    )


def test_a_problem_inside_a_mapping_is_named_by_its_place() -> None:
    assert read("rubric:\n  criteria:\n    - fine\n    - 5")[1] == snapshot(
        [
            "set.yaml:4: rubric.criteria[1]: expected a criterion as text, or a list of criteria, got the number 5"
        ]
    )


def test_a_criterion_may_be_long_but_not_endless() -> None:
    longest = Criterion(text="x" * LONGEST_CRITERION)
    assert criteria_fault([longest]) is None
    assert criteria_fault([]) is None
    assert criteria_fault([Criterion(text="a"), Criterion(text=f"{longest.text}x")]) == snapshot(
        "a criterion has 20,001 characters; at most 20,000 can be judged by"
    )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Is brief", "Is brief"),
        (["Is brief", "Is kind", "Is true"], "Is brief (+2)"),
        ([{"criterion": "Is brief", "weight": 2}], "Is brief"),
        ({"criteria": ["Is brief", "Is kind"]}, "Is brief (+1)"),
        ({"criteria": "Is brief"}, "Is brief"),
        ({"template": "tone", "tone": "calm"}, "tone calm"),
        ({"template": "safety", "criteria": ["Is brief", "Is kind"]}, "safety (+2)"),
        ({"template": "safety", "criteria": "Is brief"}, "safety (+1)"),
        ({"template": "tone", "tone": "word " * 50}, f"tone {'word ' * 10}word…"),
    ],
)
def test_a_title_is_short_and_telling(written: Data, title: str) -> None:
    assert rubric_title(written) == title
