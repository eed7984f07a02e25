from hypothesis import given
from hypothesis import strategies as st

from evalgate.grading.grades import graded, quote, shorten, ungraded
from evalgate.model.evalset import GraderSpec

PLAIN = GraderSpec(kind="contains", name="names the window", argument="30 days")
NEGATED = GraderSpec(kind="contains", name="no window", argument="30 days", negated=True)


def test_a_statement_that_holds_passes_with_score_one() -> None:
    grade = graded(PLAIN, True, reason="It does.")
    assert (grade.passed, grade.score, grade.reason) == (True, 1.0, "It does.")


def test_a_negated_grader_turns_result_and_score_around_and_keeps_the_reason() -> None:
    grade = graded(NEGATED, True, score=0.75, reason="It does.")
    assert (grade.passed, grade.score, grade.reason) == (False, 0.25, "It does.")


def test_a_final_finding_is_not_turned_around() -> None:
    grade = graded(NEGATED, False, reason="It cannot be read.", final=True)
    assert (grade.passed, grade.score) == (False, 0.0)


def test_negation_leaves_an_ungraded_grade_ungraded() -> None:
    grade = ungraded(NEGATED, cause="timeout", reason="Too slow.")
    assert (grade.passed, grade.score, grade.cause) == (None, None, "timeout")


def test_a_grade_carries_the_name_weight_and_demand_of_its_grader() -> None:
    spec = GraderSpec(kind="contains", name="n", argument="x", required=False, weight=2.5)
    for grade in (graded(spec, True, reason=""), ungraded(spec, cause="timeout", reason="")):
        assert (grade.grader, grade.required, grade.weight) == ("n", False, 2.5)


def test_a_quote_is_on_one_line() -> None:
    assert quote("one\n  two\tthree") == "`one two three`"


def test_a_text_of_exactly_the_limit_is_not_cut() -> None:
    assert shorten("a" * 80, 80) == "a" * 80
    assert shorten("a" * 81, 80) == "a" * 79 + "…"


def test_what_follows_much_white_space_is_not_passed_off_as_the_whole_text() -> None:
    assert shorten("a" + " " * 1000 + "b", 80).endswith("…")


@given(st.text(), st.integers(1, 100))
def test_a_shortened_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
