"""Facts about what is told where, round after round, and what is remembered of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalgate.model.alarm import Urgency
from evalgate.model.alert import Alert, Delivery, SinkRules
from evalgate.model.alerted import AlertState, Parcel
from evalgate.monitoring.alarms.delivering import (
    FIRST_PAUSE,
    FORGOTTEN,
    LONGEST_PAUSE,
    Round,
    alerts_of_round,
    booked,
    mended,
    parcels_of,
    pause_after,
)
from evalgate.monitoring.places import Places
from tests.unit.alerts import NOW, a_sink, an_alert

PAGE, TICKET = Urgency.PAGE, Urgency.TICKET


@dataclass
class Post:
    """Rounds of telling, to sinks that fail while they are named among the broken ones."""

    rules: Sequence[SinkRules] = (a_sink("pager"),)
    cooldown: float = 3_600.0
    state: AlertState = field(default_factory=AlertState)
    broken: set[str] = field(default_factory=set)

    def round(self, *alerts: Alert, after: float = 0.0) -> list[str]:
        """Tell in one round, and return `sink: what` for each parcel."""
        at = NOW + after
        now = Round(rules=self.rules, at=at, cooldown=self.cooldown)
        told = [replace(each, at=at) for each in alerts]
        known = alerts_of_round(told, self.state, now)
        parcels = parcels_of(known, self.state, now)
        deliveries = [self._delivered(each, at) for each in parcels]
        self.state = booked(self.state, known, deliveries, now=now)
        return [f"{each.sink}: {_what(each)}" for each in parcels]

    def _delivered(self, parcel: Parcel, at: float) -> Delivery:
        failure = "it answers with HTTP 503" if parcel.sink in self.broken else ""
        return Delivery(
            sink=parcel.sink,
            fingerprint=parcel.alert.fingerprint,
            at=at,
            failure=failure,
            reference="" if failure else f"{parcel.sink}/{parcel.alert.fingerprint}",
        )


def _what(parcel: Parcel) -> str:
    return f"{parcel.alert.fingerprint}{' over' if parcel.alert.is_resolved else ''}"


def test_a_cause_is_told_once_and_its_end_once() -> None:
    post = Post()
    assert post.round(an_alert()) == ["pager: f1"]
    assert post.round(an_alert(), after=60) == []
    assert post.round(an_alert(over=True), after=120) == ["pager: f1 over"]
    assert post.round(an_alert(over=True), after=180) == []


def test_an_alert_goes_where_its_urgency_goes() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("issues", TICKET), a_sink("chat")))
    assert post.round(an_alert("p"), an_alert("t", urgency=TICKET)) == [
        "pager: p",
        "chat: p",
        "issues: t",
        "chat: t",
    ]


def test_the_end_goes_only_where_the_beginning_arrived() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("chat")), broken={"chat"})
    post.round(an_alert())
    assert post.round(an_alert(over=True), after=5)[0] == "pager: f1 over"
    assert "chat: f1 over" not in post.round(an_alert(over=True), after=9_000)


def test_an_end_that_nobody_was_told_a_beginning_of_is_not_remembered() -> None:
    post = Post()
    assert post.round(an_alert(over=True)) == []
    assert post.state.alerts == {}


def test_the_reference_of_the_first_message_comes_with_the_next() -> None:
    post = Post()
    post.round(an_alert())
    now = Round(rules=post.rules, at=NOW + 60)
    known = alerts_of_round([an_alert(over=True)], post.state, now)
    (parcel,) = parcels_of(known, post.state, now)
    assert parcel.reference == "pager/f1"


def test_what_did_not_arrive_is_tried_again_after_pauses_that_double() -> None:
    post = Post(broken={"pager"})
    tried = [
        after for after in range(0, 8_000, 10) if "pager: f1" in post.round(an_alert(), after=after)
    ]
    assert tried == [0, 30, 90, 210, 450, 930, 1890, 3810, 7410]
    post.broken.clear()
    assert post.round(an_alert(), after=11_010) == ["pager: f1"]
    assert post.round(an_alert(), after=99_999) == []


def test_pauses_grow_up_to_an_hour_however_often_it_failed() -> None:
    assert pause_after(1) == FIRST_PAUSE
    assert pause_after(2) == 2 * FIRST_PAUSE
    assert pause_after(10_000) == LONGEST_PAUSE


def test_an_end_that_did_not_arrive_is_tried_again() -> None:
    post = Post()
    post.round(an_alert())
    post.broken = {"pager"}
    assert post.round(an_alert(over=True), after=60) == ["pager: f1 over"]
    post.broken = set()
    assert "pager: f1 over" in post.round(after=120)
    assert post.round(after=180) == []


def test_a_ticket_that_becomes_a_page_is_told_again_and_the_pager_hears_of_it() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("chat")))
    assert post.round(an_alert(urgency=TICKET)) == ["chat: f1"]
    assert post.round(an_alert(), after=60) == ["pager: f1", "chat: f1"]
    assert post.round(an_alert(urgency=TICKET), after=120) == []
    assert post.round(an_alert(over=True), after=180) == ["pager: f1 over", "chat: f1 over"]


def test_who_was_told_of_a_ticket_hears_that_it_became_a_page_and_that_it_is_over() -> None:
    post = Post(rules=(a_sink("issues", TICKET),))
    assert post.round(an_alert(urgency=TICKET)) == ["issues: f1"]
    assert post.round(an_alert(), after=60) == ["issues: f1"]
    assert post.round(an_alert(over=True), after=120) == ["issues: f1 over"]


def test_a_reference_is_kept_where_a_later_message_returns_none() -> None:
    post = Post()
    post.round(an_alert())
    now = Round(rules=post.rules, at=NOW + 60)
    graver = {"f1": replace(an_alert(at=NOW + 60), weight=3.0)}
    taken = Delivery(sink="pager", fingerprint="f1", at=NOW + 60)
    state = booked(post.state, graver, [taken], now=now)
    assert state.alerts["f1"].told["pager"].reference == "pager/f1"


def test_of_two_ends_of_a_cause_the_last_one_counts() -> None:
    now = Round(rules=(a_sink(),), at=NOW)
    ends = [replace(an_alert(over=True), message=message) for message in ("first", "last")]
    assert alerts_of_round(ends, AlertState(), now)["f1"].message == "last"


@pytest.mark.parametrize(("weight", "is_told"), [(1.5, False), (2.0, True), (5.0, True)])
def test_what_is_twice_as_far_beyond_its_limit_is_told_again(weight: float, is_told: bool) -> None:
    post = Post()
    post.round(an_alert())
    assert bool(post.round(replace(an_alert(), weight=weight), after=60)) is is_told
    assert post.round(replace(an_alert(), weight=weight), after=120) == []


def test_an_incident_that_was_opened_meanwhile_is_told_once() -> None:
    post = Post()
    post.round(an_alert())
    with_incident = replace(an_alert(), incident="i1")
    assert post.round(with_incident, after=60) == ["pager: f1"]
    assert post.round(with_incident, after=120) == []


def test_what_comes_back_within_the_cooldown_waits_for_its_end() -> None:
    post = Post(cooldown=600)
    post.round(an_alert())
    post.round(an_alert(over=True), after=100)
    assert post.round(an_alert(), after=200) == []
    assert post.round(an_alert(), after=699) == []
    assert post.round(an_alert(), after=700) == ["pager: f1"]


def test_what_comes_back_as_a_page_waits_for_nothing() -> None:
    post = Post(cooldown=600)
    post.round(an_alert(urgency=TICKET))
    post.round(an_alert(urgency=TICKET, over=True), after=100)
    assert post.round(an_alert(), after=200) == ["pager: f1"]


def test_what_is_over_for_long_is_forgotten() -> None:
    post = Post(cooldown=600)
    post.round(an_alert())
    post.round(an_alert(over=True), after=100)
    assert list(post.state.alerts) == ["f1"]
    post.round(an_alert(over=True), after=800)
    assert post.state.alerts == {}


def test_an_alert_that_is_not_named_any_more_stays_for_a_day_and_is_over_then() -> None:
    post = Post()
    post.round(an_alert())
    assert post.round(after=FORGOTTEN - 1) == []
    assert post.round(after=FORGOTTEN) == ["pager: f1 over"]
    assert "not named" not in post.state.alerts["f1"].alert.title


def test_of_one_cause_that_ended_and_came_back_the_one_that_lasts_counts() -> None:
    post = Post()
    assert post.round(an_alert(over=True), an_alert()) == ["pager: f1"]
    assert post.round(an_alert(), an_alert(over=True), after=60) == []


def test_a_sink_that_fails_is_told_to_the_others_once_and_when_it_is_well_again() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("chat")), broken={"chat"})
    assert post.round(an_alert()) == ["pager: f1", "chat: f1"]
    assert post.state.failing["chat"].failure == "it answers with HTTP 503"
    assert post.round(an_alert(), after=5) == ["pager: sink:chat"]
    assert post.round(an_alert(), after=10) == []
    post.broken.clear()
    assert post.round(an_alert(), after=60) == ["chat: f1"]
    assert post.state.failing == {}
    assert post.round(an_alert(), after=70) == ["pager: sink:chat over"]
    assert post.round(an_alert(), after=80) == []


def test_a_failing_sink_is_told_to_those_who_take_its_urgency_else_to_all_others() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("issues", TICKET)), broken={"pager"})
    post.round(an_alert())
    assert post.round(an_alert(), after=5) == ["issues: sink:pager"]


def test_a_failing_sink_that_is_alone_is_told_to_nobody_and_not_to_itself() -> None:
    post = Post(broken={"pager"})
    post.round(an_alert())
    assert post.round(an_alert(), after=5) == []
    assert list(post.state.failing) == ["pager"]


def test_the_urgency_of_a_failing_sink_is_that_of_the_gravest_alert_it_missed() -> None:
    post = Post(rules=(a_sink("chat"),), broken={"chat"})
    post.round(an_alert("t", urgency=TICKET))
    assert post.state.failing["chat"].urgency is TICKET
    post.round(an_alert("t", urgency=TICKET), an_alert("p"), after=5)
    assert post.state.failing["chat"].urgency is PAGE
    assert post.state.failing["chat"].failing_since == NOW


def test_a_sink_that_the_policy_names_no_more_is_forgotten_and_its_alarm_over() -> None:
    post = Post(rules=(a_sink("pager", PAGE), a_sink("chat")), broken={"chat"})
    post.round(an_alert())
    post.round(an_alert(), after=5)
    post.rules = post.rules[:1]
    assert post.round(an_alert(), after=10) == ["pager: sink:chat over"]
    assert list(post.state.sinks) == ["pager"]
    assert list(post.state.alerts["f1"].told) == ["pager"]


def test_once_a_sink_is_mended_what_waits_for_it_is_due_at_once() -> None:
    post = Post(broken={"pager"})
    for after in (0, 30, 90, 210):
        post.round(an_alert(), after=after)
    post.broken.clear()
    assert post.round(an_alert(), after=220) == []
    post.state = mended(post.state, {"pager"})
    assert post.state.failing == {}
    assert post.round(an_alert(), after=221) == ["pager: f1"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["fires", "over", "nothing"]),
            st.booleans(),
            st.integers(min_value=1, max_value=4_000),
        ),
        max_size=30,
    )
)
def test_beginnings_and_ends_alternate_at_every_sink_whatever_happens(
    steps: list[tuple[str, bool, int]],
) -> None:
    post, after, told = Post(rules=(a_sink("pager"), a_sink("chat"))), 0, list[str]()
    for what, is_broken, seconds in steps:
        after += seconds
        post.broken = {"chat"} if is_broken else set()
        alerts = [] if what == "nothing" else [an_alert(over=what == "over")]
        said = post.round(*alerts, after=after)
        told += [each for each in said if each.startswith("chat: f1") and not is_broken]
    assert told[:1] != ["chat: f1 over"]
    assert all(one != other for one, other in pairwise(told))


def test_a_sink_that_fails_is_tried_by_the_policy_of_the_monitor() -> None:
    post = Post(rules=(a_sink("pager"), a_sink("chat")), broken={"pager"})
    post.round(an_alert())
    now = Round(rules=post.rules, at=NOW + 60, places=Places(policy="strict.yml"))
    told = alerts_of_round([], post.state, now)["sink:pager"]
    assert told.commands == ("evalgate alert test --sink pager --policy strict.yml",)
