"""Facts about what tells cases apart."""

from dataclasses import replace

import pytest

from evalgate.grading.case_hash import CaseHasher, Substance
from evalgate.model.content import Attachment
from evalgate.model.evalset import CannedResult, Criterion, GraderSpec

CONTAINS = GraderSpec(kind="contains", name="n", argument="x")
RUBRIC = GraderSpec(kind="rubric", name="r", criteria=(Criterion(text="Kind"),))
PLAIN = Substance(vars={"a": 1}, expected=None, pass_at=1.0)


def hashed(substance: Substance = PLAIN, *graders: GraderSpec) -> str:
    return CaseHasher(shared=()).hash(substance, graders)


def test_a_grader_that_is_shared_counts_like_any_other() -> None:
    shared = CaseHasher(shared=[CONTAINS])
    assert shared.hash(PLAIN, [CONTAINS, RUBRIC]) == hashed(PLAIN, replace(CONTAINS), RUBRIC)


def test_the_order_of_graders_counts_and_their_names_do_not() -> None:
    assert hashed(PLAIN, CONTAINS, RUBRIC) != hashed(PLAIN, RUBRIC, CONTAINS)
    assert hashed(PLAIN, CONTAINS) == hashed(PLAIN, replace(CONTAINS, name="other"))


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, vars={"a": True}),
        replace(PLAIN, vars={"a": "1"}),
        replace(PLAIN, vars={"a": 1, "b": None}),
        replace(PLAIN, expected=""),
        replace(PLAIN, pass_at=0.9),
        replace(PLAIN, references=("x",)),
        replace(PLAIN, tool_results=(CannedResult(tool="t", content="x"),)),
        replace(
            PLAIN,
            files={"a": Attachment(name="a", media_type="text/plain", sha256="1", content=b"")},
        ),
    ],
)
def test_whatever_differs_tells_cases_apart(other: Substance) -> None:
    assert hashed(other) != hashed(PLAIN)


def test_the_type_of_the_threshold_does_not_count() -> None:
    assert hashed(replace(PLAIN, pass_at=1)) == hashed(PLAIN)


def test_all_that_is_written_is_counted() -> None:
    hasher = CaseHasher(shared=[CONTAINS])
    hasher.hash(replace(PLAIN, expected="x" * 1_000), [CONTAINS])
    assert 1_000 < hasher.characters < 1_400
    before = hasher.characters
    hasher.hash(PLAIN, [replace(CONTAINS, argument="y" * 5_000)])
    assert hasher.characters - before > 5_000
