"""Facts about a plan that is narrowed to a few cases."""

from dataclasses import replace

import pytest

from evalgate.deciding.looks import Look
from evalgate.errors import UsageError
from evalgate.gate.looks import History
from evalgate.gate.narrowing import narrowed
from evalgate.gate.planning import Plan, plan_document, plan_hash
from evalgate.gate.resuming import check_decides, check_same, read_begun
from evalgate.gate.trials import planned_trials
from evalgate.model.calibration import AnchorCheck
from evalgate.model.comparison import NONE
from evalgate.model.document import Document
from evalgate.model.policy import JudgeSettings
from evalgate.model.trial import Arm
from evalgate.running.selection import Selection
from tests.unit.gate.planned import BASE, CHANGE, plan

OTHER = {
    "prompts/q/v1.md": BASE["prompts/p/v1.md"],
    "prompts/q/live.yaml": "stable: v1\n",
    "evalsets/b.yaml": BASE["evalsets/a.yaml"].replace("[p]", "[p, q]"),
}
WIDE = plan(CHANGE | OTHER | {"prompts/q/v2.md": "---\nmodel: claude-haiku-5-5\nmax_tokens: 5\n---\n## user\n{{question}}!\n"}, base=BASE | OTHER)  # fmt: skip


def keys(of: Plan) -> set[tuple[str, str, str, Arm, int]]:
    return {
        (each.version.prompt, each.evalset.name, each.case.id, each.arm, each.index)
        for each in planned_trials(of)
    }


def test_only_the_trials_of_the_cases_are_left_in_both_arms() -> None:
    whole, few = plan(), narrowed(plan(), Selection(cases=("a",)))
    assert keys(few) == {key for key in keys(whole) if key[2] == "a"}
    assert {key[3] for key in keys(few)} == set(Arm)
    assert len(keys(few)) == 4


def test_all_cases_of_an_id_are_meant_unless_prompt_or_set_are_named() -> None:
    def found(selection: Selection) -> set[tuple[str, str]]:
        return {key[:2] for key in keys(narrowed(WIDE, selection))}

    assert found(Selection(cases=("a",))) == {("p", "a"), ("p", "b"), ("q", "b")}
    assert found(Selection(cases=("a",), prompt="p")) == {("p", "a"), ("p", "b")}
    assert found(Selection(cases=("a",), evalset="b")) == {("p", "b"), ("q", "b")}
    assert found(Selection(cases=("a",), prompt="p", evalset="b")) == {("p", "b")}


def test_the_number_of_trials_can_be_another_and_a_case_without_baseline_stays_so() -> None:
    new = BASE["evalsets/a.yaml"].replace("{id: c,", "{id: fresh, vars: {question: z}}, {id: c,")
    few = narrowed(
        plan(CHANGE | {"evalsets/a.yaml": new}), Selection(cases=("a", "fresh"), trials=7)
    )
    planned = {case.case: case for case in few.matchups[0].planned}
    assert (planned["a"].baseline, planned["a"].candidate) == (range(7), range(7))
    assert (planned["fresh"].baseline, planned["fresh"].candidate) == (NONE, range(7))


def test_the_trials_of_a_judge_are_those_of_its_labels() -> None:
    whole = plan()
    anchor = AnchorCheck(answer="", human=True, settings=JudgeSettings())
    tried = replace(whole.matchups[0], checks={(Arm.CANDIDATE, "a", 0): anchor})
    few = narrowed(replace(whole, matchups=(tried,)), Selection(cases=("a",), trials=7))
    assert few.matchups[0].planned == tried.planned[:1]


def test_a_case_on_record_has_its_usual_trials_and_no_looks() -> None:
    whole = plan()
    (matchup,) = whole.matchups
    history = History(
        usual=matchup.planned,
        outcomes={"a": (1.0,) * 10},
        looks=(Look(share=1.0, rounds=1, level=0.05),),
        may_grow=True,
        is_adaptive=False,
        half=frozenset(),
        probed=frozenset(),
    )
    one = tuple(replace(case, baseline=range(10), candidate=range(1)) for case in matchup.planned)
    adaptive = replace(whole, matchups=(replace(matchup, planned=one, history=history),))
    few = narrowed(adaptive, Selection(cases=("a",)))
    assert few.matchups[0].history is None
    assert few.matchups[0].preflight is None
    assert few.matchups[0].planned == matchup.planned[:1]


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(cases=("a", "cc")), "--case: `cc` is not run here (did you mean `c`?)"),
        (
            Selection(cases=("a",), prompt="pp"),
            "--prompt: `pp` is not run here (did you mean `p`?)",
        ),
        (Selection(cases=("a",), evalset="x"), "--evalset: `x` is not run here (known: a)"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(selection: Selection, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        narrowed(plan(), selection)
    assert str(caught.value) == said


def test_a_case_of_a_prompt_that_did_not_change_is_no_case_to_run() -> None:
    with pytest.raises(UsageError, match="nothing is run between b and h"):
        narrowed(plan(BASE), Selection(cases=("a",)))


def test_one_error_ends_nothing_where_nothing_is_decided() -> None:
    few = narrowed(plan(), Selection(cases=("a",)))
    assert few.sources.policy.gate.error_budget == 1
    assert few.sources.policy.hash == plan().sources.policy.hash


def test_the_run_of_a_sets_only_case_is_not_the_run_of_the_set() -> None:
    only = BASE["evalsets/a.yaml"].replace(", {id: c, vars: {question: y}}", "")
    base = BASE | {"evalsets/a.yaml": only}
    whole = plan(base | {"prompts/p/v2.md": CHANGE["prompts/p/v2.md"]}, base=base)
    few = narrowed(whole, Selection(cases=("a",)))
    assert keys(few) == keys(whole)
    assert plan_hash(few) != plan_hash(whole)


def test_what_the_plan_notes_of_its_cases_makes_the_same_plan_again() -> None:
    selection = Selection(cases=("a",), prompt="p", trials=3)
    few = narrowed(plan(), selection)
    begun = read_begun(Document(path="plan.json", data=plan_document(few), lines={}))
    assert begun.only == selection
    check_same(begun, narrowed(plan(), selection))
    with pytest.raises(UsageError, match="have changed since"):
        check_same(begun, plan())


def test_a_run_of_a_few_cases_is_refused_where_a_whole_one_is_meant() -> None:
    def begun(of: Plan) -> None:
        check_decides(read_begun(Document(path="plan.json", data=plan_document(of), lines={})))

    begun(plan())
    with pytest.raises(UsageError, match=r"plan\.json: this run is about 1 case alone"):
        begun(narrowed(plan(), Selection(cases=("a",))))


def test_a_prompt_that_has_none_of_the_cases_is_left_out() -> None:
    other = BASE["evalsets/a.yaml"].replace("[p]", "[q]").replace("id: a,", "id: z,")
    base = BASE | OTHER | {"evalsets/b.yaml": other}
    both = ("prompts/p/v2.md", "prompts/q/v2.md")
    head = base | dict.fromkeys(both, CHANGE["prompts/p/v2.md"])
    few = narrowed(plan(head, base=base), Selection(cases=("a",)))
    assert [matchup.evalset.name for matchup in few.matchups] == ["a"]
