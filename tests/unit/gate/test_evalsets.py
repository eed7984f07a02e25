"""Facts about which eval sets a change touches."""

from evalgate.adapters.files import read_yaml
from evalgate.adapters.formats import FORMATS
from evalgate.gate.evalsets import EvalSets, cases_for, covering
from evalgate.grading.evalset import read_evalset
from evalgate.model.evalset import EvalSet


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
