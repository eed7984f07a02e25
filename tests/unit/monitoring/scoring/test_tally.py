"""Facts about the account of passes."""

from dataclasses import replace

from evalgate.model.observation import Observation
from evalgate.model.sample import Stratum
from evalgate.monitoring.scoring.tally import Tally

SCORE = Observation(ts=0.0, request_id="r", criterion="c", outcome=0.5)


def test_the_mean_is_that_of_the_plain_share() -> None:
    tally = Tally()
    for outcome, stratum in ((1.0, Stratum.UNIFORM), (0.5, Stratum.UNIFORM), (0.0, Stratum.RAISED)):
        tally.count(replace(SCORE, outcome=outcome, stratum=stratum))
    tally.count(replace(SCORE, outcome=None, cause="cannot_tell"))
    own = tally.criteria["c"]
    assert (own.mean, own.scored, own.ungraded) == (0.75, 3, {"cannot_tell": 1})
    assert (tally.scores, tally.ungraded) == (3, 1)


def test_an_account_that_lacks_a_sample_does_not_balance() -> None:
    assert Tally(found=3, due=2, passed_over=1, waiting=1, judged=2, left=1).balances
    assert not Tally(found=3, due=2, passed_over=1, judged=1).balances
    assert not Tally(found=3, due=2, judged=2).balances


def test_passes_add_up_to_an_account_that_balances() -> None:
    total = Tally()
    total.add(Tally(found=5, due=5, waiting=1, judged=2, left=4, cost_usd=0.5))
    total.add(Tally(found=2, due=2, waiting=4, judged=3, expired=1, left=2, cost_usd=0.25))
    assert total.balances
    assert (total.waiting, total.judged, total.left, total.cost_usd) == (1, 5, 2, 0.75)
    total.add(Tally(cost_usd=None))
    assert total.cost_usd is None
    assert not total.is_idle
    assert Tally().is_idle


def test_scores_add_up_by_criterion() -> None:
    one, other = Tally(), Tally()
    one.count(SCORE)
    other.count(replace(SCORE, outcome=1.0))
    total = Tally()
    total.add(one)
    total.add(other)
    assert (total.criteria["c"].mean, total.criteria["c"].scored) == (0.75, 2)
