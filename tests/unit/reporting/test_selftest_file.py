"""Facts about the document of a selftest."""

import json

from inline_snapshot import snapshot

from evalgate.model.selftest import Soundness
from evalgate.model.verdict import Verdict
from evalgate.reporting.selftest_file import selftest_document
from tests.unit.reporting.selftests import COURSES, selftest, set_test


def test_the_document_says_what_was_found() -> None:
    document = selftest_document(selftest(set_test(courses=COURSES[:1], verdict=Verdict.PASS)))
    assert json.loads(json.dumps(document)) == snapshot(
        {
            "schema": "selftest/1",
            "source": "simulated",
            "policy": ".github/evalgate.yml",
            "simulated": False,
            "seed": 7,
            "runs": 200,
            "soundness": "sound",
            "sets": [
                {
                    "prompt": "support",
                    "version": "v1",
                    "evalset": "replies",
                    "soundness": "sound",
                    "cases": 200,
                    "recorded_cases": 200,
                    "recorded_trials": 2000,
                    "max_drop": 0.05,
                    "alpha": 0.05,
                    "false_block": {"rate": 0.02, "low": 0.003381, "high": 0.061631},
                    "missed_regression": None,
                    "verdict": "pass",
                    "courses": [
                        {
                            "drop": 0.0,
                            "spread": "none",
                            "runs": 200,
                            "pass": 190,
                            "fail": 4,
                            "inconclusive": 6,
                            "error": 0,
                            "calls_per_case": 1.25,
                        }
                    ],
                    "remarks": [],
                }
            ],
        }
    )


def test_the_worst_set_tells_what_all_came_to() -> None:
    sets = [set_test(each) for each in (Soundness.SOUND, Soundness.UNTESTED, Soundness.WEAK)]
    assert selftest_document(selftest(*sets[:1]))["soundness"] == "sound"
    assert selftest_document(selftest(*sets[:2]))["soundness"] == "untested"
    assert selftest_document(selftest(*sets))["soundness"] == "weak"
    worst = selftest(*sets, set_test(Soundness.UNSOUND))
    assert selftest_document(worst)["soundness"] == "unsound"


def test_what_was_not_measured_is_null() -> None:
    document = selftest_document(selftest(set_test(Soundness.UNTESTED, courses=())))
    (test,) = json.loads(json.dumps(document))["sets"]
    assert (test["false_block"], test["missed_regression"], test["courses"]) == (None, None, [])
