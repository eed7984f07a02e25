"""Facts about the points that the states of a record make."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from evalgate.gate.track_points import Sighting, State, track_points
from evalgate.model.track import TrackPoint, Turn

ONE = Sighting(
    version="v1",
    version_hash="h1",
    case="a",
    trial=0,
    outcome=1.0,
    model="m",
    asked="a0",
    grading="g",
    cluster=None,
    weight=1.0,
    since=0,
)


def seen(case: str, *outcomes: float, since: int = 0, of: Sighting = ONE) -> list[Sighting]:
    """Return the trials of a case, which are asked what the case and the version say."""
    return [
        replace(
            of,
            case=case,
            trial=number,
            outcome=outcome,
            asked=f"{of.version_hash}/{case}/{number}",
            since=since,
        )
        for number, outcome in enumerate(outcomes)
    ]


def points(*states: Iterable[Sighting]) -> list[TrackPoint]:
    return list(
        track_points(
            State(at=f"day {number}", commit=f"c{number}", sightings=list(state))
            for number, state in enumerate(states)
        )
    )


def turns(before: Iterable[Sighting], after: Iterable[Sighting]) -> tuple[Turn, ...] | None:
    """Return what the second state turns; None when it makes no point."""
    found = points(before, after)
    return found[1].turns if len(found) > 1 else None


BOTH = [*seen("a", 1.0, 0.0), *seen("b", 1.0)]
V2 = replace(ONE, version="v2", version_hash="h2")


def test_a_point_tells_when_what_and_how_much() -> None:
    (point,) = points(BOTH)
    assert (point.at, point.commit) == ("day 0", "c0")
    assert (point.version, point.version_hash, point.models) == ("v1", "h1", ("m",))
    assert (point.cases, point.trials, point.turns) == (2, 3, ())
    assert point.outcomes == {"a": (1.0, 0.0), "b": (1.0,)}


def test_the_rate_is_the_mean_of_the_cases_however_many_trials_each_has() -> None:
    (point,) = points([*seen("a", 1.0, 1.0, 1.0, 0.0), *seen("b", 0.0)])
    assert point.rate == pytest.approx(0.375)
    assert point.low < point.rate < point.high


def test_a_case_counts_by_its_weight() -> None:
    heavy = seen("b", 0.0, of=replace(ONE, weight=3.0))
    (point,) = points([*seen("a", 1.0), *heavy])
    assert point.rate == pytest.approx(0.25)


def test_clusters_widen_the_interval() -> None:
    cases = [each for case in "abcdefgh" for each in seen(case, float(case < "e"))]
    joined = [replace(each, cluster=each.case if each.case < "c" else "rest") for each in cases]
    (apart,), (together,) = points(cases), points(joined)
    assert together.rate == apart.rate
    assert together.high - together.low > apart.high - apart.low


def test_outcomes_stand_in_the_order_of_the_trials() -> None:
    (point,) = points(reversed(seen("a", 0.0, 1.0, 0.5)))
    assert point.outcomes == {"a": (0.0, 1.0, 0.5)}


def test_a_state_that_changes_nothing_adds_no_point() -> None:
    assert [point.commit for point in points(BOTH, reversed(BOTH), BOTH)] == ["c0"]


def test_a_state_without_trials_adds_no_point_and_the_next_is_held_against_the_one_before() -> None:
    assert [point.commit for point in points(BOTH, [], BOTH)] == ["c0"]
    assert points([], []) == []


def test_more_trials_make_a_point_and_turn_nothing() -> None:
    assert turns(seen("a", 1.0), seen("a", 1.0, 1.0)) == ()


def test_another_version_turns() -> None:
    assert turns(seen("a", 1.0), seen("a", 1.0, of=V2)) == (Turn.VERSION,)


def test_another_model_turns() -> None:
    other = replace(V2, model="n")
    assert turns(seen("a", 1.0), seen("a", 1.0, of=other)) == (Turn.VERSION, Turn.MODEL)
    same = replace(ONE, model="n")
    assert turns(seen("a", 1.0), seen("a", 1.0, of=same)) == (Turn.MODEL,)


def test_an_unknown_model_is_no_other_one() -> None:
    unknown = replace(ONE, model="")
    assert turns(seen("a", 1.0), seen("a", 1.0, of=unknown)) is None
    assert points(seen("a", 1.0, of=unknown))[0].models == ()


def test_the_same_answers_graded_otherwise_turn_the_graders() -> None:
    regraded = seen("a", 1.0, of=replace(ONE, grading="other"))
    assert turns(seen("a", 1.0), regraded) == (Turn.GRADERS,)


def test_cases_that_come_go_or_are_edited_turn_the_cases() -> None:
    assert turns(seen("a", 1.0), BOTH) == (Turn.CASES,)
    assert turns(BOTH, seen("a", 1.0, 0.0)) == (Turn.CASES,)
    edited = [replace(each, asked="new", grading="new") for each in seen("a", 1.0, 0.0)]
    assert turns(BOTH, [*edited, *seen("b", 1.0)]) == (Turn.CASES,)


def test_beside_another_version_many_regraded_cases_are_graders_and_few_are_edits() -> None:
    before = [each for case in "abcd" for each in seen(case, 1.0)]
    other = replace(V2, grading="other")
    few = [each for case in "abcd" for each in seen(case, 1.0, of=other if case == "a" else V2)]
    most = [each for case in "abcd" for each in seen(case, 1.0, of=V2 if case == "a" else other)]
    assert turns(before, few) == (Turn.VERSION, Turn.CASES)
    assert turns(before, most) == (Turn.VERSION, Turn.GRADERS)


def test_of_two_versions_in_a_record_the_newer_one_counts() -> None:
    both = [*seen("a", 0.0, 0.0), *seen("a", 1.0, since=1, of=V2)]
    assert [point.version for point in points(seen("a", 0.0, 0.0), both)] == ["v1", "v2"]


def test_a_version_does_not_come_back_beside_the_one_that_followed_it() -> None:
    late = [*seen("a", 1.0, since=1, of=V2), *seen("b", 0.0, since=2)]
    found = points(seen("a", 1.0), seen("a", 1.0, since=1, of=V2), late)
    assert [point.version for point in found] == ["v1", "v2"]


def test_a_version_comes_back_when_it_is_alone() -> None:
    found = points(seen("a", 1.0), seen("a", 1.0, since=1, of=V2), seen("a", 1.0, since=2))
    assert [point.version for point in found] == ["v1", "v2", "v1"]


def test_of_two_trials_of_one_number_the_one_that_came_last_counts() -> None:
    (old,), (new,) = seen("a", 0.0), seen("a", 1.0, since=1)
    for state in ([old, new], [new, old]):
        assert points([old], state)[-1].outcomes == {"a": (1.0,)}


def test_of_two_that_came_together_the_later_line_counts() -> None:
    (first,), (second,) = seen("a", 0.0), seen("a", 1.0)
    assert points([first, second])[0].outcomes == {"a": (1.0,)}


def test_where_half_of_the_cases_are_graded_otherwise_with_a_version_they_were_edited() -> None:
    before = [*seen("a", 1.0), *seen("b", 1.0)]
    after = [*seen("a", 1.0, of=V2), *seen("b", 1.0, of=replace(V2, grading="other"))]
    assert turns(before, after) == (Turn.VERSION, Turn.CASES)


def test_of_two_versions_the_one_that_came_last_is_stable_whatever_its_hash() -> None:
    late = replace(ONE, version="v2", version_hash="a")
    (point,) = points([*seen("a", 0.0), *seen("a", 1.0, since=1, of=late)])
    assert (point.version, point.rate) == ("v2", 1.0)
