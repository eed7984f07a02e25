"""Facts about what a calibrated judge, and a change of it, do to a whole gate."""

import json
from collections.abc import Mapping

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError
from evalgate.gate.calibration_file import calibration_document
from evalgate.grading.calibration import asked_hash
from evalgate.grading.evalset import read_evalset
from evalgate.model.calibration import Anchor, Calibration, print_of
from evalgate.model.policy import JudgeSettings
from evalgate.model.trial import Arm
from evalgate.model.verdict import Verdict
from evalgate.simulator.rules import Rules, read_rules
from tests.flow.test_gate import (
    BASE,
    DAMAGING,
    HARMLESS,
    NAMES,
    RULES,
    UNCALIBRATED,
    Run,
    gate,
)
from tests.flow.test_running import record

PLACE = "reports/calibrations/replies.json"
GOOD, BAD = "You have 30 days.", "Any time."
POLICY = ".github/evalgate.yml"
NEW_CASE = "  - {id: new, vars: {question: Hm}, graders: [{rubric: states the window}]}\n"


def rules() -> Rules:
    """Return rules under which a criterion about Latin is never met."""
    text = RULES + "  - criterion: Latin\n    passes: lorem ipsum\n"
    return read_rules(FORMATS.read_yaml("rules.yaml", text.encode()))


def calibration(
    *, right: int = 80, wrong: int = 0, sets: str = BASE["evalsets/replies.yaml"]
) -> dict[str, str]:
    """Return the file of a judge that is right and wrong so often, on as many cases."""
    read = read_evalset(
        FORMATS.read_yaml("evalsets/replies.yaml", sets.encode()),
        name="replies",
        tree={},
        parser=FORMATS,
    )
    anchors = tuple(
        Anchor(
            case=NAMES[number % len(NAMES)],
            answer=f"{GOOD if number % 2 else BAD} {number}",
            human=number % 2 == 1,
            judge=(number % 2 == 1) is (number < right),
        )
        for number in range(right + wrong)
    )
    found = Calibration(
        evalset="replies",
        judge=print_of(JudgeSettings()),
        asked={case.id: asked_hash(case) for case in read.cases},
        anchors=anchors,
    )
    return {PLACE: json.dumps(calibration_document(found))}


async def calibrated(
    change: Mapping[str, str], known: Mapping[str, str], *, base: Mapping[str, str] = BASE
) -> Run:
    trusted = {**base, **known}
    return await gate({**trusted, **change}, base=trusted, rules=rules())


async def test_the_limit_shrinks_with_the_judges_j() -> None:
    run = await calibrated(HARMLESS, calibration(right=185, wrong=15))
    [prompt] = run.verdict.prompts
    assert prompt.judge is not None
    assert 0.6 < prompt.judge.low < 0.8
    assert prompt.max_drop == pytest.approx(0.05 * prompt.judge.low)
    assert prompt.reasons[-1].code == "judge_scale"
    assert run.verdict.notes == ()


async def test_the_limit_that_would_still_do_is_on_the_policys_scale() -> None:
    base = {**BASE, POLICY: "gate: {max_drop: 20}\n"}
    run = await calibrated(HARMLESS, calibration(right=185, wrong=15), base=base)
    [prompt] = run.verdict.prompts
    assert prompt.turning is not None
    assert prompt.turning.limit is not None
    assert prompt.judge is not None
    assert prompt.delta is not None
    # On the judge's scale 4 points would do, of which J hides a part.
    assert prompt.turning.limit == pytest.approx(0.05)
    assert prompt.turning.limit * prompt.judge.low > -prompt.delta.low


async def test_what_only_advises_has_nothing_that_would_change_it() -> None:
    run = await calibrated(DAMAGING, calibration(right=15, wrong=185))
    [prompt] = run.verdict.prompts
    assert prompt.judge is not None
    assert not prompt.judge.proven
    assert prompt.turning is None


async def test_the_lower_limit_of_j_is_that_of_the_policys_error_rate() -> None:
    found = []
    for alpha in (0.05, 0.2):
        base = {**BASE, POLICY: f"gate: {{max_drop: 5, alpha: {alpha}}}\n"}
        run = await calibrated(HARMLESS, calibration(right=185, wrong=15), base=base)
        scale = run.verdict.prompts[0].judge
        assert scale is not None
        found.append(scale.low)
    assert found[0] + 0.02 < found[1] < 0.85


async def test_the_scaled_limit_holds_where_the_base_keeps_a_record_too() -> None:
    first = await gate(BASE | HARMLESS, rules=rules())
    kept = record([trial for trial in first.trials if trial.arm is Arm.BASELINE])
    run = await calibrated(HARMLESS, {**calibration(right=185, wrong=15), **kept})
    [prompt] = run.verdict.prompts
    assert run.plan.matchups[0].history is not None
    assert prompt.judge is not None
    assert prompt.max_drop == pytest.approx(0.05 * prompt.judge.low)
    assert f"{prompt.max_drop * 100:.1f} points" in prompt.reasons[0].message


async def test_a_record_of_the_baseline_is_none_of_the_judges() -> None:
    first = await gate(BASE | HARMLESS, rules=rules())
    kept = record([trial for trial in first.trials if trial.arm is Arm.BASELINE])
    other = {POLICY: "gate: {max_drop: 5}\njudge: {model: claude-haiku-5-5}\n"}
    run = await calibrated({**HARMLESS, **other}, {**calibration(), **kept})
    prompt, judge = run.plan.matchups
    assert (prompt.history is None, judge.history is None) == (False, True)
    assert [each.name for each in run.verdict.prompts] == ["p", "judge"]


@pytest.mark.parametrize("new", ["", NEW_CASE], ids=["the same set", "a new judged case"])
async def test_only_the_part_that_is_compared_and_has_a_rubric_is_scaled(new: str) -> None:
    half = BASE["evalsets/replies.yaml"].replace(", {rubric: states the window}", "")
    some = "".join(
        line.replace("}}", "}, graders: [{rubric: states the window}]}")
        if f"id: {NAMES[0]}," in line or f"id: {NAMES[1]}," in line
        else line
        for line in half.splitlines(keepends=True)
    )
    sets = {"evalsets/replies.yaml": some}
    known = calibration(right=2, sets=some)
    policy = {POLICY: "gate: {max_drop: 5}\njudge: {min_agreement: 0}\n"}
    change = {**HARMLESS, "evalsets/replies.yaml": some + new}
    run = await calibrated(change, known, base={**BASE, **sets, **policy})
    [prompt] = run.verdict.prompts
    assert prompt.judge is not None
    assert prompt.judge.share == pytest.approx(2 / 80)
    hidden = min(0.05, 2 / 80)
    low = max(0.0, prompt.judge.low)
    assert prompt.judge.limit == pytest.approx(low * hidden + 0.05 - hidden)


@pytest.mark.parametrize(
    ("change", "would_be"), [(HARMLESS, "pass"), (DAMAGING, "fail")], ids=["harmless", "damaging"]
)
async def test_an_unproven_judge_advises_what_a_proven_one_would_decide(
    change: Mapping[str, str], would_be: str
) -> None:
    run = await calibrated(change, calibration(right=60, wrong=40))
    [prompt] = run.verdict.prompts
    assert prompt.verdict is Verdict.NOT_APPLICABLE
    assert prompt.reasons[0].code == "judge_unproven"
    assert f"would have been: {would_be}." in prompt.reasons[0].message
    assert "is not gated" in run.verdict.notes[-1]


async def test_a_change_cannot_bring_a_calibration_of_its_own() -> None:
    run = await gate(BASE | HARMLESS | calibration(), rules=rules())
    [prompt] = run.verdict.prompts
    assert prompt.judge is None
    assert run.verdict.notes == (
        f"{PLACE} changed: what it says of the judge takes effect after the merge.",
        UNCALIBRATED,
    )


async def test_anchors_of_rubrics_that_the_base_has_changed_since_are_left_out() -> None:
    edited = BASE["evalsets/replies.yaml"].replace(
        f"{{question: 'may I return it {NAMES[3]}'}}", "{question: 'may I return this'}"
    )
    known = calibration(right=160)
    run = await calibrated(HARMLESS, known, base={**BASE, "evalsets/replies.yaml": edited})
    [prompt] = run.verdict.prompts
    assert prompt.judge is not None
    assert prompt.judge.labels == 158
    assert [note for note in run.verdict.notes if "2 labelled answers" in note]


async def test_a_change_cannot_pick_the_anchors_that_count() -> None:
    edited = BASE["evalsets/replies.yaml"].replace(
        f"{{question: 'may I return it {NAMES[3]}'}}", "{question: 'may I return this'}"
    )
    head = {**HARMLESS, "evalsets/replies.yaml": edited}
    run = await calibrated(head, calibration(right=160))
    [prompt] = [each for each in run.verdict.prompts if each.name == "p"]
    assert prompt.judge is not None
    assert prompt.judge.labels == 160


async def test_a_calibration_of_another_judge_does_not_count() -> None:
    other = {POLICY: "gate: {max_drop: 5}\njudge: {votes: 3}\n"}
    run = await calibrated(HARMLESS, calibration(), base={**BASE, **other})
    assert run.verdict.prompts[0].judge is None
    assert run.verdict.notes == (
        f"{PLACE} is of another judge than the policy's and does not count: "
        "run evalgate calibrate again.",
    )


async def test_simulated_verdicts_count_in_simulated_gates_alone() -> None:
    known = {PLACE: json.dumps({**json.loads(calibration()[PLACE]), "simulated": True})}
    real = await calibrated(HARMLESS, known)
    assert real.verdict.prompts[0].judge is None
    assert real.verdict.notes == (
        f"{PLACE} was made with simulated verdicts and does not count: run evalgate calibrate "
        "again.",
    )
    trusted = {**BASE, **known}
    played = await gate({**trusted, **HARMLESS}, base=trusted, rules=rules(), simulated=True)
    assert played.verdict.prompts[0].judge is not None


async def test_a_broken_calibration_is_an_error_of_the_base() -> None:
    with pytest.raises(ConfigurationError, match=r"replies\.json.*in the file of the base"):
        await calibrated(HARMLESS, {PLACE: "{}"})


async def test_a_calibration_under_the_name_of_another_set_is_an_error() -> None:
    renamed = {"reports/calibrations/old.json": calibration()[PLACE]}
    with pytest.raises(ConfigurationError, match=r"old\.json: evalset: .*rename it"):
        await calibrated(HARMLESS, renamed)


async def test_a_rollback_goes_through_whatever_state_the_calibrations_are_in() -> None:
    past = {
        "prompts/p/v2.md": HARMLESS["prompts/p/v2.md"],
        "prompts/p/live.yaml": "stable: v2\nhistory: [{stable: v1}, {stable: v2}]\n",
    }
    back = {
        "prompts/p/live.yaml": "stable: v1\nhistory: [{stable: v1}, {stable: v2}, {stable: v1}]\n"
    }
    run = await calibrated(back, {PLACE: "{}"}, base={**BASE, **past})
    assert run.verdict.verdict is Verdict.PASS
