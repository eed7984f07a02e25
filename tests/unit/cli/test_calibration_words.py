"""Facts about saying what a calibration found."""

from dataclasses import replace

from inline_snapshot import snapshot

from evalgate.cli.calibration_words import (
    calibration_lines,
    disagreement_data,
    drift_lines,
    labels_line,
    worst_first,
)
from evalgate.deciding.judge_drift import Rejudged, drift
from evalgate.deciding.judge_measures import Agreement
from evalgate.gate.calibrating import JudgedAnswer, Said, calibrations
from evalgate.gate.drifting import DriftOfSet, JudgedAgain
from evalgate.gate.labels import LabelledAnswer, Labels
from evalgate.model.calibration import Anchor
from evalgate.model.evalset import Case, Criterion, EvalSet, GraderSpec
from evalgate.model.policy import JudgeSettings

RUBRIC = GraderSpec(kind="rubric", name="manners", criteria=(Criterion(text="Is kind"),))
SET = EvalSet(name="replies", path="evalsets/replies.yaml", prompts=("p",), cases=())


def judged(
    case: str, *, human: bool | None, judge: bool | None, answer: str = "Hi", cause: str = ""
) -> JudgedAnswer:
    of = Case(id=case, vars={}, expected=None, graders=(RUBRIC,), hash="h")
    criteria = {} if human is None else {"Is kind": human}
    return JudgedAnswer(
        label=LabelledAnswer(evalset=SET, case=of, answer=answer, human=human, criteria=criteria),
        said=Said(
            passed=judge,
            criteria={} if judge is None else {"Is kind": judge},
            reason="It says so.",
            cause=cause,
        ),
    )


SOME = [
    *[judged(f"g{number}", human=True, judge=True) for number in range(40)],
    *[judged(f"b{number}", human=False, judge=False) for number in range(20)],
    judged("b1", human=False, judge=True, answer="Whenever\nyou\x1b[31m like ::error:: it"),
    judged("g9", human=True, judge=False),
    judged("b1", human=False, judge=True, answer="Always"),
    judged("b7", human=False, judge=True),
    judged("g3", human=True, judge=None, cause="cannot_tell"),
    judged("g4", human=None, judge=True),
]


def said(answers: list[JudgedAnswer], least: float | None = 0.8) -> str:
    [calibration] = calibrations(answers, JudgeSettings()).values()
    return "\n".join(calibration_lines(calibration, answers, least=least, alpha=0.05))


def test_a_calibration_is_told_on_one_screen() -> None:
    assert said(SOME) == snapshot("""\
replies: judged by claude-sonnet-5-5, effort low, 1 vote
  people pass: the judge passes 40, fails 1
  people fail: the judge passes 3, fails 20
  no verdict of the judge on 1: 1 cannot_tell
  1 with labels of some criteria only: they count there alone
  sensitivity  .97  .87 to .99     of the answers that people pass, the share that the judge passes
  specificity  .86  .66 to .97     of the answers that people fail, the share that the judge fails
  kappa        .86  .73 to .99     agreement beyond chance
  J            .84  .61 to .95     sensitivity + specificity − 1
  J is at least .65: less than the policy's .80, so the gate only advises on this set
  too few labels to know the judge well: 64 of 100, and 23 failing ones of 30; label more answers
  by criterion (people/judge): pass/pass, pass/fail, fail/pass, fail/fail
       40     1     3    20  Is kind
  4 disagreements to read, worst first:
    b1: people say fail, the judge pass
      the judge: It says so.
      the answer: Always
    b1: people say fail, the judge pass
      the judge: It says so.
      the answer: Whenever you␛[31m like :\u200b:error:\u200b: it
    b7: people say fail, the judge pass
      the judge: It says so.
      the answer: Hi
    g9: people say pass, the judge fail
      the judge: It says so.
      the answer: Hi\
""")


def test_nothing_in_an_answer_acts_in_a_terminal_or_a_log() -> None:
    text = said(SOME)
    assert "\x1b" not in text
    assert "::error" not in text


def test_enough_labels_call_for_no_advice() -> None:
    many = [
        *[judged(f"g{number}", human=True, judge=True) for number in range(70)],
        *[judged(f"b{number}", human=False, judge=False) for number in range(30)],
    ]
    assert "too few labels" not in said(many)
    assert "too few labels" in said(many[:-1])
    assert "only advises" not in said(many)


def test_the_limit_is_scaled_only_where_the_judge_decides() -> None:
    assert "J is at least .65: the limit of the gate is multiplied by that" in said(SOME, 0.5)
    few = said(SOME[:1], None)
    assert "multiplied" not in few
    assert "less than 0.4 (the default), so the gate only advises" in few


def test_one_stated_verdict_is_told_in_the_singular() -> None:
    [stated] = [
        replace(each, label=replace(each.label, judge=True, has_verdict=True)) for each in SOME[:1]
    ]
    assert "1 of the judge's verdicts is one that the file states" in said([stated])
    assert "2 of the judge's verdicts are those that" in said([stated, stated])


def test_bad_answers_that_pass_come_first_and_then_the_cases_with_most() -> None:
    found = [(each.label.case.id, each.label.answer) for each in worst_first(SOME)]
    assert [case for case, _ in found] == ["b1", "b1", "b7", "g9"]
    assert found[0][1] == "Always"


def test_a_disagreement_is_told_to_machines_in_full() -> None:
    long = judged("a", human=False, judge=True, answer="x" * 5_000)
    assert disagreement_data(long) == {
        "case": "a",
        "human": "fail",
        "judge": "pass",
        "reason": "It says so.",
        "answer": "x" * 5_000,
    }


def test_rows_that_became_no_answers_are_told() -> None:
    labels = Labels(answers=(), rows=1_200, left_out={"told twice": 3, "without a label": 1_197})
    assert (
        labels_line(labels) == "1,200 rows: 0 labelled answers, 3 told twice, 1,197 without a label"
    )


def again(flips: int, *, low: float = 0.7) -> DriftOfSet:
    anchor = Anchor(case="a", answer="Hi", human=True, judge=True)
    told = [Said(passed=number >= flips, reason="Now so.") for number in range(40)]
    return DriftOfSet(
        evalset="replies",
        judged=tuple(JudgedAgain(anchor=anchor, now=each) for each in told),
        left_out=2,
        drift=drift([Rejudged(human=True, then=True, now=each.passed is True) for each in told]),
        agreement=Agreement(labels=40, youden=0.8, low=low),
        least=0.4,
    )


def test_a_judge_that_holds_still_is_said_to() -> None:
    assert "\n".join(drift_lines(again(1))) == snapshot("""\
replies: 40 labelled answers judged again, 0 now pass, 1 now fail; 0 towards people, 1 away
  2 left out, their cases changed
  case                      people  then  now
  a                         pass    pass  fail
    the judge now: Now so.
  chance of such flips from an unchanged judge: towards one verdict 1.0000, away from people 1.0000; drift is below 0.005, which takes 9 flips one way
  J is .80, at least .70
  The judge has not drifted on replies, as far as these answers can tell.\
""")
    assert again(1).is_well


def test_drift_and_too_little_agreement_are_told_apart() -> None:
    assert list(drift_lines(again(9)))[-1] == snapshot(
        "  The judge has drifted on replies: look at the flips, then calibrate again or pin another model."
    )
    assert list(drift_lines(again(0, low=0.3)))[-1] == snapshot(
        "  The judge agrees too little with people on replies: J is at least .30, the policy wants .40."
    )
    assert not again(9).is_well
    assert not again(0, low=0.3).is_well


def test_a_judge_that_falls_silent_is_not_well() -> None:
    quiet = again(0)
    silent = JudgedAgain(anchor=quiet.judged[0].anchor, now=Said(passed=None, cause="refused"))
    few = replace(quiet, judged=(*quiet.judged[:38], *[silent] * 2))
    many = replace(quiet, judged=(*quiet.judged[:37], *[silent] * 3))
    assert (few.is_well, many.is_well) == (True, False)
    assert "gives no verdict on 3 of 40 answers to replies" in list(drift_lines(many))[-1]


def test_a_great_many_flips_are_not_all_listed() -> None:
    lots = replace(again(0), judged=again(40).judged * 3)
    lines = list(drift_lines(lots))
    assert "  and 70 more" in lines
    assert len(lines) < 120
