"""Facts about the sentences on a selftest."""

import pytest
from inline_snapshot import snapshot

from evalgate.model.selftest import Soundness, Source, Spread
from evalgate.model.verdict import Verdict
from evalgate.reporting.selftest_words import basis, course_name, details, headline, table_row
from tests.unit.reporting.selftests import COURSES, course, set_test


def test_a_sound_policy_is_told_with_its_false_blocks_and_what_alpha_allows() -> None:
    assert headline(set_test()) == snapshot(
        "Sound: 2% (0.3% to 6.2%) of the runs without a change are blocked; alpha allows 5%."
    )
    assert list(details(set_test())) == snapshot(
        [
            "Without a change 3% of the runs stay undecided.",
            "A drop of 5 points passes in 4% (1.3% to 9%) of the runs.",
        ]
    )


def test_an_unsound_policy_is_told_as_one() -> None:
    courses = (course(0.0, Spread.NONE, passed=170, failed=30), *COURSES[1:])
    assert headline(set_test(Soundness.UNSOUND, courses=courses)) == snapshot(
        "Unsound: 15% (9.1% to 22.6%) of the runs without a change are blocked, more than the 5% of alpha."
    )


def test_a_weak_policy_is_told_with_what_it_misses_and_only_once() -> None:
    courses = (COURSES[0], course(0.05, Spread.BROKEN, passed=40, failed=0))
    weak = set_test(Soundness.WEAK, courses=courses)
    assert headline(weak) == snapshot(
        "Weak: 20% (13.3% to 28.2%) of the drops of 5 points pass, more than the 5% of alpha."
    )
    assert len(list(details(weak))) == 1


def test_what_was_not_tested_is_never_called_sound() -> None:
    untested = set_test(Soundness.UNTESTED, courses=(), remarks=("no trials",))
    assert headline(untested) == "Untested: there are no trials to tell from."
    assert list(details(untested)) == ["No trials."]


def test_the_verdict_of_a_paid_comparison_is_told() -> None:
    told = list(details(set_test(verdict=Verdict.FAIL, remarks=("a reason",))))
    assert told[-2:] == ["The gate held v1 against itself and says: fail.", "A reason."]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Source.SIMULATED, "rates drawn from 2,000 trials on record of 200 cases"),
        (Source.CACHED, "200 cases with both halves of 2,000 trials on record of 200 cases"),
        (Source.PAID, "200 cases with fresh trials, and 2,000 trials on record of 200 cases"),
    ],
)
def test_it_is_told_what_the_trials_were_made_from(source: Source, words: str) -> None:
    assert words in basis(set_test(), source)


def test_a_course_is_named_by_its_drop_and_where_it_falls() -> None:
    assert [course_name(each) for each in COURSES] == snapshot(
        [
            "nothing changed",
            "2.5 points, some cases break",
            "5 points, some cases break",
            "10 points, some cases break",
            "5 points, all cases get worse",
        ]
    )


def test_what_ends_in_an_error_is_undecided_and_a_row_adds_up() -> None:
    one = course(0.0, Spread.NONE, passed=1, failed=1, runs=4, calls=0)
    row = table_row(one)
    assert (row.passed, row.failed, row.undecided, row.calls) == ("25%", "25%", "50%", "–")
    assert table_row(COURSES[0]).calls == "1.25"
