"""Facts about the criteria of production: what the policy says becomes what answers are held to."""

import json
from textwrap import dedent

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.policy import read_policy
from evalgate.model.policy import Policy
from evalgate.monitoring.scoring.criteria import read_criteria
from evalgate.monitoring.scoring.yardstick import Yardsticks

VERSION = b"---\nmodel: claude-haiku-5-5\nmax_tokens: 9\n---\n## user\n\n{{question}}\n"
WITH_SCHEMA = VERSION.replace(b"---\n## user", b"output_schema: {type: object}\n---\n## user")
SET = b"""
schema: evalset/1
prompts: [shop]
graders:
  - contains: Regards
  - contains: "{{question}}"
  - latency_ms: 900
  - rubric: Is kind
  - json_schema: form.json
cases: [{id: a, vars: {question: x}}]
"""
TREE = {
    "prompts/shop/v1.md": VERSION,
    "prompts/shop/v2.md": WITH_SCHEMA,
    "prompts/shop/live.yaml": b"stable: v1\n",
    "evalsets/shop.yaml": SET,
    "evalsets/form.json": b'{"type": "string"}',
}


def policy_of(text: str) -> Policy:
    content = dedent(text).encode()
    return read_policy(FORMATS.read_yaml("policy.yml", content), content)


def criteria(text: str = "", *, by: str = "") -> Yardsticks:
    return read_criteria(policy_of(text), TREE, FORMATS, judged_by=by)


def scoring(inner: str) -> str:
    return f"monitor: {{scoring: {{criteria: {inner}}}}}"


def problems(inner: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        criteria(scoring(inner))
    return str(caught.value)


def test_without_a_word_the_four_built_in_criteria_hold() -> None:
    found = criteria().of("shop", "v1")
    assert [(each.name, each.rubrics) for each in found] == [
        ("format", 0), ("relevance", 1), ("accuracy", 1), ("safety", 1)
    ]  # fmt: skip


def test_each_built_in_rubric_is_one_call_of_the_judge() -> None:
    sticks = {each.name: each for each in criteria().of("shop", "v1")}
    assert sticks["accuracy"].with_instructions
    assert not sticks["relevance"].with_instructions
    assert sticks["relevance"].is_graded
    assert not sticks["safety"].is_graded
    assert sticks["safety"].of_whole_answers


def test_the_form_is_what_the_sets_check_of_every_case_and_the_versions_schema() -> None:
    found = {version: criteria().of("shop", version)[0] for version in ("v1", "v2")}
    kinds = {name: [spec.kind for spec in each.specs] for name, each in found.items()}
    assert kinds == {
        "v1": ["contains", "json_schema"],
        "v2": ["contains", "json_schema", "json_schema"],
    }
    assert found["v1"].specs[1].argument == {"type": "string"}
    assert found["v2"].specs[2].argument == {"type": "object"}
    assert found["v1"].is_of_form


def test_a_prompt_without_checks_has_no_form() -> None:
    assert [each.name for each in criteria().of("other", "v1")] == [
        "relevance", "accuracy", "safety"
    ]  # fmt: skip


def test_a_version_that_has_gone_is_held_to_the_checks_of_the_sets() -> None:
    assert [spec.kind for spec in criteria().of("shop", "v9")[0].specs] == [
        "contains", "json_schema"
    ]  # fmt: skip


def test_graders_are_written_as_in_eval_sets() -> None:
    inner = "{window: {graders: [{rubric: [Names 30 days, Is short]}, {not: {contains: 14-C}}]}}"
    [window] = criteria(scoring(inner)).of("shop", "v1")
    assert [(spec.kind, spec.negated) for spec in window.specs] == [
        ("rubric", False), ("contains", True)
    ]  # fmt: skip
    assert window.judge.startswith("claude-sonnet-5-5 ")
    assert window.is_graded


def test_schemas_are_seen_from_the_folder_of_eval_sets() -> None:
    [form] = criteria(scoring("{form: {graders: [{json_schema: form.json}]}}")).of("shop", "v1")
    assert form.specs[0].argument == {"type": "string"}
    assert (form.judge, form.is_graded) == ("", False)


def test_a_criterion_may_be_of_some_prompts_alone() -> None:
    sticks = criteria(scoring("{format: {prompts: [other]}, safety: {prompts: [shop]}}"))
    assert [each.name for each in sticks.of("shop", "v1")] == ["safety"]
    assert sticks.of("else", "v1") == []


def test_a_format_with_graders_of_its_own_is_a_criterion_like_others() -> None:
    sticks = criteria(scoring("{format: {graders: [{length: {max: 9}}]}}"))
    assert [spec.kind for spec in sticks.of("other", "v1")[0].specs] == ["length"]


@pytest.mark.parametrize(
    ("graders", "expected"),
    [
        ("[{contians: x}]", "criteria.a.graders[0].contians: unknown grader (did you mean"),
        ("[{contains: '{{order}}'}]", "graders[0].contains: names `order`, which a call of prod"),
        ("[{equals: '{{expected}}'}]", "names `expected`"),
        ("[{latency_ms: 9}]", "graders[0].latency_ms: a sample does not tell that"),
        ("[{contains: x, weight: 0}]", "graders: all of them have the weight 0"),
    ],
)
def test_what_cannot_be_held_against_a_call_is_refused(graders: str, expected: str) -> None:
    assert expected in problems(f"{{a: {{graders: {graders}}}}}")


def test_a_set_that_cannot_be_read_is_told() -> None:
    tree = {**TREE, "evalsets/broken.yaml": b"prompts: [shop]\ngraders: [{contians: x}]\n"}
    with pytest.raises(ConfigurationError, match=r"broken\.yaml"):
        read_criteria(Policy(), tree, FORMATS)


def test_the_schema_of_a_version_is_plain_data() -> None:
    form = criteria().of("shop", "v2")[0]
    assert json.dumps(form.specs[2].argument)
