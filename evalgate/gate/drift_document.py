"""Writes a look at the anchors as a document for machines: `drift/1`."""

from collections.abc import Sequence

from evalgate.gate.drifting import DriftOfSet
from evalgate.model.calibration import verdict_word
from evalgate.model.document import Data

SCHEMA = "drift/1"


def drift_document(found: Sequence[DriftOfSet]) -> dict[str, Data]:
    """Return what became of the judge, set by set."""
    return {
        "schema": SCHEMA,
        "is_well": all(each.is_well for each in found),
        "evalsets": [_of_set(each) for each in found],
    }


def _of_set(found: DriftOfSet) -> Data:
    drift = found.drift
    return {
        "evalset": found.evalset,
        "is_well": found.is_well,
        "has_drifted": drift.has_drifted,
        "judged": len(found.judged),
        "is_silent": found.is_silent,
        "ungraded": found.ungraded,
        "left_out": found.left_out,
        "to_pass": drift.to_pass,
        "to_fail": drift.to_fail,
        "better": drift.better,
        "worse": drift.worse,
        "p_leaning": round(drift.leaning, 6),
        "p_decline": round(drift.decline, 6),
        "youden": found.agreement.youden,
        "youden_low": found.agreement.low,
        "min_agreement": found.least,
        "flips": [
            {
                "case": each.anchor.case,
                "human": verdict_word(each.anchor.human),
                "then": verdict_word(each.anchor.judge),
                "now": verdict_word(each.now.passed is True),
                "reason": each.now.reason,
            }
            for each in found.judged
            if each.flipped
        ],
    }
