"""Words for what happens to routes: events of breakers, and of routes that refuse."""

from evalgate.model.call_ports import Event, EventKind
from evalgate.model.chat import FailureKind
from evalgate.runtime.failover.breaker import State
from evalgate.runtime.failover.breakers import Change
from evalgate.runtime.failover.targets import Target


def place(route_name: str, model: str) -> str:
    """Return the words for a model over a route."""
    return f"{route_name} {model}"


def breaker_event(change: Change, *, at: float) -> Event:
    """Return the event of a breaker that opened, was held, or closed."""
    is_closed = change.after in (State.CLOSED, State.FORCED_CLOSED)
    return Event(
        ts=at,
        kind=EventKind.BREAKER_CLOSED if is_closed else EventKind.BREAKER_OPENED,
        subject=place(change.route_name, change.model),
        before=change.before.value,
        after=change.after.value,
        message="" if change.reason is None else change.reason.value,
    )


def refusal_event(target: Target, failure: FailureKind, *, at: float) -> Event:
    """Return the event of a route that a person has to look after."""
    return Event(
        ts=at,
        kind=EventKind.ROUTE_REFUSED,
        subject=place(target.route_name, target.model),
        message=failure.value,
    )
