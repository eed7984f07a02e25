"""Facts about which eval sets a change touches."""

import pytest

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.evalsets import EvalSets, cases_for, covering, read_evalsets, read_sets
from evalgate.gate.gathering import Question, Sources, Trees
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.prompts.library import Prompt
from evalgate.prompts.view import Prompts


def evalset(*cases: str, prompts: str = "[p]", pass_at: float = 1.0) -> EvalSet:
    text = f"prompts: {prompts}\npass_at: {pass_at}\ngraders: [{{contains: x}}]\ncases:\n"
    text += "".join(f"  - {{{case}}}\n" for case in cases)
    return read_evalset(
        read_yaml("evalsets/s.yaml", text.encode()), name="s", tree={}, parser=FORMATS
    )


PAST = evalset("id: a", "id: b")


def changed(head: EvalSet, *, base: EvalSet = PAST, fork: EvalSet = PAST) -> dict[str, list[str]]:
    sets = EvalSets(base={"s": base}, fork={"s": fork}, head={"s": head})
    return {prompt: list(names) for prompt, names in sets.changed({}).items()}


def test_order_tags_and_clusters_change_nothing_that_must_be_run() -> None:
    assert changed(evalset("id: b", "id: a, tags: [t], cluster: c")) == {}


def test_a_case_a_flag_or_a_threshold_that_differs_is_a_change() -> None:
    assert changed(evalset("id: a", "id: b", "id: c")) == {"p": ["s (1 case new)"]}
    assert changed(evalset("id: a", "id: b, critical: true")) == {"p": ["s (1 case edited)"]}
    assert changed(evalset("id: a", "id: d", "id: c")) == {"p": ["s (2 cases new, 1 case deleted)"]}
    assert changed(evalset("id: a", "id: b", pass_at=0.5)) == {"p": ["s (2 cases edited)"]}


def test_guarding_a_further_prompt_changes_nothing_for_the_others() -> None:
    assert changed(evalset("id: a", "id: b", prompts="[p, q]")) == {"q": ["s"]}


def test_what_the_base_has_too_is_not_the_changes_doing() -> None:
    moved_on = evalset("id: a", "id: b", "id: c")
    assert changed(moved_on, base=moved_on) == {}
    assert changed(PAST, base=moved_on) == {}


def test_a_set_guards_only_the_prompts_that_it_names() -> None:
    assert covering("p", {"s": PAST}) == [PAST]
    assert covering("q", {"s": PAST}) == []
    assert list(cases_for("p", PAST)) == ["a", "b"]
    assert cases_for("q", PAST) == cases_for("p", None) == {}


def test_a_renamed_prompt_brings_its_eval_sets_along() -> None:
    head = evalset("id: a", "id: b", prompts="[q]")
    sets = EvalSets(base={"s": PAST}, fork={"s": PAST}, head={"s": head})
    assert sets.changed({}) == {"q": ("s",)}
    assert sets.changed({"q": "p"}) == {}


def test_splits_leave_out_the_cases_of_others_at_every_point() -> None:
    mixed = evalset("id: a, split: gate", "id: b, split: dev", "id: c")
    sets = EvalSets(base={"s": mixed}, fork={"s": mixed}, head={"s": mixed}).within(("gate",))
    for point in (sets.base, sets.fork, sets.head):
        assert [case.id for case in point["s"].cases] == ["a"]
    whole = EvalSets(base={}, fork={}, head={"s": mixed})
    assert whole.within(()) is whole


SET = b"""\
prompts: p
defaults: {vars: {photo: {file: a.png}}}
graders: [json_schema: reply.json]
cases: cases.jsonl
"""
PNG = b"\x89PNG\r\n\x1a\n"
TREE: Tree = {
    "evalsets/s.yaml": SET,
    "evalsets/cases.jsonl": b'{"id": "a"}',
    "evalsets/a.png": PNG,
    "evalsets/reply.json": b"{}",
}


def without(path: str) -> Tree:
    return {name: content for name, content in TREE.items() if name != path}


def at(head: Tree, *, base: Tree = TREE, fork: Tree = TREE) -> EvalSets:
    prompts = {"p": Prompt(name="p", folder="prompts/p", versions={}, live=None)}
    sources = Sources(
        question=Question(base="main", head=None, run_id="r"),
        base="1",
        head="2",
        policy=Policy(),
        bootstrap=False,
        policy_deleted=False,
        changed=frozenset(),
        trees=Trees(base=base, fork=fork, head=head),
        prompts=Prompts(base=prompts, fork=prompts, head=prompts),
        notes=(),
    )
    return read_evalsets(sources, FORMATS)


def test_a_set_that_is_the_same_everywhere_is_read_once() -> None:
    sets = at(TREE, base=dict(TREE), fork=dict(TREE))
    assert sets.head["s"] is sets.base["s"] is sets.fork["s"]
    assert sets.changed({}) == {}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("evalsets/s.yaml", SET + b"pass_at: 0.5\n"),
        ("evalsets/cases.jsonl", b'{"id": "b"}'),
        ("evalsets/a.png", PNG + b"2"),
        ("evalsets/reply.json", b'{"type": "object"}'),
    ],
)
def test_a_set_is_read_again_where_any_file_that_it_names_differs(
    path: str, content: bytes
) -> None:
    other = {**TREE, path: content}
    sets = at(other)
    fresh, problems = read_sets(other, "evalsets", FORMATS)
    assert (sets.head["s"], problems) == (fresh["s"], [])
    assert sets.base["s"] == at(TREE).head["s"] != sets.head["s"]
    assert list(sets.changed({})) == ["p"]


@pytest.mark.parametrize("path", sorted(TREE))
def test_a_file_that_only_the_head_has_is_not_taken_for_the_base_s(path: str) -> None:
    sets = at(TREE, base=without(path), fork=without(path))
    assert list(sets.head) == ["s"]
    assert (dict(sets.base), dict(sets.fork)) == ({}, {})
    assert sets.unreadable == (frozenset() if path == "evalsets/s.yaml" else {"s"})


@pytest.mark.parametrize("path", sorted(set(TREE) - {"evalsets/s.yaml"}))
def test_a_file_that_only_the_base_has_is_missed_at_the_head(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file"):
        at(without(path))


def test_an_attached_text_is_each_tree_s_own() -> None:
    text = b"prompts: p\ngraders: [contains: x]\ncases: [{id: a, vars: {f: {file: b.txt}}}]"
    base = {"evalsets/s.yaml": text, "evalsets/b.txt": b"1"}
    head = {**base, "evalsets/b.txt": b"2"}
    sets = at(head, base=base, fork=base)
    assert sets.head["s"].cases[0].files["b.txt"].content == b"2"
    assert sets.base["s"].cases[0].files["b.txt"].content == b"1"


def test_a_file_beside_that_no_set_names_changes_nothing() -> None:
    sets = at({**TREE, "evalsets/other.json": b"{}"})
    assert sets.head["s"] is sets.base["s"]


def test_what_a_case_s_hash_covers_is_a_change() -> None:
    for extra in ("reference: x", "tool_results: [{tool: t, content: x}]", "vars: {q: x}"):
        assert changed(evalset(f"id: a, {extra}", "id: b")) == {"p": ["s (1 case edited)"]}


def test_a_split_is_a_change_because_it_decides_whether_a_case_is_run() -> None:
    assert changed(evalset("id: a, split: dev", "id: b")) == {"p": ["s (1 case edited)"]}


def test_two_sets_of_one_name_are_a_problem() -> None:
    tree = {"evalsets/s.yaml": SET, "evalsets/s.yml": SET}
    _, problems = read_sets({**TREE, **tree}, "evalsets", FORMATS)
    assert [str(problem) for problem in problems] == [
        "evalsets/s.yml: evalsets/s.yaml has the same name: rename one of the two"
    ]
