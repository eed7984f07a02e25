"""Facts about the calls of the time that is shown."""

from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.board.traffic_view import MOST_SLICES, beat_length, counted, slices_of

AT = 1_795_305_600.0
HOUR = 3600.0


def minute(start: float, *, calls: int = 1, seconds: float = 60.0, **place: str) -> Minute:
    named = Place(feature=place.get("feature", "f"), prompt="p", version=place.get("version", "v1"))
    return Minute(start=start, place=named, tally=Tally(calls=calls), seconds=seconds)


def test_what_is_later_is_not_known_and_what_is_earlier_is_the_time_before() -> None:
    shown = counted(
        [
            minute(AT, calls=100),
            minute(AT - 60, calls=1),
            minute(AT - HOUR, calls=2),
            minute(AT - HOUR - 60, calls=10),
        ],
        since=AT - HOUR,
        at=AT,
    )
    assert sum(each.calls for each in shown.places.values()) == 3
    assert sum(each.calls for each in shown.before.values()) == 10


def test_beats_cover_the_time_without_a_gap_and_hold_every_call() -> None:
    minutes = [minute(AT - 60 * number) for number in range(1, 24 * 60 + 1)]
    shown = counted(minutes, since=AT - 24 * HOUR, at=AT)
    assert len(shown.beats) == 48
    assert [each.end for each in shown.beats[:-1]] == [each.start for each in shown.beats[1:]]
    assert (shown.beats[0].start, shown.beats[-1].end) == (AT - 24 * HOUR, AT)
    assert sum(each.figures.calls for each in shown.beats) == 24 * 60


def test_an_hour_that_reaches_into_the_time_that_is_shown_is_in_its_first_beat() -> None:
    shown = counted([minute(AT - 3 * HOUR, calls=7, seconds=HOUR)], since=AT - 2.5 * HOUR, at=AT)
    assert shown.beats[0].figures.calls == 7


def test_without_calls_there_are_no_beats() -> None:
    assert counted([], since=AT - HOUR, at=AT).beats == ()


def test_a_beat_is_a_round_time() -> None:
    lengths = [beat_length(hours * HOUR) for hours in (0.5, 24, 7 * 24, 30 * 24)]
    assert lengths == [60, 1800, 21_600, 86_400]


def test_each_call_is_in_one_slice_of_each_kind() -> None:
    places = {
        Place(feature="a", prompt="p", version="v1", route="r"): Tally(calls=5),
        Place(feature="b", prompt="p", version="v1", route="r"): Tally(calls=3),
        Place(feature="", prompt="q", version="v1"): Tally(calls=4),
    }
    told = [(each.kind, each.name, each.figures.calls) for each in slices_of(places)]
    assert told[:5] == [
        ("feature", "a", 5),
        ("feature", "", 4),
        ("feature", "b", 3),
        ("version", "p v1", 8),
        ("version", "q v1", 4),
    ]
    assert sum(calls for kind, _, calls in told if kind == "route") == 12


def test_of_many_slices_the_smallest_are_one() -> None:
    places = {
        Place(feature=f"f{number:03}"): Tally(calls=number + 1) for number in range(MOST_SLICES + 5)
    }
    own = [each for each in slices_of(places) if each.kind == "feature"]
    assert len(own) == MOST_SLICES + 1
    assert (own[-1].name, own[-1].figures.calls) == ("(others)", 1 + 2 + 3 + 4 + 5)
