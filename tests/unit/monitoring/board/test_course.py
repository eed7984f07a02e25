"""Facts about the course of scores over the time that is shown."""

from evalgate.model.observation import Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.monitoring.board.course import courses

AT = 1_795_305_600.0
HOUR = 3600.0
OWN = Stream(prompt="p", criterion="c")


def score(
    hours: float, outcome: float | None, *, stratum: Stratum = Stratum.UNIFORM
) -> Observation:
    return Observation(
        ts=AT - hours * HOUR, request_id="r", criterion="c", prompt="p", outcome=outcome,
        stratum=stratum,
    )  # fmt: skip


def course(*scores: Observation) -> list[tuple[float, int, float]]:
    found = courses(scores, since=AT - 24 * HOUR, at=AT).get(OWN, ())
    return [((AT - each.start) / HOUR, each.n, each.mean) for each in found]


def test_a_day_is_told_by_the_hour_in_the_order_of_time() -> None:
    told = course(score(1.5, 0.4), score(1.2, 0.6), score(5.5, 1.0))
    assert told == [(6, 1, 1.0), (2, 2, 0.5)]


def test_only_the_uniform_sample_and_what_has_an_outcome_counts() -> None:
    told = course(score(1.5, 1.0), score(1.4, 0.0, stratum=Stratum.RAISED), score(1.3, None))
    assert told == [(2, 1, 1.0)]
    assert course(score(1.5, None)) == []


def test_the_limits_hold_the_mean_and_close_in_with_more_scores() -> None:
    few = [score(1.5, each) for each in (0.4, 0.6)]
    many = [score(3.5, each / 10) for each in range(2, 9) for _ in range(20)]
    wide, narrow = sorted(
        courses([*few, *many], since=AT - 24 * HOUR, at=AT)[OWN], key=lambda each: each.n
    )
    for each in (wide, narrow):
        assert 0 <= each.low < each.mean < each.high <= 1
    assert narrow.high - narrow.low < wide.high - wide.low


def test_one_score_alone_says_little_and_of_passes_alone_the_limits_are_those_of_a_rate() -> None:
    (one,) = courses([score(1.5, 0.5)], since=AT - 24 * HOUR, at=AT)[OWN]
    assert (one.low, one.high) == (0.0, 1.0)
    (passes,) = courses([score(1.5, 1.0)] * 10, since=AT - 24 * HOUR, at=AT)[OWN]
    assert passes.high == 1.0
    assert 0.65 < passes.low < 0.75
