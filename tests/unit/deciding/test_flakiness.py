"""Flaky cases: the baseline passes them on some trials and fails on others."""

import pytest

from evalgate.deciding.flakiness import flaky_cases, is_flaky, passed_steadily
from evalgate.model.comparison import CaseKind, CasePair


def case(before: str, name: str = "a") -> CasePair:
    outcomes = tuple(float(letter == "P") for letter in before)
    return CasePair(case=name, kind=CaseKind.SAME, baseline=outcomes, candidate=outcomes)


@pytest.mark.parametrize(
    ("before", "flaky", "steady"),
    [
        ("PPF", True, False),
        ("PFF", True, False),
        ("FFF", False, False),
        ("PPP", False, True),
        ("PF", False, False),
        ("", False, True),
        ("PPPPPPPPPF", False, True),
        ("PPPPPPPPFF", True, False),
        ("PFFFFFFFFF", False, False),
        ("PPFFFFFFFF", True, False),
    ],
)
def test_a_case_is_flaky_between_a_tenth_and_nine_tenths_of_at_least_three_trials(
    before: str, flaky: bool, steady: bool
) -> None:
    assert (is_flaky(case(before).baseline), passed_steadily(case(before))) == (flaky, steady)


def test_scores_pass_from_one_half_on() -> None:
    scored = CasePair(case="a", kind=CaseKind.SAME, baseline=(0.5, 0.6, 0.4), candidate=())
    assert is_flaky(scored.baseline)


def test_flaky_cases_are_sorted_by_id() -> None:
    told = [case("PPF", "b"), case("PPP", "c"), case("PFF", "a")]
    assert flaky_cases({pair.case: pair.baseline for pair in told}) == ("a", "b")
