"""Facts about the words for a track."""

from dataclasses import replace

from evalgate.model.prompt import Move
from evalgate.model.track import TrackPoint
from evalgate.reporting.told_track import ToldPoint, ToldTrack, dates_of, releases, summary

POINT = TrackPoint(
    at="2026-01-02T00:00:00Z",
    commit="c",
    version="v1",
    version_hash="h",
    models=("m",),
    trials=3,
    rate=0.5,
    low=0.25,
    high=0.75,
)
LATER = replace(POINT, at="", version="v2", rate=1.0, low=0.9, high=1.0)


def track(*points: ToldPoint) -> ToldTrack:
    return ToldTrack(policy="policy", prompt="p", evalset="set", points=points)


def test_one_record_is_told_by_itself() -> None:
    assert summary(track(ToldPoint(point=POINT))) == "50% (25% to 75%) with v1 on m; one record"


def test_several_are_told_from_the_latest_back_to_the_first() -> None:
    told = track(ToldPoint(point=POINT), ToldPoint(point=LATER))
    assert summary(told) == (
        "100% (90% to 100%) with v2 on m, was 50% with v1 on 2026-01-02; 2 records"
    )


def test_of_several_models_none_is_named() -> None:
    both = replace(POINT, models=("m", "n"))
    assert summary(track(ToldPoint(point=both))) == "50% (25% to 75%) with v1; one record"
    assert track(ToldPoint(point=both), ToldPoint(point=POINT)).models == ("m", "n")


def test_each_release_is_told_as_far_as_it_is_known() -> None:
    moves = [
        Move(stable="v1", at="2026-01-01T10:00:00Z", by="ann", why="better tone"),
        None,
        Move(stable="v2"),
    ]
    told = track(*(ToldPoint(point=POINT, released=move) for move in moves))
    assert list(releases(told)) == [
        "v1 became stable on 2026-01-01, by ann: better tone",
        "v2 became stable",
    ]


def test_days_are_enough_unless_several_records_are_of_one() -> None:
    points = [ToldPoint(point=POINT), ToldPoint(point=LATER)]
    assert dates_of(track(*points)) == ["2026-01-02", "not committed"]
    noon = ToldPoint(point=replace(POINT, at="2026-01-02T12:00:59Z"))
    assert dates_of(track(*points, noon)) == [
        "2026-01-02 00:00",
        "not committed",
        "2026-01-02 12:00",
    ]
