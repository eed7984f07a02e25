"""Facts about the data for what a comparison can decide."""

from inline_snapshot import snapshot

from evalgate.reporting.preflight_data import preflight_data
from tests.unit.reporting.test_preflight_words import FORESEEN


def test_the_data_is_rounded_and_complete() -> None:
    assert preflight_data(FORESEEN) == snapshot(
        {
            "estimand": "population",
            "cases": 200,
            "unit": "case",
            "units": 200,
            "needed_units": 59,
            "possible": True,
            "provable_limit": 0.0149,
            "smallest_detectable_drop": 0.0612,
            "chance_of_pass": 0.917,
            "recorded_trials": 10,
            "trials_per_case": {"expected": 1.2, "most": 12.0},
            "supposed": {
                "pass_rate": 0.91,
                "correlation": 0.48,
                "redrawn": 0.1,
                "from_record": True,
            },
        }
    )
    assert preflight_data(None) is None
