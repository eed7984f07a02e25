"""Facts about how a prompt fared in half a line."""

from dataclasses import replace

from evalgate.model.trial import Arm
from evalgate.model.verdict import Estimate
from evalgate.reporting.glance import glance
from tests.edges.reports import ANSWERS, a_verdict

BLOCKED = a_verdict(tuple(ANSWERS), broken=("a", "b"))


def test_rates_change_and_what_did_worse_are_told_in_half_a_line() -> None:
    assert glance(BLOCKED) == "100% → 90% · −7.5 points, from −11 to −4 · 2 of 6 worse"


def test_a_bound_beside_the_limit_does_not_look_like_it() -> None:
    near = replace(BLOCKED, delta=Estimate(estimate=-0.02, low=-0.0499, high=0.01))
    assert "from −4.99 to +1" in glance(near)


def test_what_is_not_known_is_left_out() -> None:
    unknown = replace(BLOCKED, delta=None, flips=replace(BLOCKED.flips, regressed=()))
    assert glance(replace(unknown, pass_rate={Arm.CANDIDATE: 0.5})) == "50%"
    assert glance(replace(unknown, pass_rate={})) == ""
