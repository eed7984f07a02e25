"""Facts about trying a changed judge on the labelled answers."""

import json

from evalgate.model.trial import Arm
from evalgate.model.verdict import PromptVerdict, Verdict
from tests.flow.test_gate import BASE, NAMES, Run, evalset
from tests.flow.test_judge_standing import PLACE, POLICY, calibrated, calibration

STRICT = evalset(NAMES).replace("states the window", "states it in Latin")
RUBRIC_MATTERS = {"evalsets/replies.yaml": STRICT}
ANOTHER_JUDGE = {POLICY: "gate: {max_drop: 5}\njudge: {model: claude-haiku-5-5}\n"}


def judge_of(run: Run) -> PromptVerdict:
    [found] = [prompt for prompt in run.verdict.prompts if prompt.name == "judge"]
    return found


def asked_of_judge(run: Run) -> int:
    """Return how many trials of the judge made a call."""
    return sum(trial.prompt == "judge" and trial.calls > 0 for trial in run.trials)


async def test_a_rubric_that_makes_the_judge_wrong_fails_by_its_own_verdict() -> None:
    run = await calibrated(RUBRIC_MATTERS, calibration())
    judge = judge_of(run)
    assert (judge.verdict, judge.evalset) == (Verdict.FAIL, "replies")
    assert judge.why == ("what the judge is asked changes in 80 cases",)
    assert judge.max_drop == 0.05
    assert judge.candidate is not None
    assert judge.baseline is not None
    assert judge.candidate.hash != judge.baseline.hash
    assert asked_of_judge(run) == 80
    assert run.verdict.verdict is Verdict.FAIL


async def test_an_edit_that_leaves_the_judge_right_passes() -> None:
    reworded = evalset(NAMES).replace("states the window", "clearly states the window")
    run = await calibrated({"evalsets/replies.yaml": reworded}, calibration())
    assert judge_of(run).verdict is Verdict.PASS


async def test_only_answers_to_edited_cases_are_judged_again() -> None:
    text = BASE["evalsets/replies.yaml"].replace(
        f"may I return it {NAMES[3]}'}}", f"may I return it, {NAMES[3]}'}}"
    )
    run = await calibrated({"evalsets/replies.yaml": text}, calibration(right=160))
    judge = judge_of(run)
    assert judge.verdict is Verdict.PASS
    assert asked_of_judge(run) == 2
    own = [trial for trial in run.trials if trial.prompt == "judge"]
    assert len(own) == 320
    assert {trial.reused for trial in own if trial.arm is Arm.BASELINE} == {"record"}


async def test_another_judge_is_asked_about_every_anchor_over_the_bases_route() -> None:
    run = await calibrated(ANOTHER_JUDGE, calibration())
    judge = judge_of(run)
    assert (judge.verdict, asked_of_judge(run)) == (Verdict.PASS, 80)
    assert judge.candidate is not None
    assert judge.candidate.version == "claude-haiku-5-5, low"
    assert {request.model for request in run.model.sent} == {"claude-haiku-5-5"}
    assert run.verdict.cost_usd == judge.cost_usd
    assert run.verdict.verdict is Verdict.PASS


async def test_a_route_of_the_change_is_not_taken() -> None:
    policy = (
        "gate: {max_drop: 5}\njudge: {model: claude-haiku-5-5, route: away}\n"
        "routes: {away: {provider: vertex, region: eu, project: x}}\n"
    )
    run = await calibrated({POLICY: policy}, calibration())
    assert judge_of(run).verdict is Verdict.PASS
    assert {(request.model, request.route) for request in run.model.sent} == {
        ("claude-haiku-5-5", "")
    }


async def test_too_few_anchors_leave_a_changed_judge_undecided() -> None:
    run = await calibrated(ANOTHER_JUDGE, calibration(right=10))
    assert judge_of(run).verdict is Verdict.INCONCLUSIVE


async def test_without_anchors_a_changed_judge_is_a_note() -> None:
    run = await calibrated(ANOTHER_JUDGE, {})
    assert run.verdict.prompts == ()
    assert [note for note in run.verdict.notes if "the base has no labelled answers" in note]


async def test_another_route_or_demand_is_no_other_judge() -> None:
    same = {POLICY: "gate: {max_drop: 5}\njudge: {min_agreement: 0.2}\n"}
    run = await calibrated(same, calibration())
    assert (run.verdict.prompts, run.trials) == ((), [])


async def test_the_demands_on_prompts_are_none_on_a_judge() -> None:
    demanding = {POLICY: "gate: {max_drop: 5, min_pass_rate: 1}\n"}
    other = {POLICY: "gate: {max_drop: 5, min_pass_rate: 1}\njudge: {effort: high}\n"}
    known = json.loads(calibration()[PLACE])
    for anchor in known["anchors"][:2]:  # people and any judge disagree about these
        anchor["human"] = "pass" if anchor["human"] == "fail" else "fail"
    run = await calibrated(other, {PLACE: json.dumps(known)}, base={**BASE, **demanding})
    judge = judge_of(run)
    assert judge.head_pass_rate is not None
    assert judge.head_pass_rate < 1
    assert judge.verdict is Verdict.PASS


def told(run: Run) -> str:
    """Return the note about anchors that the head takes from the judge."""
    [note] = [note for note in run.verdict.notes if "does not decide at the head" in note]
    return note


async def test_deleting_their_cases_sheds_no_anchor_of_a_changed_judge() -> None:
    fewer = {"evalsets/replies.yaml": evalset(NAMES[:10])}
    run = await calibrated({**ANOTHER_JUDGE, **fewer}, calibration())
    assert asked_of_judge(run) == 80
    assert told(run).startswith(f"70 labelled answers in {PLACE} are of cases")


async def test_deleting_rubrics_sheds_no_anchor_of_a_changed_judge() -> None:
    none = BASE["evalsets/replies.yaml"].replace(", {rubric: states the window}", "")
    run = await calibrated({**ANOTHER_JUDGE, "evalsets/replies.yaml": none}, calibration())
    assert asked_of_judge(run) == 80
    assert told(run).startswith("80 labelled answers")


async def test_a_new_rubric_is_tried_where_its_cases_are_renamed_with_it() -> None:
    renamed = STRICT.replace("id: ", "id: new-")
    assert renamed != STRICT
    run = await calibrated({"evalsets/replies.yaml": renamed}, calibration())
    assert judge_of(run).verdict is Verdict.FAIL
    assert not [note for note in run.verdict.notes if "at the head" in note]


async def test_deleting_a_case_is_no_change_of_the_judge() -> None:
    fewer = {"evalsets/replies.yaml": evalset(NAMES[:79])}
    run = await calibrated(fewer, calibration())
    assert not [prompt for prompt in run.verdict.prompts if prompt.name == "judge"]
    assert told(run).startswith(f"1 labelled answer in {PLACE} is of cases")


async def test_a_case_that_is_gone_is_not_taken_for_another_that_was_there_too() -> None:
    asks = f"may I return it {NAMES[0]}"
    alike = BASE["evalsets/replies.yaml"].replace(f"may I return it {NAMES[1]}'", f"{asks}'")
    fewer = "".join(line for line in alike.splitlines(True) if f"id: {NAMES[0]}," not in line)
    assert (alike.count(f"{asks}'"), fewer.count(f"{asks}'")) == (2, 1)
    run = await calibrated(
        {"evalsets/replies.yaml": fewer},
        calibration(sets=alike),
        base={**BASE, "evalsets/replies.yaml": alike},
    )
    assert told(run).startswith(f"1 labelled answer in {PLACE} is of cases")
