"""Facts about how a policy is judged by its errors."""

import pytest

from evalgate.deciding.intervals import clopper_pearson
from evalgate.deciding.soundness import false_block, missed_regression, soundness
from evalgate.model.policy import GateRules
from evalgate.model.selftest import Course, Soundness, Spread
from evalgate.model.verdict import Verdict

RULES = GateRules(max_drop=0.05, alpha=0.05)


def course(
    drop: float, spread: Spread, *, passed: int = 0, failed: int = 0, runs: int = 200
) -> Course:
    rest = runs - passed - failed
    ended = {Verdict.PASS: passed, Verdict.FAIL: failed, Verdict.INCONCLUSIVE: rest}
    return Course(drop=drop, spread=spread, runs=runs, ended=ended, calls=2.0)


def courses(*, blocked: int = 0, broken: int = 0, diffuse: int = 0) -> list[Course]:
    return [
        course(0.0, Spread.NONE, failed=blocked),
        course(0.025, Spread.BROKEN, passed=150),
        course(0.05, Spread.BROKEN, passed=broken),
        course(0.1, Spread.BROKEN),
        course(0.025, Spread.DIFFUSE, passed=150),
        course(0.05, Spread.DIFFUSE, passed=diffuse),
    ]


def test_a_policy_within_its_error_rates_is_sound() -> None:
    assert soundness(courses(blocked=10, broken=10, diffuse=10), RULES) is Soundness.SOUND


@pytest.mark.parametrize(("blocked", "expected"), [(19, Soundness.SOUND), (20, Soundness.UNSOUND)])
def test_it_is_unsound_once_the_lower_bound_of_false_blocks_exceeds_alpha(
    blocked: int, expected: Soundness
) -> None:
    low, _ = clopper_pearson(blocked, 200, confidence=0.99)
    assert (low > RULES.alpha) is (expected is Soundness.UNSOUND)
    assert soundness(courses(blocked=blocked), RULES) is expected


@pytest.mark.parametrize("spread", ["broken", "diffuse"])
def test_it_is_weak_when_either_spread_hides_a_drop_of_the_limit(spread: str) -> None:
    assert soundness(courses(**{spread: 19}), RULES) is Soundness.SOUND
    assert soundness(courses(**{spread: 20}), RULES) is Soundness.WEAK


def test_what_blocks_without_cause_is_unsound_whatever_it_misses() -> None:
    assert soundness(courses(blocked=40, broken=40), RULES) is Soundness.UNSOUND


def test_smaller_and_larger_drops_are_not_what_it_is_judged_by() -> None:
    found = missed_regression(courses(broken=3, diffuse=7), 0.05)
    assert found is not None
    assert found.rate == pytest.approx(7 / 200)
    assert (found.low, found.high) == clopper_pearson(7, 200, confidence=0.99)


def test_without_a_course_there_is_nothing_to_judge() -> None:
    assert soundness([], RULES) is Soundness.UNTESTED
    assert false_block([]) is None
    assert missed_regression([course(0.0, Spread.NONE)], 0.05) is None
