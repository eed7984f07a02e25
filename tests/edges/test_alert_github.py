"""Facts about alerts as issues on GitHub: one for each cause, whatever happens on the way."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from evalgate.adapters.alert_github import REOPENED_FOR, GitHubSink, marker
from evalgate.errors import AlertError
from evalgate.reporting.alert_markdown import alert_markdown
from tests.github.faults import Fault, Kind
from tests.github.server import Serving, serve
from tests.github.state import State
from tests.unit.alerts import NOW, an_alert

EPOCH_OF_FAKE = 1_767_225_600.0
"""The fake's clock starts on 2026-01-01."""


def sink_at(fake: Serving) -> GitHubSink:
    return GitHubSink(
        token=fake.token,
        repository=fake.state.repository,
        wording=alert_markdown,
        api_url=fake.url,
        labels=("alert",),
        timeout=5.0,
    )


@contextmanager
def github(state: State | None = None) -> Iterator[Serving]:
    with serve(state) as fake:
        yield fake
        assert (fake.refused, fake.violations) == ([], [])


def at_fake(seconds: float = 0.0) -> float:
    return EPOCH_OF_FAKE + seconds


def test_an_alert_opens_an_issue_and_its_end_closes_it() -> None:
    with github() as fake:
        sink = sink_at(fake)
        reference = sink.send(an_alert(at=at_fake()))
        assert reference == "https://github.com/octo/shop/issues/1"
        issue = fake.state.issues[1]
        assert (issue.title, issue.labels) == ("support: accuracy has fallen", ["alert"])
        assert sink.send(an_alert(over=True, at=at_fake(60)), reference=reference) == reference
        assert not issue.is_open
        assert issue.title == "Resolved: support: accuracy has fallen"
        assert len(fake.state.bodies(1)) == 1
        assert "It is over." in fake.state.bodies(1)[0]


def test_a_second_message_changes_the_issue_that_is_found_by_its_mark() -> None:
    with github() as fake:
        sink_at(fake).send(an_alert(at=at_fake()))
        worse = replace(an_alert(at=at_fake(60)), message="It is much worse.")
        sink_at(fake).send(worse)
        assert len(fake.state.issues) == 1
        assert "It is much worse." in fake.state.issues[1].body
        assert "It changed." in fake.state.bodies(1)[0]


def test_another_cause_is_another_issue() -> None:
    with github() as fake:
        sink_at(fake).send(an_alert("f1", at=at_fake()))
        sink_at(fake).send(an_alert("f2", at=at_fake()))
        assert len(fake.state.issues) == 2


def test_the_same_message_again_writes_nothing() -> None:
    with github() as fake:
        sink_at(fake).send(an_alert(at=at_fake()))
        before = len(fake.requests)
        sink_at(fake).send(an_alert(at=at_fake()))
        assert {method for method, _ in fake.requests[before:]} == {"GET"}


def test_what_comes_back_soon_opens_its_issue_again() -> None:
    with github() as fake:
        sink = sink_at(fake)
        reference = sink.send(an_alert(at=at_fake()))
        sink.send(an_alert(over=True, at=at_fake(60)), reference=reference)
        assert sink.send(an_alert(at=at_fake(120)), reference=reference) == reference
        issue = fake.state.issues[1]
        assert (issue.is_open, issue.state_reason) == (True, "reopened")
        assert "It is back." in fake.state.bodies(1)[-1]


def test_what_comes_back_late_opens_another_one() -> None:
    with github() as fake:
        sink = sink_at(fake)
        reference = sink.send(an_alert(at=at_fake()))
        sink.send(an_alert(over=True, at=at_fake(60)), reference=reference)
        sink.send(an_alert(at=at_fake(REOPENED_FOR + 3_600)), reference=reference)
        assert [issue.is_open for issue in fake.state.issues.values()] == [False, True]


def test_the_end_of_what_was_closed_by_hand_or_never_opened_writes_nothing() -> None:
    with github() as fake:
        sink = sink_at(fake)
        assert sink.send(an_alert(over=True, at=at_fake())) == ""
        reference = sink.send(an_alert(at=at_fake()))
        fake.state.issues[1].is_open = False
        sink.send(an_alert(over=True, at=at_fake(60)), reference=reference)
        assert fake.state.bodies(1) == []


def test_a_reference_to_somebody_elses_issue_is_not_followed() -> None:
    with github() as fake:
        fake.state.add_issue("A stranger's", marker("f1"), author="stranger")
        reference = sink_at(fake).send(
            an_alert(at=at_fake()), reference="https://github.com/octo/shop/issues/1"
        )
        assert reference.endswith("/issues/2")
        assert fake.state.issues[1].body == marker("f1")


def test_an_issue_that_was_opened_before_the_line_was_lost_is_found() -> None:
    with github() as fake:
        fake.state.faults.append(Fault(kind=Kind.DROP_AFTER, method="POST"))
        assert sink_at(fake).send(an_alert(at=at_fake())).endswith("/issues/1")
        assert len(fake.state.issues) == 1


def test_one_that_was_not_opened_is_an_error_and_opened_the_next_time() -> None:
    with github() as fake:
        fake.state.faults.append(Fault(kind=Kind.DROP_BEFORE, method="POST"))
        with pytest.raises(AlertError, match="POST repos/octo/shop/issues"):
            sink_at(fake).send(an_alert(at=at_fake()))
        sink_at(fake).send(an_alert(at=at_fake()))
        assert len(fake.state.issues) == 1


def test_a_refusal_names_the_permission_and_no_token() -> None:
    state = State()
    state.permissions.discard("issues: write")
    with github(state) as fake:
        with pytest.raises(AlertError, match="permissions: issues: write") as caught:
            sink_at(fake).send(an_alert(at=at_fake()))
        assert fake.token not in "".join(traceback.format_exception(caught.value))
        assert fake.token not in repr(sink_at(fake))


def test_a_repository_that_is_none_is_an_error() -> None:
    with pytest.raises(AlertError, match="names no repository"):
        GitHubSink(
            token="t",  # noqa: S106
            repository="no repository",
            wording=alert_markdown,
        ).send(an_alert(at=NOW))
