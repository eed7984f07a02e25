"""Facts about which move of the live pointer brought a version."""

from dataclasses import replace

from evalgate.gate.releases import release_of
from evalgate.model.prompt import Move, Switch
from evalgate.model.track import TrackPoint, Turn

FIRST = Move(stable="v1", at="2026-01-01", by="ann")
SECOND = Move(stable="v2", at="2026-02-01T10:00:00Z", by="bo")
BACK = Move(stable="v1", at="2026-03-01", why="slow")
MOVES = (FIRST, SECOND, BACK)
POINT = TrackPoint(
    at="2026-02-02T00:00:00Z",
    commit="c",
    version="v1",
    version_hash="h",
    models=(),
    trials=1,
    rate=1.0,
    low=0.0,
    high=1.0,
    turns=(Turn.VERSION,),
)


def test_it_is_the_last_move_to_the_version_up_to_the_day() -> None:
    assert release_of(POINT, MOVES, is_first=False) == FIRST
    assert release_of(replace(POINT, at="2026-03-01T00:00:00Z"), MOVES, is_first=False) == BACK


def test_a_record_that_is_not_committed_is_later_than_every_move() -> None:
    assert release_of(replace(POINT, at=""), MOVES, is_first=False) == BACK


def test_a_version_that_is_not_new_has_none_unless_nothing_is_told_before_it() -> None:
    same = replace(POINT, turns=(Turn.MODEL,))
    assert release_of(same, MOVES, is_first=False) is None
    assert release_of(same, MOVES, is_first=True) == FIRST


def test_a_version_that_the_pointer_never_names_has_none() -> None:
    assert release_of(replace(POINT, version="v9"), MOVES, is_first=True) is None


def test_moves_whose_day_is_not_known_or_later_are_better_than_none() -> None:
    undated = Move(stable="v1", at="spring")
    assert release_of(POINT, (undated,), is_first=False) == undated
    assert release_of(POINT, (BACK,), is_first=False) == BACK


def test_a_move_that_only_switches_is_no_release() -> None:
    switched = Move(stable="v1", at="2026-03-02", switch=Switch(disabled=True))
    moves = (*MOVES, switched)
    assert release_of(replace(POINT, at="2026-03-09T00:00:00Z"), moves, is_first=False) == BACK
