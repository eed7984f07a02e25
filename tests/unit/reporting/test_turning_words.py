"""What would change a verdict, in words."""

from collections.abc import Callable

import pytest

from evalgate.model.turning import Mending, Remedy, Turning
from evalgate.model.verdict import PromptVerdict, Verdict
from evalgate.reporting.turning_words import turnings

PASS, OPEN, FAIL = Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL


@pytest.mark.parametrize(
    ("verdict", "turning", "said"),
    [
        (
            FAIL,
            Turning(mending=Mending(cases=7, of=9)),
            "It would pass if 7 of the 9 cases that did worse answered as before, worst first.",
        ),
        (
            FAIL,
            Turning(mending=Mending(cases=9, of=9)),
            "It would pass if all 9 cases that did worse answered as before.",
        ),
        (
            FAIL,
            Turning(mending=Mending(cases=1, of=1)),
            "It would pass if the one case that did worse answered as before.",
        ),
        (
            FAIL,
            Turning(mending=Mending(cases=2, of=4, remedy=Remedy.PASS)),
            "It would pass if 2 of the 4 failing cases passed, worst first.",
        ),
        (
            FAIL,
            Turning(limit=0.115),
            "It would pass with a limit of 11.5 points (`gate.max_drop`).",
        ),
        (
            PASS,
            Turning(limit=0.01),
            "It would still pass with a limit of 1 point (`gate.max_drop`).",
        ),
        (PASS, Turning(breaking=1), "It would no longer pass if 1 more case broke."),
        (PASS, Turning(breaking=1_200), "It would no longer pass if 1,200 more cases broke."),
        (
            OPEN,
            Turning(trials=6),
            "About 6 trials per case would decide it, if the results stay like these.",
        ),
        (
            OPEN,
            Turning(units=150, have=60),
            "About 90 more cases like these would decide it; there are 60.",
        ),
        (
            OPEN,
            Turning(have=60),
            "More of the same evidence would not decide it: look at the cases that did worse.",
        ),
        (
            OPEN,
            Turning(units=30, have=15, unit="trial"),
            "15 more trials in all would decide it, if the results stay like these.",
        ),
    ],
)
def test_each_way_is_a_sentence(
    a_verdict: Callable[..., PromptVerdict], verdict: Verdict, turning: Turning, said: str
) -> None:
    assert turnings(a_verdict(verdict=verdict, turning=turning)) == (said,)


def test_all_ways_are_told_in_one_order(a_verdict: Callable[..., PromptVerdict]) -> None:
    turning = Turning(mending=Mending(cases=1, of=2), limit=0.1)
    first, second = turnings(a_verdict(turning=turning))
    assert "answered as before" in first
    assert "limit" in second


def test_nothing_known_is_nothing_said(a_verdict: Callable[..., PromptVerdict]) -> None:
    assert turnings(a_verdict()) == ()


def test_a_limit_far_beyond_the_range_says_what_else_it_has_to_allow_for(
    a_verdict: Callable[..., PromptVerdict],
) -> None:
    (near,) = turnings(a_verdict(turning=Turning(limit=0.115)))
    (far,) = turnings(a_verdict(turning=Turning(limit=0.2)))
    assert "broke outright" not in near
    assert far.endswith(", which also has to allow for cases that may have broken outright.")
