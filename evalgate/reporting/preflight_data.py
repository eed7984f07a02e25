"""Writes what was told of a comparison before its first trial as data, for machines."""

from evalgate.model.document import Data
from evalgate.model.preflight import Preflight


def preflight_data(foreseen: Preflight | None) -> Data:
    """Return what a comparison can decide; null where none is made."""
    if foreseen is None:
        return None
    drop = foreseen.smallest_detectable_drop
    return {
        "estimand": foreseen.estimand,
        "cases": foreseen.cases,
        "unit": foreseen.unit,
        "units": foreseen.units,
        "needed_units": foreseen.needed_units,
        "possible": foreseen.is_possible,
        "provable_limit": round(foreseen.provable_limit, 6),
        "smallest_detectable_drop": None if drop is None else round(drop, 6),
        "chance_of_pass": round(foreseen.chance_of_pass, 3),
        "recorded_trials": foreseen.recorded,
        "trials_per_case": {
            "expected": round(foreseen.trials_per_case, 2),
            "most": round(foreseen.most_trials_per_case, 2),
        },
        "supposed": {
            "pass_rate": round(foreseen.rate, 4),
            "correlation": round(foreseen.correlation, 4),
            "redrawn": foreseen.redrawn,
            "from_record": foreseen.is_known,
        },
    }
