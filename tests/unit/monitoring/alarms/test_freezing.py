"""Baselines of the scores of a time that was good."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from evalgate.model.observation import Stream
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.model.sample import Stratum
from evalgate.monitoring.alarms.freezing import (
    Freezing,
    Frozen,
    Period,
    differences,
    freeze,
    latest,
    moments_of,
    standing,
    stream_of,
)
from tests.unit.monitoring.alarms.production import JUDGE, Graded, Passing, at, production

WHOLE = Stream(prompt="answers", criterion="accuracy")
FREEZING = Freezing(at=at(9_000), by="Ada", reason="because", max_drop=0.05)
SCORES = production(1_000, Graded())


def frozen(*, since: float = 0.0, until: float = at(9_000), version: str = "") -> Frozen:
    period = Period(since=since, until=until, version=version)
    return freeze(SCORES, {"answers": period}, FREEZING)


def test_a_baseline_is_mean_and_spread_of_the_scores_that_count() -> None:
    outcomes = [each.outcome or 0.0 for each in SCORES]
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    assert whole.mean == pytest.approx(np.mean(outcomes))
    assert whole.sd == pytest.approx(np.std(outcomes, ddof=1))
    assert whole.skew == pytest.approx(stats.skew(outcomes))
    assert (whole.n, whole.is_binary, whole.judge) == (1_000, False, JUDGE)
    assert (whole.by, whole.reason, whole.frozen) == ("Ada", "because", at(9_000))
    assert (whole.since, whole.until) == (at(0), at(9_000))


def test_slices_with_enough_scores_have_their_own() -> None:
    found = {stream_of(each) for each in frozen().baselines}
    assert replace(WHOLE, feature="chat") in found
    assert replace(WHOLE, route="east-1") in found
    few = freeze(SCORES, {"answers": Period(since=0.0, until=at(400))}, FREEZING)
    assert WHOLE in {stream_of(each) for each in few.baselines}
    assert replace(WHOLE, route="south-1") in {each.stream for each in few.too_few}


def test_one_value_alone_is_no_slice() -> None:
    one = [replace(each, feature="chat", route="") for each in SCORES]
    found = freeze(one, {"answers": Period(since=0.0, until=at(9_000))}, FREEZING)
    assert [stream_of(each) for each in found.baselines] == [WHOLE]


def test_only_the_version_and_the_time_that_are_meant_count() -> None:
    assert frozen(version="v9").baselines == []
    [whole] = [
        each for each in frozen(since=at(100), until=at(599)).baselines if stream_of(each) == WHOLE
    ]
    assert (whole.n, whole.since, whole.until) == (500, at(100), at(599))
    assert freeze(SCORES, {}, FREEZING).baselines == []


def test_raised_scores_do_not_count() -> None:
    raised = [replace(each, stratum=Stratum.RAISED) for each in SCORES]
    found = freeze(raised, {"answers": Period(since=0.0, until=at(9_000))}, FREEZING)
    assert found.baselines == []


def test_too_few_scores_say_how_many_it_takes() -> None:
    found = freeze(SCORES[:150], {"answers": Period(since=0.0, until=at(9_000))}, FREEZING)
    assert found.baselines == []
    [few] = found.too_few
    assert (few.stream, few.n, few.needed) == (WHOLE, 150, 200)
    passes = production(300, Passing(0.9))
    [few] = freeze(passes, {"answers": Period(since=0.0, until=at(9_000))}, FREEZING).too_few
    assert few.needed > 400
    fewer = replace(FREEZING, fewest=50)
    assert freeze(SCORES[:150], {"answers": Period(since=0.0, until=at(9_000))}, fewer).baselines


def test_passes_alone_are_told_from_grades() -> None:
    passes = production(1_000, Passing(0.9))
    [whole, *_] = freeze(
        passes, {"answers": Period(since=0.0, until=at(9_000))}, FREEZING
    ).baselines
    assert whole.is_binary


def test_the_scores_of_the_judge_who_scores_now_count_alone() -> None:
    two = [
        replace(each, judge="new") if place >= 400 else each for place, each in enumerate(SCORES)
    ]
    [whole, *_] = freeze(two, {"answers": Period(since=0.0, until=at(9_000))}, FREEZING).baselines
    assert (whole.judge, whole.n) == ("new", 600)


def test_neighbours_that_are_alike_are_noticed_and_noise_is_not() -> None:
    draws = np.random.default_rng(1)
    noise = draws.normal(0, 1, 2_000)
    alike = [noise[0]]
    for each in noise[1:]:
        alike.append(0.5 * alike[-1] + each)
    assert moments_of(alike)[3] == pytest.approx(0.5, abs=0.05)
    assert moments_of(noise.tolist())[3] == 0.0


def test_scores_that_never_differ_have_no_spread() -> None:
    assert moments_of([0.5, 0.5, 0.5]) == (0.5, 0.0, 0.0, 0.0)


def test_what_is_new_stands_beside_what_held() -> None:
    [old, *_] = frozen(until=at(500)).baselines
    [new, *_] = frozen().baselines
    older = replace(old, until=1.0, frozen=1.0)
    assert latest([old, older])[WHOLE] == old
    [change] = differences([older, old], [new])
    assert change.before == old
    assert change.lowers is (new.mean < old.mean)
    [first] = differences([], [new])
    assert first.before is None
    assert not first.lowers
    higher = QualityBaseline(
        prompt="answers", criterion="accuracy", mean=1.0, sd=0.0, n=9, is_binary=True, frozen=1.0
    )
    [lower] = differences([higher], [new])
    assert lower.lowers


@pytest.mark.parametrize(
    "other",
    [
        {"n": 1_001},
        {"mean": 0.8},
        {"sd": 0.2},
        {"skew": 1.0},
        {"autocorrelation": 0.5},
        {"version": "v9"},
        {"judge": "another"},
        {"since": 1.0},
        {"is_binary": True},
    ],
)
def test_a_baseline_of_other_scores_is_a_difference(other: dict[str, Any]) -> None:
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    [difference] = differences([whole], [replace(whole, **other)])
    assert not difference.is_none


def test_when_by_whom_and_why_it_was_frozen_is_no_difference() -> None:
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    written = replace(whole, mean=round(whole.mean, 6), sd=round(whole.sd, 6))
    again = replace(whole, until=at(9_500), frozen=at(9_500), by="Bob", reason="to be sure")
    assert differences([written], [again])[0].is_none
    assert not differences([], [again])[0].is_none


def test_the_same_scores_from_an_earlier_instant_on_are_a_difference() -> None:
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    earlier = replace(whole, until=at(8_000), frozen=at(9_500))
    [difference] = differences([whole], [earlier])
    assert difference.reaches_back
    assert not difference.is_none
    [other] = differences([whole], [replace(earlier, n=999)])
    assert not other.reaches_back


def test_what_was_frozen_last_takes_the_place_of_what_holds_from_no_earlier() -> None:
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    old = replace(whole, until=at(7_000), frozen=at(7_000))
    slice_ = replace(whole, feature="chat")
    back = replace(whole, until=at(8_000), frozen=at(9_500))
    assert standing([slice_, back, whole, old]) == (old, back, slice_)
    assert latest([old, whole, back])[WHOLE] == back


def test_of_two_frozen_at_one_instant_the_later_one_of_the_file_stands() -> None:
    [whole] = [each for each in frozen().baselines if stream_of(each) == WHOLE]
    back = replace(whole, until=at(8_000))
    assert standing([whole, back]) == (back,)
