"""A case written as it stands in an eval set."""

import json
import string
import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.cli.case_text import case_yaml
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Data, Tree
from evalgate.model.evalset import Case
from tests.machine import slowness

HEAD = "prompts: [p]\ndefaults: {tags: [all], vars: {shop: Quillfern}}\ngraders: [{contains: x}]\n"

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(" \n\t:#-'\"|>{}[]&*!%@`,?~abc0", max_size=20),
    st.sampled_from(["no", "1e3", "0o7", "2024-01-31", "1:30", "<<", "=", "~", ".inf", "\n x\n"]),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
written_cases = st.fixed_dictionaries(
    {
        "id": st.text(string.ascii_letters + string.digits + ":#-'{é日", min_size=1, max_size=20),
        "vars": st.dictionaries(st.sampled_from(["question", "no", "shop"]), values, max_size=3),
    },
    optional={
        "expected": values,
        "tags": st.lists(st.sampled_from(["refund", "no", "1e3", "a: b #c"]), max_size=3),
        "cluster": st.sampled_from(["yes", "2024-01-31"]),
        "critical": st.booleans(),
        "graders": st.just([{"rubric": ["- it: says so", {"criterion": "#1", "weight": 2}]}]),
        "reference": texts.filter(str.strip),
    },
)


def read(cases: str, tree: Tree | None = None) -> tuple[Case, ...]:
    document = read_yaml("evalsets/p.yaml", f"{HEAD}cases:\n{cases}".encode())
    return read_evalset(document, name="p", tree=tree or {}, parser=FORMATS).cases


def of_line(written: Mapping[str, Data]) -> Case:
    """Return the case of a JSON line, which no writer of YAML has touched."""
    tree = {"evalsets/p.jsonl": json.dumps(written).encode()}
    document = read_yaml("evalsets/p.yaml", f"{HEAD}cases: p.jsonl\n".encode())
    (case,) = read_evalset(document, name="p", tree=tree, parser=FORMATS).cases
    return case


def placed(case: Case) -> Case:
    """Return a case without the place at which it stands."""
    return replace(case, line=None, path="")


@given(written_cases)
def test_the_text_of_a_case_reads_as_the_same_case(written: Mapping[str, Data]) -> None:
    case = of_line(written)
    (again,) = read(case_yaml(case))
    assert placed(again) == placed(case)
    assert again.written == written


def test_a_case_is_one_entry_of_a_list_as_people_write_it() -> None:
    (case,) = read("""\
  - {id: late, vars: {question: "Where is it?\\nStill waiting: #1"}, tags: [refund], critical: true,
     expected: 'no', graders: [{not: {contains: sorry}}, {regex: '\\d+'}]}  # a comment
""")
    assert case_yaml(case) == snapshot("""\
- id: late
  vars:
    question: |-
      Where is it?
      Still waiting: #1
  tags:
  - refund
  critical: true
  expected: 'no'
  graders:
  - not:
      contains: sorry
  - regex: \\d+
""")


def test_what_the_set_gives_to_all_cases_is_left_out() -> None:
    (case,) = read("  - {id: late}\n")
    assert case.vars == {"shop": "Quillfern"}
    assert case_yaml(case) == "- id: late\n"


def test_aliases_and_merged_keys_are_written_out() -> None:
    first, second = read("""\
  - &a {id: one, vars: &v {question: Hi}, cluster: c}
  - {<<: *a, id: two, vars: {<<: *v, name: Ann}}
""")
    assert "*" not in case_yaml(second)
    texts = case_yaml(first), case_yaml(second)
    assert [read(text)[0].vars for text in texts] == [first.vars, second.vars]
    assert read(texts[1])[0].cluster == "c"


def test_a_case_of_a_json_line_becomes_yaml() -> None:
    case = of_line({"id": "late", "vars": {"question": "a\nb"}, "expected": "1e3"})
    assert case_yaml(case) == snapshot("""\
- id: late
  vars:
    question: |-
      a
      b
  expected: '1e3'
""")


def test_an_attachment_and_a_conversation_stay_what_they_are() -> None:
    tree = {"evalsets/terms.txt": b"30 days"}
    (case,) = read(
        "  - {id: late, vars: {terms: {file: terms.txt}, talk: [{role: user, content: 'no: #'}]}}\n",
        tree,
    )
    (again,) = read(case_yaml(case), tree)
    assert again == case
    assert again.files


@pytest.mark.parametrize("trap", ["no", "1e3", "0o7", "2024-01-31", " x", "x ", "a: b #c", "\ta"])
def test_a_text_that_looks_like_something_else_stays_a_text(trap: str) -> None:
    case = of_line({"id": "late", "vars": {"question": trap, trap: ""}})
    (again,) = read(case_yaml(case))
    assert again.vars == {"shop": "Quillfern", "question": trap, trap: ""}


def test_five_thousand_cases_take_no_second() -> None:
    listed = (
        f"  - {{id: c{n}, vars: {{question: 'number {n}'}}, tags: [a]}}\n" for n in range(500)
    )
    cases = read("".join(listed)) * 10
    begun = time.process_time()
    assert sum(len(case_yaml(case)) for case in cases) > 200_000
    assert time.process_time() - begun < 1 * slowness()
