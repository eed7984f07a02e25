"""Without a time of the reporter it began where scores fell clearly, or nobody knows when."""

from dataclasses import replace
from random import Random

from evalgate.model.incident import Scope
from evalgate.model.observation import Observation
from evalgate.monitoring.incidents.beginning import LOOK_BACK, Beginning, ToldBy, beginning_of
from tests.unit.monitoring.incidents.streams import DAY, END, NOON, PROMPT, Day, observations

HERE = Scope(prompt=PROMPT)
UNKNOWN = Beginning(ts=END - LOOK_BACK, told_by=ToldBy.NOBODY)
FALL = observations(Day(worse=lambda _: 0.1))
QUIET = observations(Day(worse=lambda _: 0.0))


def of_criterion(name: str, scores: tuple[Observation, ...]) -> tuple[Observation, ...]:
    return tuple(replace(each, criterion=name) for each in scores)


def is_near_noon(found: Beginning) -> bool:
    return found.told_by is ToldBy.SCORES and abs(found.ts - NOON) <= 600.0


def test_it_began_where_the_scores_fell() -> None:
    assert is_near_noon(beginning_of(FALL, HERE, at=END))
    assert is_near_noon(beginning_of(FALL[::-1], HERE, at=END))


def test_where_no_score_fell_nobody_knows_and_the_last_day_is_looked_at() -> None:
    assert beginning_of(QUIET, HERE, at=END) == UNKNOWN
    assert beginning_of((), HERE, at=END) == UNKNOWN
    assert beginning_of(FALL, Scope(), at=END) == UNKNOWN
    assert UNKNOWN.first_bad == ""


def test_chance_is_taken_for_no_fall() -> None:
    for seed in range(40):
        quiet = observations(Day(worse=lambda _: 0.0, seed=seed), each=120.0)
        assert beginning_of(quiet, HERE, at=END) == UNKNOWN


def test_two_rare_failures_at_the_end_are_no_fall() -> None:
    draw = Random(1)  # noqa: S311 - made-up scores
    rare = [replace(each, outcome=float(draw.random() > 0.01)) for each in QUIET]
    last = [replace(each, outcome=0.0) for each in rare[-2:]]
    assert beginning_of((*rare[:-2], *last), HERE, at=END) == UNKNOWN


def test_a_hair_less_of_scores_that_never_vary_is_no_fall() -> None:
    flat = [replace(each, outcome=0.89 if each.ts >= NOON else 0.9) for each in QUIET]
    assert beginning_of(flat, HERE, at=END) == UNKNOWN


def test_what_fell_days_ago_is_not_what_is_reported() -> None:
    late = END + 2 * LOOK_BACK
    assert beginning_of(FALL, HERE, at=late).told_by is ToldBy.NOBODY


def test_what_comes_after_the_report_is_not_looked_at() -> None:
    assert beginning_of(FALL, HERE, at=NOON).told_by is ToldBy.NOBODY


def test_of_several_criteria_the_one_counts_that_fell_most() -> None:
    early = tuple(
        replace(each, ts=each.ts - 4 * 3600.0)
        for each in of_criterion("tone", observations(Day(worse=lambda _: 0.3)))
    )
    found = beginning_of((*FALL, *early), HERE, at=END)
    assert abs(found.ts - (NOON - 4 * 3600.0)) <= 600.0
    assert is_near_noon(beginning_of((*FALL, *early), replace(HERE, criterion="accuracy"), at=END))


def test_another_feature_that_fell_does_not_tell_of_this_one() -> None:
    mail = observations(Day(worse=lambda each: 0.2 if each.feature == "mail" else 0.0))
    assert is_near_noon(beginning_of(mail, replace(HERE, feature="mail"), at=END))
    assert beginning_of(mail, replace(HERE, feature="chat"), at=END) == UNKNOWN


def test_a_version_that_came_new_is_held_against_the_one_before() -> None:
    new = tuple(replace(each, version="v2" if each.ts >= NOON else "v1") for each in FALL)
    assert is_near_noon(beginning_of(new, replace(HERE, version="v2"), at=END))


def test_a_day_is_looked_back_at() -> None:
    assert UNKNOWN.ts == END - 86_400.0 < DAY
