"""Puts a board together: all that a dashboard shows, from what was read and found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from evalgate.model.alarm import Alarm
from evalgate.model.alarm_report import AlarmReport
from evalgate.model.board import Board, FailingSink, OpenIncident, Standing
from evalgate.model.call_ports import Event, EventKind
from evalgate.model.observation import AnchorScore, Observation, Stream
from evalgate.model.smell_baseline import SmellBaseline
from evalgate.model.traffic import Traffic
from evalgate.monitoring.board.canaries import canaries_of
from evalgate.monitoring.board.course import courses
from evalgate.monitoring.board.figures import figures_of, summed
from evalgate.monitoring.board.lacks import Given, lacks_of
from evalgate.monitoring.board.losses import losses_of
from evalgate.monitoring.board.scoring_view import scoring_of
from evalgate.monitoring.board.smells import smell_rates
from evalgate.monitoring.board.spending import spender_groups
from evalgate.monitoring.board.traffic_view import counted, slices_of
from evalgate.monitoring.board.trend_views import trend_views
from evalgate.monitoring.timeline import changes_of_events, changes_of_judges, timeline

_MOVES = frozenset({EventKind.POINTER_MOVED, EventKind.OVERRIDE_BEGAN, EventKind.OVERRIDE_ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a board is made of, beside the traffic and the alarms.

    `left_out` and `unplaced` are of the lines of scores. `judge_usd` is what scoring has cost
    today, of at most `most_usd`.
    """

    observations: Sequence[Observation] = ()
    anchors: Sequence[AnchorScore] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    unplaced: int = 0
    incidents: Sequence[OpenIncident] = ()
    sinks: Sequence[FailingSink] = ()
    smells: Sequence[SmellBaseline] = ()
    judge_usd: float | None = None
    most_usd: float | None = None
    given: Given = field(default_factory=Given)


def board_of(
    traffic: Traffic, report: AlarmReport, material: Material, *, since: float, at: float
) -> Board:
    """Return what is to be shown; the same material gives the same board.

    Args:
        traffic: of the call log.
        report: what was found in scores and traffic.
        material: all else.
        since: from when on is shown, in seconds since 1970.
        at: until when; nothing later is known.
    """
    shown = counted(traffic.minutes, since=since, at=at)
    whole = summed(shown.places.values())
    observations = [each for each in material.observations if since <= each.ts <= at]
    changes = [
        each
        for each in timeline(
            traffic.changes,
            changes_of_events(filter(_is_move, traffic.events), source="event"),
            changes_of_judges(material.observations, material.anchors),
        )
        if since <= each.ts <= at
    ]
    return Board(
        at=at,
        since=since,
        standing=standing_of(report, material.given),
        alarms=report.alarms,
        past=tuple(each for each in report.past if _is_recent(each, since)),
        trends=trend_views(
            report,
            changes,
            courses=courses(observations, since=since, at=at),
            since=since,
        ),
        whole=figures_of(whole),
        beats=shown.beats,
        slices=slices_of(shown.places),
        spenders=spender_groups(traffic.spenders, traffic.folded),
        budgets=report.budgets,
        canaries=canaries_of(shown.places, observations),
        smells=smell_rates(shown.places, shown.before, material.smells),
        losses=losses_of(
            traffic.lines,
            [each for each in traffic.events if since <= each.ts <= at],
            unreadable_scores=material.left_out,
            unplaced=material.unplaced,
        ),
        lines=traffic.lines,
        scoring=scoring_of(
            observations,
            chosen=whole.sampled,
            judge_usd=material.judge_usd,
            most_usd=material.most_usd,
        ),
        incidents=tuple(material.incidents),
        sinks=tuple(material.sinks),
        changes=tuple(changes),
        lacks=lacks_of(material.given, report),
        notes=report.notes,
        counters=traffic.counted,
        happened=traffic.happened,
    )


def standing_of(report: AlarmReport, given: Given) -> Standing:
    """Return how production stands: never well where nothing was looked at."""
    if not given.calls and not given.scores:
        return Standing.UNREAD
    if report.pages:
        return Standing.PAGE
    if report.alarms:
        return Standing.TICKET
    waiting = {each.stream for each in report.unwatched}
    is_watched = any(
        each.limit is not None and not {each.stream, _whole(each.stream)} & waiting
        for each in report.trends
    ) or any(each.counted for each in report.budgets)
    return Standing.WELL if is_watched else Standing.UNWATCHED


def _whole(stream: Stream) -> Stream:
    """Return what a stream is a part of: a part has still fewer scores."""
    return Stream(prompt=stream.prompt, criterion=stream.criterion)


def _is_move(event: Event) -> bool:
    """Whether somebody has moved something; what breakers do is counted elsewhere."""
    return event.kind in _MOVES


def _is_recent(alarm: Alarm, since: float) -> bool:
    return alarm.resolved is None or alarm.resolved >= since
