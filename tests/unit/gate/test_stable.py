"""Facts about the plan of stable versions, and about what a record of them needs to have run."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from evalgate.errors import ConfigurationError, UsageError
from evalgate.gate.gathering import Question
from evalgate.gate.planning import Plan, plan_hash
from evalgate.gate.stable import stable_plan, topped_up
from evalgate.model.comparison import NONE, CaseKind
from evalgate.model.revision import WORK_TREE
from tests.flow.test_recorded import world
from tests.unit.gate.planned import BASE, VERSION, work_tree

QUESTION = Question(base=WORK_TREE, head=None, run_id="r")
TWO = BASE | {
    "prompts/q/v1.md": VERSION,
    "prompts/q/v2.md": VERSION + "more\n",
    "prompts/q/live.yaml": "stable: v2\n",
    "evalsets/b.yaml": "prompts: [p, q]\ngraders: [{contains: y}]\n"
    "cases: [{id: d, vars: {question: z}, critical: true, tags: [t], cluster: k}]\n",
}


def plan(files: Mapping[str, str] = TWO, *names: str) -> Plan:
    return stable_plan(QUESTION, replace(world(), repository=work_tree(files)), names=names)


def matched(of: Plan) -> list[tuple[str, str, str]]:
    return [
        (each.candidate.version.prompt, each.candidate.version.version, each.evalset.name)
        for each in of.matchups
    ]


def test_each_stable_version_meets_itself_on_each_set_that_covers_it() -> None:
    found = plan()
    assert matched(found) == [("p", "v1", "a"), ("p", "v1", "b"), ("q", "v2", "b")]
    assert all(each.candidate.baseline is each.candidate.version for each in found.matchups)
    assert found.notes == ()


def test_the_cases_run_as_a_gate_would_run_them() -> None:
    (case,) = plan(TWO, "q").matchups[0].planned
    assert (case.kind, case.tags, case.cluster, case.critical) == (CaseKind.SAME, ("t",), "k", True)
    # The policy says two trials, and three for a critical case.
    assert (case.baseline, case.candidate) == (range(3), range(3))
    assert plan().matchups[0].planned[0].candidate == range(2)


def test_the_prompts_that_are_named_are_taken_alone() -> None:
    assert matched(plan(TWO, "q")) == [("q", "v2", "b")]


def test_an_unknown_prompt_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"--prompt: there is no prompt `qq` \(did you mean `q`"):
        plan(TWO, "qq")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"prompts/q/live.yaml": "canary: {version: v1, percent: 5}\n"}, "has no stable version"),
        ({"prompts/q/live.yaml": "stable: v7\n"}, "its stable version v7 does not exist"),
        ({"evalsets/b.yaml": TWO["evalsets/b.yaml"].replace(", q", "")}, "no eval set covers it"),
    ],
)
def test_a_prompt_with_nothing_to_run_is_told_and_left_out(
    change: dict[str, str], why: str
) -> None:
    found = plan(TWO | change)
    assert {prompt for prompt, _, _ in matched(found)} == {"p"}
    assert len(found.notes) == 1
    assert found.notes[0].startswith("q is left out: ")
    assert plan(TWO | change, "p").notes == ()
    assert why in found.notes[0]
    with pytest.raises(UsageError, match=why):
        plan(TWO | change, "q")


def test_a_case_that_does_not_fit_the_stable_version_is_refused_once() -> None:
    wrong = TWO["evalsets/b.yaml"].replace("question", "frage")
    with pytest.raises(ConfigurationError) as refused:
        plan(TWO | {"evalsets/b.yaml": wrong}, "q")
    assert len(refused.value.problems) == len(set(refused.value.problems))
    assert "case d" in str(refused.value)


def test_a_broken_stable_version_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"prompts/q/v2\.md"):
        plan(TWO | {"prompts/q/v2.md": "no front matter"})


def test_a_look_alike_in_the_work_tree_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"looks like `v3\.md`"):
        plan(TWO | {"prompts/q/v03.txt": VERSION})


def test_topped_up_means_so_many_trials_of_each_case_in_one_arm() -> None:
    found = topped_up(plan(), 4)
    numbers = {(case.baseline, case.candidate) for each in found.matchups for case in each.planned}
    assert numbers == {(NONE, range(4))}
    assert {
        (each.candidate.baseline, each.candidate.unchanged, each.history) for each in found.matchups
    } == {(None, True, None)}
    assert found.trials == 4 * 4


def test_another_number_of_trials_is_another_plan() -> None:
    assert plan_hash(topped_up(plan(), 3)) != plan_hash(topped_up(plan(), 4))


@pytest.mark.parametrize("trials", [0, -1, 11])
def test_more_than_a_record_holds_and_less_than_one_is_refused(trials: int) -> None:
    with pytest.raises(UsageError, match=r"from 1 to 10, as many as are used of a record"):
        topped_up(plan(), trials)


def test_the_policy_says_how_much_a_record_holds() -> None:
    policy = {".github/evalgate.yml": "run: {trials: 2, record_trials: 12}\n"}
    assert topped_up(plan(TWO | policy), 12).trials == 48
