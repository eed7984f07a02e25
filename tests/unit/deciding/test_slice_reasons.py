"""The sentences about slices; what they are said of is a matter of the verdict."""

import pytest
from inline_snapshot import snapshot

from evalgate.deciding.slice_reasons import (
    odds,
    protected_slice,
    suspect_slices,
    waived_away,
)
from evalgate.model.policy import FailWhen, GateRules
from evalgate.model.verdict import Slice

PART = Slice(tag="vip", cases=60, baseline=0.95, candidate=0.7, delta=-0.25, adjusted=0.0042)


@pytest.mark.parametrize(
    ("p_value", "said"),
    [
        (0.05, "about once in 20 harmless changes"),
        (0.0042, "about once in 240 harmless changes"),
        (0.0001, "about once in 10,000 harmless changes"),
        (0.00009, "less than once in 10,000 harmless changes"),
        (0.0, "less than once in 10,000 harmless changes"),
    ],
)
def test_a_chance_is_said_as_a_number_of_changes(p_value: float, said: str) -> None:
    assert odds(p_value) == said


def test_what_counts_as_worse_is_said() -> None:
    assert "vip got worse: 95% before" in protected_slice(PART, GateRules()).message
    beyond = GateRules(fail_when=FailWhen.BEYOND_LIMIT)
    assert protected_slice(PART, beyond).message == snapshot(
        "The protected slice vip dropped by more than 5 points: 95% before and 70% now over 60 cases. Chance alone would make some protected slice look this bad about once in 240 harmless changes."
    )


def test_several_suspect_slices_share_a_sentence() -> None:
    assert suspect_slices([PART, PART]).message == snapshot(
        "The protected slices vip (95% before and 70% now over 60 cases) and vip (95% before and 70% now over 60 cases) may have got worse, which is not confirmed: look at their cases."
    )


def test_a_slice_is_waived_away_by_all_of_its_cases_and_else_too_small() -> None:
    assert [waived_away("vip", waived=waived, of=4) for waived in (4, 3, 1)] == snapshot(
        [
            "All cases of the protected slice vip are waived: it is not judged",
            "3 of the 4 cases of the protected slice vip are waived; the 1 left is too few to judge it",
            "1 of the 4 cases of the protected slice vip is waived; the 3 left are too few to judge it",
        ]
    )
