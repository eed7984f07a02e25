from collections.abc import Mapping

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.files import read_json, read_yaml
from evalgate.errors import Problem
from evalgate.grading.graders import GraderReader, WrittenGrader, fault_of, schema_path
from evalgate.model.document import Document
from evalgate.model.evalset import Criterion, GraderSpec
from evalgate.model.reading import Section

PATH = "team/evalsets/set.yaml"
REPLY = read_json("team/evalsets/reply.json", b'{"type": "object"}')
NOT_A_SCHEMA = read_json("team/evalsets/bad.json", b'{"type": "objekt"}')
SCHEMAS = {REPLY.path: REPLY, NOT_A_SCHEMA.path: NOT_A_SCHEMA}


def read(
    entry: str, schemas: Mapping[str, Document] = SCHEMAS
) -> tuple[tuple[WrittenGrader, ...], list[str]]:
    problems: list[Problem] = []
    document = read_yaml(PATH, f"graders:\n  - {entry}\n".encode())
    graders = GraderReader(schemas=schemas, problems=problems).read(Section(document, (), problems))
    return graders, [str(problem).removeprefix(f"{PATH}:") for problem in problems]


def spec(entry: str) -> GraderSpec:
    graders, problems = read(entry)
    assert problems == []
    return graders[0].spec


def test_a_grader_is_a_key_with_its_argument() -> None:
    assert spec('contains: "30 days"') == GraderSpec(
        kind="contains", name="contains: 30 days", argument="30 days"
    )


def test_name_weight_and_demand_stand_beside_the_key() -> None:
    assert spec("{regex: d, name: days, weight: 2, required: false}") == GraderSpec(
        kind="regex", name="days", argument="d", weight=2.0, required=False
    )


def test_not_wraps_a_grader() -> None:
    assert spec("{not: {contains: sorry}, name: no apology}") == GraderSpec(
        kind="contains", name="no apology", argument="sorry", negated=True
    )


def test_a_rubric_carries_criteria_and_no_argument() -> None:
    assert spec("rubric: [Is brief, Is kind]") == GraderSpec(
        kind="rubric",
        name="rubric: Is brief (+1)",
        criteria=(Criterion(text="Is brief"), Criterion(text="Is kind")),
    )


def test_a_schema_file_is_found_from_the_folder_of_the_eval_set() -> None:
    assert spec("json_schema: reply.json").argument == {"type": "object"}
    assert spec("json_schema: ../evalsets/reply.json").argument == {"type": "object"}


def test_a_schema_may_stand_in_place_and_its_braces_are_no_placeholders() -> None:
    graders, problems = read("json_schema: {const: '{{name}}'}")
    assert problems == []
    assert graders[0].names == frozenset()
    assert graders[0].spec.argument == {"const": "{{name}}"}


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("contains: 30", "contains: 30"),
        ("not: {contains: sorry}", "not contains: sorry"),
        ("equals: '{{expected}}'", "equals: {{expected}}"),
        ("equals: {a: 1}", 'equals: {"a": 1}'),
        ("json_schema: reply.json", "json_schema: reply.json"),
        ("json_schema: {type: object}", "json_schema"),
        ("rubric: [{criterion: Is kind}]", "rubric: Is kind"),
        ("contains: " + "x" * 100, "contains: " + "x" * 59 + "…"),
    ],
)
def test_a_grader_without_a_name_is_called_after_what_it_asks(entry: str, name: str) -> None:
    assert spec(entry).name == name


def test_placeholders_wait_for_a_case() -> None:
    graders, problems = read("regex: '({{expected}}'")
    assert problems == []
    assert graders[0].names == {"expected"}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            "contians: x",
            snapshot("2: graders[0].contians: unknown grader (did you mean `contains`?)"),
        ),
        (
            "not: {contians: x}",
            snapshot("2: graders[0].not.contians: unknown grader (did you mean `contains`?)"),
        ),
        (
            "not: {not: {contains: x}}",
            snapshot(
                "2: graders[0].not.not: unknown grader (known: contains, contains_all, contains_any, cost_usd, edit_distance, ends_with, equals, icontains, icontains_all, icontains_any, json, json_path, json_schema, language, latency_ms, length, number, python, refusal, regex, rubric, script, starts_with, stop_reason, tool_called, words)"
            ),
        ),
        (
            "not: contains",
            snapshot("2: graders[0].not: expected a mapping, got `contains`"),
        ),
        (
            "{contains: x, wieght: 2}",
            snapshot("2: graders[0].wieght: unknown key (did you mean `weight`?)"),
        ),
        (
            "{contains: x, regex: y}",
            snapshot(
                "2: graders[0]: one grader holds contains and regex; make each a grader of its own"
            ),
        ),
        (
            "{name: x}",
            snapshot(
                "2: graders[0]: expected a grader: one of equals, contains, contains_any, contains_all, icontains, icontains_any, icontains_all, starts_with, ends_with, regex, json, json_schema, json_path, number, length, words, edit_distance, refusal, language, script, latency_ms, cost_usd, stop_reason, tool_called, python, rubric, not"
            ),
        ),
        ("just text", snapshot("2: graders[0]: expected a mapping, got `just text`")),
        (
            "contains: ''",
            snapshot("2: graders[0].contains: expected text; every answer contains the empty text"),
        ),
        (
            "regex: '('",
            snapshot("2: graders[0].regex: not a valid pattern: missing ) at position 1"),
        ),
        (
            "json_schema: gone.json",
            snapshot(
                "2: graders[0].json_schema: there is no file `gone.json` beside the eval set, "
                "seen from its folder"
            ),
        ),
        (
            "{contains: x, weight: heavy}",
            snapshot("2: graders[0].weight: expected a number from 0 to 1000, got `heavy`"),
        ),
        (
            "{contains: x, required: maybe}",
            snapshot("2: graders[0].required: expected true or false, got `maybe`"),
        ),
    ],
)
def test_a_wrong_grader_is_one_problem_with_its_place(entry: str, problem: str) -> None:
    assert read(entry)[1] == [problem]


def test_a_wrong_schema_file_is_a_problem_of_the_grader_that_names_it() -> None:
    graders, problems = read("json_schema: bad.json")
    assert graders == ()
    assert problems[0].startswith("2: graders[0].json_schema: not a usable JSON Schema: type:")


def test_a_wrong_grader_does_not_hide_the_next() -> None:
    graders, problems = read("contians: x\n  - contains: y\n  - regex: '('")
    assert [grader.spec.argument for grader in graders] == ["y"]
    assert len(problems) == 2


def test_graders_that_are_no_list_are_a_problem() -> None:
    problems: list[Problem] = []
    section = Section(read_yaml(PATH, b"graders: {contains: x}"), (), problems)
    assert GraderReader(schemas={}, problems=problems).read(section) == ()
    assert [problem.message for problem in problems] == ["expected a list, got a mapping"]


def test_a_schema_path_is_taken_from_the_folder_of_the_eval_set() -> None:
    assert schema_path("evalsets/a.yaml", "b.json") == "evalsets/b.json"
    assert schema_path("evalsets/a.yaml", "../schemas/./b.json") == "schemas/b.json"
    assert schema_path("a.yaml", "b.json") == "b.json"


def test_a_rubric_has_no_faulty_argument() -> None:
    assert fault_of(GraderSpec(kind="rubric", name="r", criteria=(Criterion(text="a"),))) is None
    assert fault_of(GraderSpec(kind="contains", name="c", argument="")) is not None


def test_a_variable_that_a_template_names_must_be_given_by_the_case() -> None:
    graders, problems = read("rubric: {template: [faithful, policy], source: article, policy: law}")
    assert problems == []
    assert graders[0].names == {"article", "law"}
    assert graders[0].spec.name == "rubric: faithful to article, policy"


def test_a_python_grader_names_a_function() -> None:
    assert spec("python: tone.words:is_polite") == GraderSpec(
        kind="python", name="python: tone.words:is_polite", argument="tone.words:is_polite"
    )


def test_no_case_picks_the_function_that_runs() -> None:
    assert read("python: '{{module}}:check'")[1] == [
        "2: graders[0].python: expected `module:function`, got `{{module}}:check`"
    ]


def test_a_criterion_that_a_case_makes_endless_is_a_fault() -> None:
    endless = GraderSpec(kind="rubric", name="r", criteria=(Criterion(text="x" * 20_001),))
    assert "at most 20,000" in str(fault_of(endless))
