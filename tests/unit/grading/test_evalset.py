"""Facts about how an eval set is read as a whole."""

from time import process_time

import pytest
from inline_snapshot import snapshot

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.grading.evalset import read_evalset
from evalgate.model.evalset import EvalSet
from tests.machine import slowness

PATH = "evalsets/support.yaml"
CASES = "cases: [{id: a, graders: [contains: x]}]"


def read(text: str) -> EvalSet:
    tree = dict.fromkeys(("evalsets/reply.json", "s/b.json"), b'{"type": "object"}')
    document = FORMATS.read_yaml(PATH, text.encode())
    return read_evalset(document, name="support", tree=tree, parser=FORMATS)


def problems_of(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    return [str(problem).removeprefix(f"{PATH}:") for problem in caught.value.problems]


def test_an_eval_set_is_read_with_all_its_keys() -> None:
    evalset = read(f"schema: evalset/1\nprompts: [p, q]\ntrials: 5\npass_at: 0.8\n{CASES}")
    assert (evalset.name, evalset.path, evalset.prompts) == ("support", PATH, ("p", "q"))
    assert (evalset.trials, evalset.pass_at) == (5, 0.8)
    assert [case.id for case in evalset.cases] == ["a"]


def test_trials_and_threshold_have_defaults() -> None:
    evalset = read(f"prompts: p\n{CASES}")
    assert (evalset.prompts, evalset.trials, evalset.pass_at) == (("p",), None, 1.0)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (
            "prompt: [p]\nprompts: [p]",
            snapshot("1: prompt: unknown key (did you mean `prompts`?)"),
        ),
        (
            "trials: 3",
            snapshot("1: the key `prompts` is missing: the names of the prompts that it tests"),
        ),
        ("prompts: []", snapshot("1: prompts: expected the name of at least one prompt")),
        ("prompts: ['']", snapshot("1: prompts: expected the name of at least one prompt")),
        ("prompts: ''", snapshot("1: prompts: expected the name of at least one prompt")),
        ("prompts: 5", snapshot("1: prompts: expected a list of texts, got the number 5")),
        ("prompts: [p, p]", snapshot("1: prompts: a prompt is named twice")),
        (
            "prompts: p\ntrials: 0",
            snapshot("2: trials: expected a whole number from 1 to 100, got the number 0"),
        ),
        (
            "prompts: p\ntrials: 2.5",
            snapshot("2: trials: expected a whole number from 1 to 100, got the number 2.5"),
        ),
        (
            "prompts: p\npass_at: 80",
            snapshot("2: pass_at: expected a number from 0 to 1, got the number 80"),
        ),
        (
            "prompts: p\nschema: evalset/2",
            snapshot("2: schema: expected evalset/1, the only format that this version reads"),
        ),
    ],
)
def test_a_wrong_key_is_one_problem_with_its_place(head: str, problem: str) -> None:
    assert problems_of(f"{head}\n{CASES}") == [problem]


@pytest.mark.parametrize("text", ["", "just text", "[1, 2]"])
def test_a_file_that_is_no_mapping_is_one_problem(text: str) -> None:
    assert len(problems_of(text)) == 1


def test_an_empty_mapping_lacks_prompts_and_cases() -> None:
    assert len(problems_of("{}")) == 2


def test_all_problems_of_a_file_are_found_at_once_and_told_by_line() -> None:
    text = """\
prompts: [p]
trials: many
graders:
  - contians: x
  - regex: "("
  - json_schema: gone.json
cases:
  - id: a
    vars: {b: Rome}
    graders:
      - rubric: "{{a}}"
  - id: a
  - id: b/c
    tagz: [x]
"""
    assert "\n".join(problems_of(text)) == snapshot("""\
2: trials: expected a whole number from 1 to 100, got `many`
4: graders[0].contians: unknown grader (did you mean `contains`?)
5: graders[1].regex: not a valid pattern: missing ) at position 1
6: graders[2].json_schema: there is no file `gone.json` beside the eval set, seen from its folder
11: cases[0].graders[0].rubric: the grader `rubric: {{a}}` uses the unknown variable `a` (known: b)
12: cases[1].id: the id `a` is taken by the case on line 8
13: cases[2].id: an id has no slash, no control character and no blank at its ends
14: cases[2].tagz: unknown key (did you mean `tags`?)\
""")


def test_the_schema_files_of_a_set_are_named_from_the_root() -> None:
    text = """\
prompts: p
graders: [json_schema: reply.json, not: {json_schema: ../s/b.json}, contains: c.json]
cases:
  - {id: a, graders: [json_schema: reply.json, json_schema: {type: object}]}
"""
    assert [
        spec.argument for spec in read(text).cases[0].graders if spec.kind == "json_schema"
    ] == [{"type": "object"}] * 4


HOSTILE = {
    "graders": "graders: [" + "x," * 20_000 + "]",
    "keys": "\n".join(f"k{number}: 1" for number in range(20_000)),
    "defaults": "defaults: {" + "".join(f"k{number}: 1, " for number in range(20_000)) + "}",
    "tools": "defaults: {tool_results: [" + "x," * 20_000 + "]}",
    "messages": "defaults: {vars: {h: [" + "{role: x, content: y}," * 8_000 + "]}}",
    "a long word": f"{'x' * 1_000_000}: 1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_set_ends_soon_and_in_a_bounded_list(text: str) -> None:
    start = process_time()
    problems = problems_of(f"{text}\n{CASES}")
    assert len(problems) <= 1_001
    assert max(map(len, problems)) < 500
    assert process_time() - start < 3 * slowness()


def test_problems_of_the_set_and_of_its_lines_are_told_together() -> None:
    tree = {"evalsets/more.jsonl": b'{"id": "a", "tag": "x"}\n{"id": "b"'}
    document = FORMATS.read_yaml(
        PATH, b"prompts: p\ngraders: [contains: x]\ncases: more.jsonl\ntrial: 3"
    )
    with pytest.raises(ConfigurationError) as caught:
        read_evalset(document, name="support", tree=tree, parser=FORMATS)
    assert str(caught.value) == snapshot("""\
evalsets/more.jsonl:1: tag: unknown key (did you mean `tags`?)
evalsets/more.jsonl:2: not JSON at character 11: expecting ',' delimiter
evalsets/support.yaml:4: trial: unknown key (did you mean `trials`?)\
""")
