"""Events of routes, in words that may be logged."""

from evalgate.model.call import Rung
from evalgate.model.call_ports import EventKind
from evalgate.model.chat import FailureKind
from evalgate.model.route import Route
from evalgate.runtime.failover.breaker import Reason, State
from evalgate.runtime.failover.breakers import Change
from evalgate.runtime.failover.notices import breaker_event, refusal_event
from evalgate.runtime.failover.targets import Target


def change(before: State, after: State, reason: Reason | None) -> Change:
    return Change(route_name="direct", model="claude-x", before=before, after=after, reason=reason)


def test_an_opened_breaker_says_whose_and_why() -> None:
    event = breaker_event(change(State.CLOSED, State.OPEN, Reason.IN_A_ROW), at=5.0)
    assert (event.kind, event.subject) == (EventKind.BREAKER_OPENED, "direct claude-x")
    assert (event.before, event.after, event.message) == ("closed", "open", "in_a_row")


def test_a_closed_breaker_has_its_own_event() -> None:
    event = breaker_event(change(State.HALF_OPEN, State.CLOSED, None), at=5.0)
    assert (event.kind, event.message) == (EventKind.BREAKER_CLOSED, "")


def test_a_refusal_names_the_route_and_the_kind() -> None:
    target = Target(route_name="direct", route=Route(), model="claude-x", rung=Rung.FIRST)
    event = refusal_event(target, FailureKind.AUTHENTICATION, at=5.0)
    assert (event.kind, event.subject, event.message) == (
        EventKind.ROUTE_REFUSED,
        "direct claude-x",
        "authentication",
    )
