"""Facts about telling a judge that has drifted from one that has not."""

from evalgate.deciding.judge_drift import Drift, Rejudged, drift, fewest_flips


def test_nine_flips_one_way_are_the_fewest_that_count() -> None:
    assert fewest_flips() == 9
    assert fewest_flips(alpha=1 / 128) == 9  # eight flips one way have just that chance
    assert drift([rejudged(then=True, now=False)] * 9).has_drifted
    assert not drift([rejudged(then=True, now=False)] * 8).has_drifted


def rejudged(*, human: bool = True, then: bool, now: bool) -> Rejudged:
    return Rejudged(human=human, then=then, now=now)


def test_flips_are_counted_by_where_they_go_and_whether_people_agree() -> None:
    anchors = [
        *[rejudged(human=True, then=True, now=False)] * 3,
        *[rejudged(human=False, then=True, now=False)] * 2,
        rejudged(human=False, then=False, now=True),
        *[rejudged(then=True, now=True)] * 9,
    ]
    assert drift(anchors) == Drift(to_pass=1, to_fail=5, worse=4, better=2)


def test_a_judge_that_flips_both_ways_away_from_people_has_drifted() -> None:
    anchors = [
        *[rejudged(human=True, then=True, now=False)] * 6,
        *[rejudged(human=False, then=False, now=True)] * 6,
    ]
    found = drift(anchors)
    assert found.leaning == 1.0
    assert found.has_drifted


def test_a_judge_that_flips_to_and_fro_has_not_drifted() -> None:
    anchors = [
        *[rejudged(human=True, then=True, now=False)] * 6,
        *[rejudged(human=True, then=False, now=True)] * 6,
    ]
    assert not drift(anchors).has_drifted
