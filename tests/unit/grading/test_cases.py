import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import Problem
from evalgate.grading.beside import Beside
from evalgate.grading.cases import read_cases
from evalgate.grading.graders import GraderReader
from evalgate.model.evalset import Case, Criterion, GraderSpec
from evalgate.model.reading import Section

FULL = """\
graders:
  - contains: Regards
cases:
  - id: returns-1
    vars: {question: How long?, items: [{sku: 1}], vip: true}
    expected: 30 days
    tags: [returns, short]
    cluster: ticket-7
    critical: true
    split: held-out
    graders:
      - contains: "{{expected}}"
      - rubric: Answers "{{question}}"
"""


def read(text: str, *, pass_at: float = 1.0) -> tuple[tuple[Case, ...], list[str]]:
    problems: list[Problem] = []
    root = Section(read_yaml("set.yaml", text.encode()), (), problems)
    reader = GraderReader(schemas={}, problems=problems)
    beside = Beside(evalset="set.yaml", tree={}, parser=FORMATS, problems=problems)
    cases = read_cases(root, reader, pass_at=pass_at, beside=beside)
    return cases, [str(problem) for problem in problems]


def one(text: str, *, pass_at: float = 1.0) -> Case:
    cases, problems = read(text, pass_at=pass_at)
    assert problems == []
    return cases[0]


def problems_of(case: str) -> list[str]:
    return read(f"graders: [contains: x]\ncases:\n  - {case}")[1]


def test_a_case_is_read_with_all_its_keys() -> None:
    case = one(FULL)
    assert case.id == "returns-1"
    assert case.vars == {"question": "How long?", "items": [{"sku": 1}], "vip": True}
    assert (case.expected, case.tags, case.cluster) == ("30 days", ("returns", "short"), "ticket-7")
    assert (case.critical, case.split, case.line) == (True, "held-out", 4)


def test_the_graders_of_the_set_come_before_those_of_the_case_and_all_are_filled() -> None:
    assert one(FULL).graders == (
        GraderSpec(kind="contains", name="contains: Regards", argument="Regards"),
        GraderSpec(kind="contains", name="contains: {{expected}}", argument="30 days"),
        GraderSpec(
            kind="rubric",
            name='rubric: Answers "{{question}}"',
            criteria=(Criterion(text='Answers "How long?"'),),
        ),
    )


def test_all_that_a_case_need_not_say_has_a_default() -> None:
    case = one("graders: [contains: x]\ncases: [{id: a}]")
    assert (case.vars, case.expected, case.tags, case.cluster) == ({}, None, (), None)
    assert (case.critical, case.split) == (False, "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[returns, short]", "[other]"),
        ("ticket-7", "ticket-8"),
        ("critical: true", "critical: false"),
        ("held-out", "dev"),
        ("returns-1", "returns-2"),
        ("cases:", "# a comment\n\ncases:"),
        ("{question: How long?, items", "{'question': 'How long?', items"),
        ("  - contains: Regards", "  - {contains: Regards, name: sign-off}"),
    ],
)
def test_the_hash_of_a_case_ignores_what_does_not_shape_its_grade(old: str, new: str) -> None:
    assert old in FULL
    assert one(FULL.replace(old, new)).hash == one(FULL).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("How long?", "How many?"),
        ("vip: true", "vip: 1"),
        ("expected: 30 days", "expected: 31 days"),
        ("contains: Regards", "equals: Regards"),
        ("contains: Regards", "contains: Thanks"),
        ("  - contains: Regards", "  - not: {contains: Regards}"),
        ("  - contains: Regards", "  - {contains: Regards, required: false}"),
        ("  - contains: Regards", "  - {contains: Regards, weight: 2}"),
        ("rubric: Answers", "rubric: Repeats"),
        ('rubric: Answers "{{question}}"', "rubric: [Answers it, {criterion: b, weight: 2}]"),
    ],
)
def test_the_hash_of_a_case_covers_what_shapes_its_grade(old: str, new: str) -> None:
    assert old in FULL
    assert one(FULL.replace(old, new)).hash != one(FULL).hash


def test_the_hash_covers_the_score_that_a_trial_must_reach() -> None:
    assert one(FULL, pass_at=0.5).hash != one(FULL, pass_at=1.0).hash


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("{vars: {}}", snapshot("set.yaml:3: cases[0]: the key `id` is missing")),
        ("{id: ''}", snapshot("set.yaml:3: cases[0].id: expected text, got nothing")),
        ("{id: 5}", snapshot("set.yaml:3: cases[0].id: expected text, got the number 5")),
        (
            "{id: a, vers: {}}",
            snapshot("set.yaml:3: cases[0].vers: unknown key (did you mean `vars`?)"),
        ),
        (
            "{id: a, vars: 5}",
            snapshot("set.yaml:3: cases[0].vars: expected a mapping, got the number 5"),
        ),
        (
            "{id: a, tags: 5}",
            snapshot("set.yaml:3: cases[0].tags: expected a list of texts, got the number 5"),
        ),
        (
            "{id: a, critical: sure}",
            snapshot("set.yaml:3: cases[0].critical: expected true or false, got `sure`"),
        ),
        ("just text", snapshot("set.yaml:3: cases[0]: expected a mapping, got `just text`")),
        (
            "{id: a, expected: 1e999}",
            snapshot("set.yaml:3: cases[0]: a number in this case is infinite or not a number"),
        ),
    ],
)
def test_a_wrong_case_is_one_problem_with_its_place(case: str, problem: str) -> None:
    assert problems_of(case) == [problem]


@pytest.mark.parametrize("name", ["a/b", r"a\nb", r"\x07", " a", "a ", r"\u202e"])
def test_an_id_that_could_break_a_path_or_a_line_is_refused(name: str) -> None:
    assert problems_of(f'{{id: "{name}"}}') == [
        "set.yaml:3: cases[0].id: an id has no slash, no control character and no blank at its ends"
    ]


def test_an_id_has_at_most_a_hundred_characters() -> None:
    assert problems_of(f"{{id: {'a' * 100}}}") == []
    assert problems_of(f"{{id: {'a' * 101}}}") == snapshot(
        ["set.yaml:3: cases[0].id: an id has at most 100 characters, this one has 101"]
    )


def test_a_repeated_id_is_a_problem_that_points_at_the_first() -> None:
    _, problems = read("graders: [contains: x]\ncases:\n  - id: a\n  - id: b\n  - id: a\n")
    assert problems == snapshot(
        ["set.yaml:5: cases[2].id: the id `a` is taken by the case on line 3"]
    )


@pytest.mark.parametrize("text", ["graders: [contains: x]", "cases: []", "cases:", "cases: {}"])
def test_a_set_without_cases_is_a_problem(text: str) -> None:
    cases, problems = read(text)
    assert cases == ()
    assert [problem.endswith("expected at least one case") for problem in problems] == [True]


def test_cases_are_a_list_or_the_name_of_a_file() -> None:
    assert read("graders: [contains: x]\ncases: more.csv")[1] == snapshot(
        [
            "set.yaml:2: cases: expected a list of cases, or the name of a .jsonl file, got `more.csv`"
        ]
    )
    assert read("graders: [contains: x]\ncases: more.jsonl")[1] == snapshot(
        [
            "set.yaml:2: cases: there is no file `more.jsonl` beside the eval set, seen from its folder"
        ]
    )


def test_a_case_that_nothing_grades_is_a_problem() -> None:
    assert read("cases: [{id: a}, {id: b, graders: [contains: x]}]")[1] == snapshot(
        ["set.yaml:1: cases[0]: the case has no graders, and the eval set has none for all cases"]
    )


def test_a_case_whose_only_grader_is_wrong_is_one_problem() -> None:
    assert len(read("cases: [{id: a, graders: [contians: x]}]")[1]) == 1


def test_a_case_whose_graders_have_no_weight_is_a_problem() -> None:
    assert problems_of("{id: a}") == []
    assert read("graders: [{contains: x, weight: 0}]\ncases: [{id: a}]")[1] == snapshot(
        ["set.yaml:2: cases[0]: all graders of the case have the weight 0"]
    )


def test_a_wrong_case_does_not_hide_the_next() -> None:
    cases, problems = read("graders: [contains: x]\ncases: [5, {id: a}, {id: a/b}]")
    assert [case.id for case in cases] == ["a", "a/b"]
    assert len(problems) == 2


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.integers()))
def test_the_order_of_variables_does_not_change_the_hash(values: dict[str, int]) -> None:
    def case(items: list[tuple[str, int]]) -> Case:
        listed = ", ".join(f"'{name}': {value}" for name, value in items)
        return one(f"graders: [contains: x]\ncases:\n  - {{id: a, vars: {{{listed}}}}}")

    assert case([*values.items()]).hash == case([*values.items()][::-1]).hash
