"""Writes a selftest as the document `selftest/1`."""

from evalgate.model.document import Data
from evalgate.model.selftest import Course, ErrorRate, Selftest, SetTest
from evalgate.model.verdict import Verdict

SELFTEST = "selftest/1"
_SHOWN = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR)


def selftest_document(selftest: Selftest) -> dict[str, Data]:
    """Return the document; the same selftest gives the same one."""
    return {
        "schema": SELFTEST,
        "source": selftest.source.value,
        "policy": selftest.policy,
        "simulated": selftest.simulated,
        "seed": selftest.seed,
        "runs": selftest.runs,
        "soundness": selftest.soundness.value,
        "sets": [_set(each) for each in selftest.sets],
    }


def _set(test: SetTest) -> dict[str, Data]:
    return {
        "prompt": test.prompt,
        "version": test.version,
        "evalset": test.evalset,
        "soundness": test.soundness.value,
        "cases": test.cases,
        "recorded_cases": test.recorded,
        "recorded_trials": test.recorded_trials,
        "max_drop": test.max_drop,
        "alpha": test.alpha,
        "false_block": _rate(test.false_block),
        "missed_regression": _rate(test.missed_regression),
        "verdict": None if test.verdict is None else test.verdict.value,
        "courses": [_course(each) for each in test.courses],
        "remarks": list(test.remarks),
    }


def _course(course: Course) -> dict[str, Data]:
    return {
        "drop": course.drop,
        "spread": course.spread.value,
        "runs": course.runs,
        **{verdict.value: course.number(verdict) for verdict in _SHOWN},
        "calls_per_case": round(course.calls, 4),
    }


def _rate(found: ErrorRate | None) -> Data:
    if found is None:
        return None
    parts = {"rate": found.rate, "low": found.low, "high": found.high}
    return {name: round(value, 6) for name, value in parts.items()}
