"""A look at production whose truth is known: what is raised, when, and on which stream."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random
from types import MappingProxyType

import pytest

from evalgate.model.alarm import Alarm, Signal, Urgency
from evalgate.model.alarm_report import AlarmReport, Missing
from evalgate.model.monitoring import (
    AlarmRules,
    Level,
    MonitorRules,
    Objective,
    ScoredBy,
    ScoringRules,
)
from evalgate.model.observation import AnchorScore, Observation, Stream
from evalgate.model.sample import Stratum
from evalgate.model.traffic import Minute, Place, Tally
from evalgate.monitoring.alarms.looking import HeldTo, Seen, alarms_of, held_to
from tests.unit.monitoring.alarms.production import (
    EVERY,
    START,
    Graded,
    Outcome,
    Passing,
    anchored,
    at,
    baselines_of,
    production,
)

FROZEN, CHANGED, END = 1_500, 3_000, 4_500
GOOD = Graded()
WHOLE = Stream(prompt="answers", criterion="accuracy")


def worse(
    by: float,
    names: Mapping[str, str] = MappingProxyType({}),
    *,
    since: int = CHANGED,
    until: int = END,
) -> Outcome:
    """Return an outcome that is lower for a time, where names match."""

    def outcome(of: Observation, draws: Random) -> float:
        hit = all(getattr(of, name) == value for name, value in names.items())
        is_late = at(since) <= of.ts < at(until)
        return max(0.0, GOOD(of, draws) - (by if hit and is_late else 0.0))

    return outcome


def look(
    observations: Sequence[Observation],
    *,
    anchors: Sequence[AnchorScore] = (),
    to: HeldTo | None = None,
    end: int = END,
) -> AlarmReport:
    """Look at production at its end, held to its beginning."""
    to = to or HeldTo()
    to = replace(to, baselines=to.baselines or baselines_of(observations, until=at(FROZEN)))
    return alarms_of(Seen(observations=observations, anchors=anchors), to, at=at(end))


def one(alarms: Sequence[Alarm]) -> Alarm:
    assert len(alarms) == 1, [each.message for each in alarms]
    return alarms[0]


def raised(alarm: Alarm) -> float:
    """Return with which answer after the change an alarm was raised."""
    return (alarm.raised - at(CHANGED)) / EVERY


# Quality that has not changed


@pytest.mark.parametrize("outcome", [Graded(), Graded(sd=0.15), Passing(0.9)])
def test_production_that_is_as_it_was_pages_nobody(outcome: Outcome) -> None:
    pages = 0
    for seed in range(4):
        report = look(production(END, outcome, seed=seed))
        pages += sum(each.urgency is Urgency.PAGE for each in (*report.alarms, *report.past))
    assert pages == 0


# Quality that has


def test_a_fall_pages_once_about_the_whole_and_says_since_when() -> None:
    report = look(production(END, worse(0.07)))
    alarm = one(report.alarms)
    assert (alarm.signal, alarm.urgency, alarm.stream) == (Signal.FALL, Urgency.PAGE, WHOLE)
    assert 10 < raised(alarm) < 70
    assert alarm.began == pytest.approx(at(CHANGED), abs=15 * EVERY)
    assert alarm.observed <= alarm.limit == pytest.approx((alarm.baseline or 0) - 0.05)
    assert alarm.low is not None
    assert alarm.high is not None
    assert alarm.low < alarm.observed < alarm.high < (alarm.baseline or 0)
    assert alarm.also == ()
    assert report.past == ()
    assert report.pages


def test_a_slow_drift_is_a_ticket_first_and_a_page_later_with_one_fingerprint() -> None:
    def sinking(of: Observation, draws: Random) -> float:
        share = min(1.0, max(0.0, (of.ts - at(CHANGED)) / (EVERY * 1_500)))
        return Graded(sd=0.05)(of, draws) - 0.06 * share

    observations = production(6_000, sinking)
    early = one(look(observations, end=CHANGED + 600).alarms)
    late = one(look(observations, end=6_000).alarms)
    assert (early.signal, early.urgency) == (Signal.DRIFT, Urgency.TICKET)
    assert (late.signal, late.urgency) == (Signal.FALL, Urgency.PAGE)
    assert early.fingerprint == late.fingerprint
    assert early.raised < late.raised


def test_a_small_fall_that_lasts_is_a_ticket_that_no_page_needs() -> None:
    def lower(of: Observation, draws: Random) -> float:
        return Graded(0.825 if of.ts >= at(CHANGED) else 0.85, sd=0.04)(of, draws)

    alarm = one(look(production(END, lower)).alarms)
    assert (alarm.signal, alarm.urgency) == (Signal.DRIFT, Urgency.TICKET)
    assert "a small fall that lasts" in alarm.message


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"feature": "chat"}, {"feature": "chat"}),
        ({"provider": "east"}, {"provider": "east", "route": "east-1"}),
    ],
)
def test_where_a_part_fell_alone_the_alarm_is_about_that_part(
    names: dict[str, str], expected: dict[str, str]
) -> None:
    alarm = one(look(production(END, worse(0.14, names))).alarms)
    assert alarm.stream == replace(WHOLE, **expected)
    assert alarm.urgency is Urgency.PAGE
    assert WHOLE in alarm.also


def test_where_all_answers_have_a_new_version_since_the_fall_it_is_named() -> None:
    def shape(of: Observation, number: int, _: Random) -> Observation:
        return replace(of, version="v4") if number >= CHANGED else of

    alarm = one(look(production(END, worse(0.08), shape=shape)).alarms)
    assert alarm.stream == replace(WHOLE, version="v4")


def test_a_canary_that_is_bad_is_named_though_the_whole_hardly_fell() -> None:
    def shape(of: Observation, number: int, draws: Random) -> Observation:
        return replace(of, version="v4") if number >= CHANGED and draws.random() < 0.2 else of

    alarm = one(
        look(
            production(6_000, worse(0.14, {"version": "v4"}, until=6_000), shape=shape), end=6_000
        ).alarms
    )
    assert alarm.stream == replace(WHOLE, version="v4")
    assert alarm.urgency is Urgency.PAGE


def test_one_criterion_that_fell_alone_is_the_one_that_is_named() -> None:
    both = production(END, GOOD) + production(END, worse(0.07), criterion="relevance")
    alarm = one(look(both).alarms)
    assert alarm.stream == replace(WHOLE, criterion="relevance")
    assert alarm.also == ()


def test_criteria_that_fell_together_are_one_alarm() -> None:
    both = production(END, worse(0.08)) + production(END, worse(0.07), criterion="relevance")
    alarm = one(look(both).alarms)
    other = {"accuracy": "relevance", "relevance": "accuracy"}[alarm.stream.criterion]
    assert replace(WHOLE, criterion=other) in alarm.also


def test_criteria_that_fell_at_different_times_are_two_alarms() -> None:
    both = production(END, worse(0.08, since=2_000)) + production(
        END, worse(0.08, since=3_500), criterion="relevance"
    )
    assert {each.stream.criterion for each in look(both).alarms} == {"accuracy", "relevance"}


def test_an_alarm_is_over_when_the_window_has_been_back_for_a_while() -> None:
    report = look(production(END, worse(0.08, until=3_400)))
    assert report.alarms == ()
    past = one([each for each in report.past if each.urgency is Urgency.PAGE])
    assert past.resolved is not None
    assert at(3_400) < past.resolved < at(3_900)


def test_a_version_that_was_taken_back_keeps_no_alarm() -> None:
    def shape(of: Observation, number: int, _: Random) -> Observation:
        return replace(of, version="v4") if CHANGED <= number < 3_400 else of

    scores = production(END, worse(0.1, {"version": "v4"}), shape=shape)
    past = one([each for each in look(scores).past if each.urgency is Urgency.PAGE])
    assert past.resolved is not None
    assert at(3_400) < past.resolved < at(3_900)
    # While it serves, nothing of it is over.
    assert one(look(scores, end=3_390).alarms).resolved is None


def test_a_canary_with_few_scores_is_not_taken_for_one_that_is_gone() -> None:
    def shape(of: Observation, number: int, _: Random) -> Observation:
        return replace(of, version="v4") if number >= CHANGED and number % 20 == 0 else of

    scores = production(9_000, worse(0.3, {"version": "v4"}, until=9_000), shape=shape)
    alarm = one(look(scores, end=9_000).alarms)
    assert alarm.stream == replace(WHOLE, version="v4")


# What looks like a fall and is none of quality


def test_other_questions_are_a_ticket_that_says_so() -> None:
    def shape(of: Observation, number: int, draws: Random) -> Observation:
        return replace(
            of, feature="chat" if draws.random() < (0.9 if number >= CHANGED else 0.4) else "search"
        )

    def outcome(of: Observation, draws: Random) -> float:
        return Graded(0.75 if of.feature == "chat" else 0.92)(of, draws)

    report = look(production(END, outcome, shape=shape))
    alarm = one(report.alarms)
    assert alarm.urgency is Urgency.TICKET
    assert "what is asked has changed" in alarm.message


def test_a_judge_that_moved_is_the_alarm_and_quality_does_not_page() -> None:
    anchors = anchored(5, shift=lambda day: -0.08 if day >= 2 else 0.0)
    report = look(production(END, worse(0.08, since=2_880)), anchors=anchors)
    alarm = one(report.alarms)
    assert (alarm.signal, alarm.urgency) == (Signal.JUDGE, Urgency.TICKET)
    assert alarm.observed == pytest.approx(-0.08, abs=0.02)
    assert any("the page is withheld" in note for note in report.notes)


def test_a_judge_that_moved_a_little_does_not_hide_a_large_fall() -> None:
    anchors = anchored(5, shift=lambda day: -0.03 if day >= 2 else 0.0)
    report = look(production(END, worse(0.14, since=2_880)), anchors=anchors)
    assert {each.signal for each in report.alarms} == {Signal.JUDGE, Signal.FALL}
    assert any("does not explain it" in each.message for each in report.alarms)


def test_a_judge_whose_anchors_stand_still_hides_nothing() -> None:
    alarm = one(look(production(END, worse(0.08)), anchors=anchored(5)).alarms)
    assert alarm.signal is Signal.FALL


def other_judge(of: Observation, number: int, _: Random) -> Observation:
    return replace(of, judge="claude-opus-5-5/77aa") if number >= CHANGED else of


def test_a_judge_whom_nobody_knows_is_a_ticket_and_its_pages_are_withheld() -> None:
    report = look(production(END, worse(0.08), shape=other_judge))
    alarm = one(report.alarms)
    assert (alarm.signal, alarm.stream.criterion) == (Signal.JUDGE, "accuracy")
    assert any("another judge scores it" in note for note in report.notes)


def test_a_baseline_whose_place_was_taken_says_nothing_of_the_judge() -> None:
    scores = production(END, GOOD, shape=other_judge)
    old = baselines_of(scores, until=at(FROZEN))
    until = at(FROZEN - 10)
    new = [
        replace(each, judge="claude-opus-5-5/77aa", until=until, frozen=each.frozen + 1)
        for each in old
    ]
    seen = Seen(observations=scores)
    assert alarms_of(seen, HeldTo(baselines=old), at=at(END)).alarms
    assert alarms_of(seen, HeldTo(baselines=(*old, *new)), at=at(END)).alarms == ()


def test_a_new_judge_whom_the_anchors_know_holds_the_baseline() -> None:
    anchors = anchored(
        5, judge=lambda day: "claude-opus-5-5/77aa" if day >= 2 else "claude-haiku-5-5/1f2e"
    )
    alarm = one(look(production(END, worse(0.08), shape=other_judge), anchors=anchors).alarms)
    assert alarm.signal is Signal.FALL


# Floors, slices and baselines


def test_a_mean_under_the_floor_pages_though_it_fell_by_less_than_the_limit() -> None:
    rules = HeldTo(rules=AlarmRules(max_drop=0.15), floors={"accuracy": 0.8})
    alarm = one(look(production(END, worse(0.08)), to=rules).alarms)
    assert alarm.signal is Signal.FLOOR
    assert "under the floor of 80%" in alarm.message


def test_a_floor_is_held_without_any_baseline() -> None:
    observations = production(END, Graded(0.7, 0.1))
    to = HeldTo(floors={"accuracy": 0.8})
    report = alarms_of(Seen(observations=observations), to, at=at(END))
    alarm = one(report.alarms)
    assert alarm.signal is Signal.FLOOR
    assert alarm.baseline is None
    fine = alarms_of(Seen(observations=production(END, Graded(0.82, 0.1))), to, at=at(END))
    assert fine.alarms == ()


def test_a_slice_that_is_not_declared_is_not_watched() -> None:
    observations = production(END, worse(0.1, {"feature": "chat"}))
    watched = look(observations, to=HeldTo(rules=AlarmRules(slices=("feature",))))
    plain = look(observations, to=HeldTo(rules=AlarmRules(slices=())))
    assert [each.limit is not None for each in watched.trends if each.stream.feature] == [True] * 2
    assert [each.limit is not None for each in plain.trends if each.stream.feature] == [False] * 2


def test_a_baseline_that_is_frozen_anew_ends_the_alarms_of_the_old_one() -> None:
    observations = production(END, worse(0.08))
    old = baselines_of(observations, until=at(FROZEN))
    late = [each for each in observations if each.ts > at(CHANGED)]
    new = baselines_of(late, until=at(4_000))
    report = alarms_of(Seen(observations=observations), HeldTo(baselines=(*old, *new)), at=at(END))
    assert report.alarms == ()
    assert one(report.past).resolved == at(4_000)
    before = alarms_of(
        Seen(observations=observations), HeldTo(baselines=(*old, *new)), at=at(3_900)
    )
    assert len(before.alarms) == 1


# The same history, the same alarms


def test_the_order_in_which_scores_come_changes_nothing() -> None:
    observations = production(END, worse(0.08))
    mixed = list(observations)
    Random(3).shuffle(mixed)  # noqa: S311 - draws of a test
    baselines = baselines_of(observations, until=at(FROZEN))
    assert look(mixed, to=HeldTo(baselines=baselines)) == look(
        observations, to=HeldTo(baselines=baselines)
    )


def test_a_later_look_knows_the_same_cause_by_the_same_name() -> None:
    observations = production(END, worse(0.08))
    early, late = look(observations, end=CHANGED + 100), look(observations)
    assert one(early.alarms).fingerprint == one(late.alarms).fingerprint
    assert one(early.alarms).raised == one(late.alarms).raised


def test_nothing_later_than_the_instant_is_known() -> None:
    observations = production(END, worse(0.08))
    baselines = baselines_of(observations, until=at(FROZEN))
    known = [each for each in observations if each.ts <= at(3_200)]
    to = HeldTo(baselines=baselines)
    assert look(observations, to=to, end=3_200) == look(known, to=to, end=3_200)


def test_raised_scores_do_not_count_for_alarms() -> None:
    observations = production(END, GOOD)
    bad = [
        replace(each, stratum=Stratum.RAISED, outcome=0.0, request_id=f"x{each.request_id}")
        for each in observations
        if each.ts >= at(CHANGED)
    ]
    report = look([*observations, *bad])
    assert report.alarms == ()
    [whole] = [each for each in report.trends if each.stream == WHOLE]
    assert whole.n == END
    assert whole.weighted is not None
    assert whole.mean is not None
    assert whole.weighted < whole.mean - 0.1


# What is not watched


def test_a_prompt_without_a_baseline_says_which_command_makes_one() -> None:
    report = alarms_of(Seen(observations=production(400, GOOD)), HeldTo(), at=at(400))
    [missing] = report.unwatched
    assert missing.why is Missing.BASELINE
    assert "evalgate monitor freeze --prompt answers" in missing.message
    few = alarms_of(Seen(observations=production(150, GOOD)), HeldTo(), at=at(150))
    [missing] = few.unwatched
    assert (missing.why, missing.lacking) == (Missing.SCORES, 50)
    assert missing.until == pytest.approx(at(200), abs=5 * EVERY)


def test_a_window_that_is_not_full_yet_says_how_much_is_missing() -> None:
    report = look(production(END, GOOD), end=FROZEN + 20)
    [whole] = [each for each in report.unwatched if each.stream == WHOLE]
    [trend] = [each for each in report.trends if each.stream == WHOLE]
    assert whole.why is Missing.WINDOW
    assert whole.lacking == trend.window - 20


def test_nothing_at_all_is_an_empty_report() -> None:
    report = alarms_of(Seen(), HeldTo(), at=at(0))
    assert report == AlarmReport(at=at(0))
    assert not report.pages


# Service levels beside quality


def test_service_levels_are_looked_at_with_the_rest() -> None:
    minutes = [
        Minute(start=at(each), place=Place(prompt="answers"), tally=Tally(calls=100, failed=40))
        for each in range(30)
    ]
    served = Objective(name="served", level=Level.AVAILABILITY, target=0.99)
    report = alarms_of(Seen(minutes=minutes), HeldTo(objectives=(served,)), at=at(30))
    assert one(report.alarms).signal is Signal.BURN
    assert report.budgets[0].bad == 1_200


def test_an_outage_that_comes_and_goes_is_not_told_at_every_turn() -> None:
    minutes = [
        Minute(
            start=START + 60 * each,
            place=Place(prompt="answers"),
            tally=Tally(calls=100, failed=100 if each // 20 % 2 else 0),
        )
        for each in range(240)
    ]
    served = Objective(name="served", level=Level.AVAILABILITY, target=0.9)
    for cooldown, most in ((60.0, 4), (600.0, 1)):
        rules = AlarmRules(cooldown_minutes=cooldown)
        to = HeldTo(objectives=(served,), rules=rules)
        report = alarms_of(Seen(minutes=minutes), to, at=START + 240 * 60)
        told = sorted(each.raised for each in (*report.alarms, *report.past))
        assert 1 <= len(told) <= most
        assert all(later - earlier >= 60 * cooldown for earlier, later in pairwise(told))


def test_a_quality_budget_is_not_told_beside_the_fall_that_spends_it() -> None:
    level = Objective(
        name="good", level=Level.QUALITY, target=0.9, threshold=0.8, criterion="accuracy"
    )
    observations = production(END, worse(0.2))
    to = HeldTo(baselines=baselines_of(observations, until=at(FROZEN)), objectives=(level,))
    report = look(observations, to=to)
    assert [each.signal for each in report.alarms] == [Signal.FALL]
    alone = alarms_of(Seen(observations=observations), HeldTo(objectives=(level,)), at=at(END))
    assert {each.signal for each in alone.alarms} == {Signal.BURN}


def test_a_prompt_whose_samples_are_not_scored_is_told() -> None:
    observations = production(END, GOOD)
    minutes = [
        Minute(start=at(END) + 60 * each, place=Place(prompt="answers"), tally=Tally(sampled=1))
        for each in range(100)
    ]
    to = HeldTo(baselines=baselines_of(observations, until=at(FROZEN)))
    seen = Seen(observations=observations, minutes=minutes)
    assert alarms_of(seen, to, at=at(END) + 20 * 3_600).alarms == ()
    assert one(alarms_of(seen, to, at=at(END) + 40 * 3_600).alarms).signal is Signal.SILENCE


def test_what_a_policy_holds_production_to_is_taken_from_its_section() -> None:
    floor = ScoredBy(name="accuracy", floor=0.7)
    rules = MonitorRules(
        scoring=ScoringRules(criteria=(floor, ScoredBy(name="format"))),
        alarms=AlarmRules(max_drop=0.1),
    )
    assert held_to(rules, ()) == HeldTo(rules=AlarmRules(max_drop=0.1), floors={"accuracy": 0.7})
