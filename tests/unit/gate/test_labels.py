"""Facts about putting together what people said of answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.adapters.formats import FORMATS
from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.labels import LabelledAnswer, Labels, read_labels
from evalgate.grading.evalset import read_evalset
from evalgate.model.document import Data, Document

SET = b"""
prompts: [p]
cases:
  - id: a
    vars: {question: x}
    graders: [{rubric: [Is kind, Is short, {criterion: Is warm, required: false}]}]
  - id: b
    vars: {question: y}
    graders: [{rubric: Is kind}]
  - id: checked
    vars: {question: z}
    graders: [{contains: z}, {rubric: Is kind, required: false}]
"""
SETS = {
    name: read_evalset(
        FORMATS.read_yaml(f"evalsets/{name}.yaml", SET), name=name, tree={}, parser=FORMATS
    )
    for name in ("replies", "letters")
}


def row(line: int, **data: Data) -> Document:
    known: dict[str, Data] = {"evalset": "replies", "case": "a", "answer": "Hi", "human": "pass"}
    said: dict[str, Data] = {
        key: value for key, value in (known | data).items() if value is not None
    }
    return Document(path="labels.csv", data=said, lines={(): line})


def labels(*rows: Document | Problem, evalset: str | None = None) -> Labels:
    return read_labels(rows, SETS, evalset=evalset)


def one(*rows: Document) -> LabelledAnswer:
    [answer] = labels(*rows).answers
    return answer


def problems(*rows: Document | Problem, evalset: str | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        labels(*rows, evalset=evalset)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("pass", True), ("FAIL", False), (True, True), (0, False), (1, True), ("false", False)],
)
def test_a_label_is_read_however_it_is_spelt(word: Data, expected: bool) -> None:
    answer = one(row(2, human=word))
    assert (answer.human, answer.has_verdict, answer.case.id) == (expected, False, "a")


def test_labels_of_required_criteria_make_the_answers_own() -> None:
    kind, short = row(2, criterion="Is kind"), row(3, criterion="Is  short ", human="fail")
    answer = one(kind, short)
    assert answer.human is False
    assert answer.criteria == {"Is kind": True, "Is short": False}
    assert one(kind).human is None


def test_labels_that_contradict_each_other_are_named_with_both_places() -> None:
    assert problems(row(2), row(3, human="fail")) == [
        "labels.csv:3: human: labels.csv:2 says otherwise of the same answer"
    ]


def test_a_later_row_of_the_same_rater_corrects_an_earlier_one() -> None:
    found = labels(row(2, rater="ann"), row(3, rater="ann", human="fail"))
    [answer] = found.answers
    assert (answer.human, found.left_out) == (False, {"corrected later": 1})
    told_thrice = labels(
        *(row(n, rater="ann", human=h) for n, h in enumerate(("fail", "fail", "pass"), 2))
    )
    assert [each.human for each in told_thrice.answers] == [True]
    assert told_thrice.left_out == {"corrected later": 2}


def test_a_label_that_its_rater_is_no_longer_sure_of_is_withdrawn() -> None:
    found = labels(row(2, rater="ann"), row(3, rater="ann", human=None, note="unsure"))
    assert found.answers == ()
    assert found.left_out == {"corrected later": 1, "without a label": 1}
    kept = labels(row(2, rater="ann"), row(3, rater="bob", human=None), row(4, human=None))
    assert [each.human for each in kept.answers] == [True]


def test_raters_do_not_correct_each_other_and_a_correction_hides_no_contradiction() -> None:
    ann, bob = row(2, rater="ann"), row(3, rater="bob")
    [problem] = problems(ann, bob, row(4, rater="ann", human="fail"))
    assert problem == "labels.csv:3: human: labels.csv:4 says otherwise of the same answer"


def test_another_file_corrects_nothing() -> None:
    other = Document(path="other.csv", data=row(2, rater="ann", human="fail").data, lines={(): 2})
    [problem] = problems(row(2, rater="ann"), other)
    assert problem == "other.csv:2: human: labels.csv:2 says otherwise of the same answer"


def test_a_label_that_the_criteria_contradict_is_an_error() -> None:
    told = [row(2), row(3, criterion="Is kind"), row(4, criterion="Is short", human="fail")]
    assert problems(*told) == [
        "labels.csv:2: human: the labels of the criteria make this answer fail"
    ]


def test_rows_that_are_no_answers_are_counted() -> None:
    found = labels(
        row(2),
        row(3),
        row(4, human=None, answer="Bye"),
        row(5, evalset="letters"),
        row(6, evalset=None, case="b"),
        evalset="replies",
    )
    assert [each.case.id for each in found.answers] == ["a", "b"]
    assert found.rows == 5
    assert found.left_out == {
        "told twice": 1,
        "without a label": 1,
        "of other eval sets": 1,
    }


def test_without_a_named_set_every_row_must_name_its_own() -> None:
    assert [each.evalset.name for each in labels(row(2), row(3, evalset="letters")).answers] == [
        "replies",
        "letters",
    ]
    [problem] = problems(row(2, evalset=None))
    assert "the key `evalset` is missing: name the set, or give --evalset" in problem


def test_a_stated_verdict_needs_no_call() -> None:
    answer = one(row(2, judge="fail"))
    assert (answer.human, answer.has_verdict, answer.judge) == (True, True, False)
    doubtful = one(row(2, judge="cannot_tell"))
    assert (doubtful.has_verdict, doubtful.judge) == (True, None)


def test_stated_verdicts_on_criteria_make_one_on_the_answer() -> None:
    answer = one(
        row(2, criterion="Is kind", judge="pass"), row(3, criterion="Is short", judge="fail")
    )
    assert (answer.human, answer.judge) == (True, False)
    assert answer.judge_criteria == {"Is kind": True, "Is short": False}


def test_verdicts_are_stated_for_all_rows_of_an_answer_or_for_none() -> None:
    [problem] = problems(row(2, criterion="Is kind", judge="pass"), row(3, criterion="Is short"))
    assert problem.startswith("labels.csv:3: judge: other rows of this answer state")
    [problem] = problems(row(2, judge="pass"), row(3, judge="fail"))
    assert problem.startswith("labels.csv:3: judge: labels.csv:2 says otherwise")


def test_a_row_with_the_judges_doubt_is_no_repetition_of_one_without_its_verdict() -> None:
    [problem] = problems(row(2), row(3, judge="cannot_tell"))
    assert problem.startswith("labels.csv:3: judge: labels.csv:2 says otherwise")


def test_a_verdict_on_the_whole_answer_is_on_no_criterion() -> None:
    kind = row(3, criterion="Is kind", judge="pass")
    assert one(row(2, judge="pass"), kind).judge_criteria == {"Is kind": True}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"human": "pas"}, "human: expected pass or fail, got `pas` (did you mean `pass`?)"),
        ({"judge": "cannot_tel"}, "(did you mean `cannot_tell`?)"),
        ({"human": "cannot_tell"}, "human: expected pass or fail"),
        ({"evalset": "replys"}, "there is no eval set `replys` (did you mean `replies`?)"),
        ({"case": "c"}, "replies has no case `c` (known: a, b, checked)"),
        ({"case": True}, "case: expected text"),
        ({"case": "checked"}, "has no required rubric"),
        ({"criterion": "Is kin"}, "`a` has no criterion `Is kin` (did you mean `Is kind`?)"),
        ({"answer": None}, "the key `answer` is missing"),
        ({"answer": 5}, "answer: expected text"),
        ({"humann": "pass"}, "humann: unknown key (did you mean `human`?)"),
    ],
)
def test_a_wrong_word_is_named_with_its_place_and_the_nearest_right_one(
    data: dict[str, Data], said: str
) -> None:
    [problem] = problems(row(7, **data))
    assert problem.startswith("labels.csv:7: ")
    assert said in problem


def test_all_problems_are_told_at_once() -> None:
    wrong = Problem(path="labels.csv", line=9, message="not CSV")
    assert len(problems(row(2, human="x"), wrong, row(3, case="zz"))) == 3


def test_a_great_many_problems_are_not_all_told() -> None:
    told = problems(*(row(line, human="x") for line in range(1_500)))
    assert len(told) == 1_001
    assert told[-1] == "labels.csv: 500 more"


def test_as_many_problems_as_can_be_told_are_told_without_a_last_word() -> None:
    told = problems(*(row(line, human="x") for line in range(1_000)))
    assert len(told) == 1_000
    assert "more" not in told[-1]


@given(st.permutations([*range(6)]))
def test_the_order_of_rows_decides_nothing(order: list[int]) -> None:
    rows = [
        row(2, criterion="Is kind"),
        row(3, criterion="Is short", human="fail"),
        row(4, case="b"),
        row(5, case="b", answer="Bye", human="fail"),
        row(6, case="b"),
        row(7, human=None),
    ]
    found = labels(*(rows[place] for place in order))
    answers = {(each.case.id, each.answer): each.human for each in found.answers}
    assert answers == {("a", "Hi"): False, ("b", "Hi"): True, ("b", "Bye"): False}
    assert found.left_out == {"told twice": 1, "without a label": 1}


def test_a_row_that_nobody_could_tell_needs_no_case() -> None:
    found = labels(row(2), row(3, case="not in the set", human=None))
    assert (len(found.answers), found.left_out) == (1, {"without a label": 1})
