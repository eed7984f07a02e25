import pytest
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.errors import Problem
from evalgate.grading.filling import fit
from evalgate.grading.graders import GraderReader
from evalgate.model.document import Data
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.reading import Section


def fitted(
    entry: str, values: dict[str, Data], *, own: bool = False
) -> tuple[tuple[GraderSpec, ...], list[str]]:
    """Fit one grader to a case: its own, or one of the set's defaults."""
    problems: list[Problem] = []
    grader = f"graders: [{{{entry}}}]"
    text = f"cases:\n  - {grader}" if own else f"{grader}\ncases:\n  - id: a"
    root = Section(read_yaml("set.yaml", text.encode()), (), problems)
    case = next(root.sections("cases"))
    written = GraderReader(schemas={}, problems=problems).read(case if own else root)
    return fit(written, values, case=case), [str(problem) for problem in problems]


def test_the_values_of_a_case_fill_its_graders() -> None:
    specs, problems = fitted("contains: '{{days}} days'", {"days": 30})
    assert problems == []
    assert [spec.argument for spec in specs] == ["30 days"]


def test_the_name_stays_as_written_so_that_cases_can_be_told_together() -> None:
    specs, _ = fitted("contains: '{{days}} days'", {"days": 30})
    assert specs[0].name == "contains: {{days}} days"


def test_expected_alone_keeps_its_type() -> None:
    specs, _ = fitted("equals: '{{expected}}'", {"expected": {"city": "Rome"}})
    assert specs[0].argument == {"city": "Rome"}


def test_criteria_are_filled() -> None:
    specs, _ = fitted("rubric: ['Names {{city}}', Is kind]", {"city": "Rome"})
    assert specs[0].criteria == (Criterion(text="Names Rome"), Criterion(text="Is kind"))


def test_a_number_alone_becomes_the_text_of_a_criterion() -> None:
    specs, _ = fitted("rubric: '{{expected}}'", {"expected": 30})
    assert specs[0].criteria == (Criterion(text="30"),)


def test_a_value_stands_literally_in_a_pattern() -> None:
    specs, _ = fitted("regex: '^{{name}}$'", {"name": "a.b"})
    assert specs[0].argument == r"^a\.b$"


@pytest.mark.parametrize(
    ("entry", "values", "problem"),
    [
        (
            "contains: '{{ciyt}}'",
            {"city": "Rome"},
            snapshot(
                "set.yaml:3: cases[0]: the grader `contains: {{ciyt}}` uses the unknown variable "
                "`ciyt` (did you mean `city`?)"
            ),
        ),
        (
            "contains: '{{city}}'",
            {},
            snapshot(
                "set.yaml:3: cases[0]: the grader `contains: {{city}}` uses the unknown variable "
                "`city`: this case has no `vars`"
            ),
        ),
        (
            "equals: '{{expected}}'",
            {"city": "Rome"},
            snapshot(
                "set.yaml:3: cases[0]: the grader `equals: {{expected}}` needs `expected`, which "
                "this case does not have"
            ),
        ),
        (
            "contains: '{{city}}'",
            {"city": ""},
            snapshot(
                "set.yaml:3: cases[0]: the grader `contains: {{city}}`, once filled: expected "
                "text; every answer contains the empty text"
            ),
        ),
        (
            "regex: '{{city}}'",
            {"city": "("},
            snapshot(
                "set.yaml:3: cases[0]: the grader `regex: {{city}}`, once filled: not a valid "
                "pattern: missing ) at position 1"
            ),
        ),
        (
            "rubric: '{{city}}'",
            {"city": " "},
            snapshot(
                "set.yaml:3: cases[0]: the grader `rubric: {{city}}`, once filled: a criterion is "
                "empty"
            ),
        ),
    ],
)
def test_a_default_that_does_not_fit_is_a_problem_of_the_case(
    entry: str, values: dict[str, Data], problem: str
) -> None:
    specs, problems = fitted(entry, values)
    assert specs == ()
    assert problems == [problem]


def test_a_grader_of_the_case_that_does_not_fit_is_named_by_its_own_place() -> None:
    _, problems = fitted("contains: '{{ciyt}}'", {"city": "Rome"}, own=True)
    assert problems[0].startswith("set.yaml:2: cases[0].graders[0].contains: the grader")


@pytest.mark.parametrize("entry", ["contains: '{}'", "rubric: [ok, '{}']", "equals: {{a: ['{}']}}"])
def test_a_grader_that_would_fill_the_memory_is_a_problem(entry: str) -> None:
    values: dict[str, Data] = {"q": "x" * 1_000_000}
    specs, [problem] = fitted(entry.format("{{q}}" * 10_000), values)
    assert specs == ()
    assert problem.endswith("once filled, has more than 5 million characters")
