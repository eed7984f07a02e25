"""What a dashboard shows beside calls and scores: open incidents, and sinks that fail; pure."""

from collections.abc import Iterable

from evalgate.model.alerted import AlertState
from evalgate.model.board import FailingSink, OpenIncident
from evalgate.model.incident import Incident
from evalgate.rollout.instants import seconds_of


def open_incidents(incidents: Iterable[Incident], *, at: float) -> tuple[OpenIncident, ...]:
    """Return the incidents that are not closed, each with the next time that somebody is told.

    Args:
        incidents: of which those that were opened later than `at` are left out.
        at: in seconds since 1970.
    """
    shown = (_shown(each) for each in incidents if each.is_open)
    return tuple(each for each in shown if each.opened is None or each.opened <= at)


def failing_sinks(state: AlertState) -> tuple[FailingSink, ...]:
    """Return the sinks that did not take their last alert, by name."""
    return tuple(
        FailingSink(name=name, since=each.failing_since, failure=each.failure)
        for name, each in sorted(state.failing.items())
    )


def _shown(incident: Incident) -> OpenIncident:
    dues = (seconds_of(each.due) for each in incident.communication)
    return OpenIncident(
        id=incident.id,
        title=incident.title,
        status=incident.status.value,
        severity=incident.severity.value,
        opened=seconds_of(incident.opened_at),
        due=min((each for each in dues if each is not None), default=None),
    )
