"""Tests for evalgate.publishing.activities."""

import pytest
from inline_snapshot import snapshot

from evalgate.errors import UsageError
from evalgate.model.event import Activity, Event
from evalgate.publishing.activities import Wish, activity_of

NOTHING_ASKED = Wish()


@pytest.mark.parametrize(
    ("event", "wish", "activity"),
    [
        (Event(name="pull_request"), NOTHING_ASKED, Activity.GATE),
        (Event(name="pull_request", is_foreign=True), Wish(can_call=False), Activity.SCREEN),
        (Event(name="pull_request", is_foreign=True), Wish(can_call=True), Activity.GATE),
        (Event(name="pull_request"), Wish(can_call=False), Activity.GATE),
        (Event(name="merge_group"), NOTHING_ASKED, Activity.GATE),
        (Event(name="push", branch="main", default_branch="main"), NOTHING_ASKED, Activity.RECORD),
        (Event(name="push", branch="topic", default_branch="main"), NOTHING_ASKED, Activity.GATE),
        (Event(name="push", default_branch="main"), NOTHING_ASKED, Activity.NOTHING),
        (
            Event(name="push", branch="topic", default_branch="main", deleted=True),
            NOTHING_ASKED,
            Activity.NOTHING,
        ),
        (Event(name="schedule"), NOTHING_ASKED, Activity.RECORD),
        (Event(name="workflow_dispatch"), NOTHING_ASKED, Activity.GATE),
        (Event(name="workflow_dispatch"), Wish(promotes=True), Activity.PROMOTE),
        (Event(name="workflow_dispatch"), Wish(judges=True), Activity.JUDGE_FORK),
        (Event(name="workflow_dispatch"), Wish(rolls_out=True), Activity.ROLLOUT),
        (
            Event(name="workflow_dispatch"),
            Wish(rolls_out=True, promotes=True),
            Activity.ROLLOUT,
        ),
        (Event(name="schedule"), Wish(rolls_out=True), Activity.ROLLOUT),
        (Event(name="schedule"), Wish(activity="rollout"), Activity.ROLLOUT),
        (Event(name="push", default_branch="main"), Wish(rolls_out=True), Activity.NOTHING),
        (Event(name="workflow_run", source="pull_request"), NOTHING_ASKED, Activity.RELAY),
        (Event(name="release"), Wish(activity="gate"), Activity.GATE),
        (Event(name="pull_request"), Wish(activity="screen"), Activity.SCREEN),
    ],
)
def test_each_event_asks_for_one_thing(event: Event, wish: Wish, activity: Activity) -> None:
    assert activity_of(event, wish) is activity


def test_an_unknown_event_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as raised:
        activity_of(Event(name="issue_comment"), NOTHING_ASKED)
    assert str(raised.value) == snapshot(
        "evalgate does not know what to do about the event `issue_comment`: it acts on merge_group, pull_request, push, schedule, workflow_dispatch, workflow_run; start the workflow by one of them, or name the input `activity`"
    )


def test_a_pull_request_is_never_judged_where_it_has_the_base_checked_out_and_secrets() -> None:
    with pytest.raises(UsageError, match="`pull_request_target` has secrets"):
        activity_of(Event(name="pull_request_target"), NOTHING_ASKED)


@pytest.mark.parametrize("source", ["push", "pull_request_target", "workflow_dispatch"])
def test_a_run_that_no_pull_request_has_started_has_nothing_to_publish(source: str) -> None:
    with pytest.raises(UsageError, match="only runs of `pull_request`"):
        activity_of(Event(name="workflow_run", source=source), NOTHING_ASKED)


def test_a_dispatch_promotes_or_judges_but_not_both() -> None:
    with pytest.raises(UsageError, match="name one of the two"):
        activity_of(Event(name="workflow_dispatch"), Wish(promotes=True, judges=True))
    with pytest.raises(UsageError, match="name one of the two"):
        activity_of(Event(name="workflow_dispatch"), Wish(rolls_out=True, judges=True))


def test_a_misspelt_activity_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r"no activity `promot` \(did you mean `promote`"):
        activity_of(Event(name="push"), Wish(activity="promot"))
