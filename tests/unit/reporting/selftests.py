"""A small selftest, for the tests of how it is told."""

from evalgate.deciding.soundness import false_block, missed_regression
from evalgate.model.selftest import Course, Selftest, SetTest, Soundness, Source, Spread
from evalgate.model.verdict import Verdict


def course(  # noqa: PLR0913 - all that a course is
    drop: float, spread: Spread, *, passed: int, failed: int, runs: int = 200, calls: float = 1.25
) -> Course:
    ended = {
        Verdict.PASS: passed,
        Verdict.FAIL: failed,
        Verdict.INCONCLUSIVE: runs - passed - failed,
    }
    return Course(drop=drop, spread=spread, runs=runs, ended=ended, calls=calls)


COURSES = (
    course(0.0, Spread.NONE, passed=190, failed=4),
    course(0.025, Spread.BROKEN, passed=45, failed=20, runs=100),
    course(0.05, Spread.BROKEN, passed=8, failed=150),
    course(0.1, Spread.BROKEN, passed=0, failed=100, runs=100),
    course(0.05, Spread.DIFFUSE, passed=6, failed=160),
)


def set_test(
    soundness: Soundness = Soundness.SOUND,
    *,
    courses: tuple[Course, ...] = COURSES,
    name: str = "support",
    verdict: Verdict | None = None,
    remarks: tuple[str, ...] = (),
) -> SetTest:
    return SetTest(
        prompt=name,
        version="v1",
        evalset="replies",
        cases=200,
        recorded=200,
        recorded_trials=2000,
        max_drop=0.05,
        alpha=0.05,
        soundness=soundness,
        courses=courses,
        false_block=false_block(courses),
        missed_regression=missed_regression(courses, 0.05),
        remarks=remarks,
        verdict=verdict,
    )


def selftest(
    *sets: SetTest, source: Source = Source.SIMULATED, simulated: bool = False
) -> Selftest:
    return Selftest(
        source=source,
        policy=".github/evalgate.yml",
        seed=7,
        runs=200,
        sets=sets or (set_test(),),
        simulated=simulated,
    )
