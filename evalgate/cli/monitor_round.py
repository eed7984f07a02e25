"""What follows from a look by itself, where that is asked for: incidents and alerts."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from functools import partial

from evalgate.adapters.incidents import IncidentFolder
from evalgate.cli.alert_desk import AlertDesk
from evalgate.cli.complaint import notify
from evalgate.cli.incident_known import Sources
from evalgate.cli.incident_opening import open_incident_for
from evalgate.cli.monitor_look import Looked, Lookout, MonitorPlace
from evalgate.errors import EvalgateError
from evalgate.model.alarm import Alarm, Urgency
from evalgate.model.incident import Incident
from evalgate.monitoring.incidents.following import Signed, with_alarm_over
from evalgate.reporting.visible import safe_line
from evalgate.rollout.overriding import instant

BY = "evalgate monitor"
"""Who has changed an incident, where nobody did."""


def add_alert_argument(parser: ArgumentParser) -> None:
    """Declare the option that lets a monitor act."""
    parser.add_argument(
        "--alert",
        action="store_true",
        help="tell alarms to the places that the policy names, and open an incident for a page; "
        "for one monitor alone",
    )


class Rounds:
    """One for the life of a monitor that acts; `follow` is called once after each look."""

    def __init__(self, place: MonitorPlace) -> None:
        """Do nothing yet."""
        self._desk = AlertDesk(place.rules, folder=place.alerts.parent, places=place.told)
        self._folder = IncidentFolder(path=place.incidents)
        self._sources = Sources(
            prompts=place.prompts,
            policy=place.policy,
            logs=place.logs,
            scores=place.scores,
            places=place.told,
        )
        self._told = ""

    def follow(self, looked: Looked) -> bool:
        """Open incidents, and tell what is new; returns whether there is a new incident.

        What keeps an incident from being opened, or a place from being told, is said once on
        standard error, and ends nothing: the alarm itself is told in any case.
        """
        at = looked.board.at
        lasting, over = looked.report.alarms, looked.report.past
        known, is_new = self._opened(lasting, at=at)
        self._note_ends(over, at=at)
        try:
            self._desk.tell((*over, *lasting), at=at, incidents=known)
        except EvalgateError as error:
            self._say(str(error))
        return is_new

    def _opened(self, alarms: tuple[Alarm, ...], *, at: float) -> tuple[dict[str, str], bool]:
        known: dict[str, str] = {}
        is_new = False
        for alarm in _paging(alarms):
            try:
                opened = open_incident_for(alarm, self._folder, self._sources, at=at)
            except EvalgateError as error:
                self._say(f"no incident is opened: {error}")
                continue
            known[alarm.fingerprint] = opened.incident.id
            if opened.is_new:
                is_new = True
                notify(safe_line(f"opened the incident {opened.incident.id}: {alarm.message}"))
        return known, is_new

    def _note_ends(self, alarms: tuple[Alarm, ...], *, at: float) -> None:
        """Write into open incidents that their alarms are over; a person resolves and closes."""
        ended = {alarm.fingerprint: alarm for alarm in alarms}
        signed = Signed(at=at, by=BY)
        try:
            for stored in list(self._folder.stored(broken=self._passed_over)):
                alarm = ended.get(stored.incident.fingerprint)
                if alarm is None or not _concerns(alarm, stored.incident):
                    continue
                over = partial(with_alarm_over, alarm=alarm, signed=signed)
                if over(stored.incident) is not stored.incident:
                    self._folder.change(stored.incident.id, over)
        except EvalgateError as error:
            self._say(str(error))

    def _passed_over(self, error: EvalgateError) -> None:
        self._say(str(error))

    def _say(self, message: str) -> None:
        if message != self._told:
            notify(message)
        self._told = message


def rounds_of(options: Namespace, place: MonitorPlace) -> Rounds | None:
    """Return what acts after each look; None where nothing is to be done but looking."""
    return Rounds(place) if options.alert else None


def looked_and_followed(lookout: Lookout, rounds: Rounds | None, *, at: float) -> Looked:
    """Look, and do what follows; a new incident is looked at again, so that it shows.

    Raises:
        EvalgateError: what is looked at cannot be read.
    """
    looked = lookout.look(at)
    if rounds is not None and rounds.follow(looked):
        return lookout.look(at)
    return looked


def _concerns(alarm: Alarm, incident: Incident) -> bool:
    """Whether an incident is open, and of this alarm and not of an earlier one of its cause."""
    return incident.is_open and instant(alarm.resolved or 0.0) >= incident.opened_at


def _paging(alarms: tuple[Alarm, ...]) -> Iterator[Alarm]:
    return (each for each in alarms if each.urgency is Urgency.PAGE and each.resolved is None)
