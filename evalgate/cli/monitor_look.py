"""One look at production: reads what is new in log and scores, and finds what follows.

What follows is told by others: a display, a page, metrics, alerts.
"""

import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.adapters.alert_state import read_alert_state
from evalgate.adapters.followed_files import FollowedFiles
from evalgate.adapters.incidents import PLACE as INCIDENTS
from evalgate.adapters.incidents import IncidentFolder
from evalgate.adapters.observations import LoggedObservations, ObservationReader
from evalgate.adapters.quality_baselines import PLACE as BASELINES
from evalgate.adapters.quality_baselines import read_quality_baselines
from evalgate.adapters.score_folder import spending_in
from evalgate.adapters.smell_baseline import read_baseline
from evalgate.adapters.spend_book import set_aside_on
from evalgate.adapters.traffic import TrafficReader
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import policy_for
from evalgate.cli.prompt_place import PROMPTS, find_policy, repository_of, usual_place
from evalgate.cli.told_places import told_places
from evalgate.errors import ConfigurationError, EvalgateError, UsageError
from evalgate.model.alarm_report import AlarmReport
from evalgate.model.alerted import AlertState
from evalgate.model.board import Board
from evalgate.model.incident import Incident
from evalgate.model.monitoring import MonitorRules
from evalgate.model.policy import Policy
from evalgate.model.quality_baseline import QualityBaseline
from evalgate.model.smell_baseline import SmellBaseline
from evalgate.model.traffic import Traffic
from evalgate.monitoring.alarms.looking import Seen, alarms_of, held_to
from evalgate.monitoring.board.boarding import Material, board_of
from evalgate.monitoring.board.lacks import Given
from evalgate.monitoring.board.surroundings import failing_sinks, open_incidents
from evalgate.monitoring.places import Places

LOGS, SCORES = Path("logs"), Path("scores")
ALERTS = Path("reports") / "monitor" / "alerts.json"
"""The book of what scoring costs, in the folder of the scores."""

_FIRST_NEWS, _NEWS_EVERY = 2.0, 5.0
"""Seconds until it is told how far reading is, and from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorPlace:
    """Where everything is, by which rules it is judged, and how much of it is looked at.

    `since` is from when on files are read, in seconds since 1970. `history` is how many seconds
    before each look count, and `shown` how many of them are shown. `told` names the places for
    others.
    """

    logs: tuple[Path, ...]
    scores: tuple[Path, ...]
    prompts: Path
    policy: Policy
    has_policy: bool
    baselines: Path
    incidents: Path
    alerts: Path
    smells: tuple[Path, ...] = ()
    told: Places = field(default_factory=Places)
    since: float = 0.0
    history: float = 30 * 86_400.0
    shown: float = 86_400.0

    @property
    def rules(self) -> MonitorRules:
        """The policy's section `monitor`."""
        return self.policy.monitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look has found, and what it rests on."""

    board: Board
    report: AlarmReport
    traffic: Traffic
    scores: LoggedObservations


def place_of(options: Namespace, *, now: float) -> MonitorPlace:
    """Return where everything is, from the options of the verb.

    Raises:
        ConfigurationError: the policy is wrong.
        UsageError: it cannot be read.
    """
    prompts = options.prompts or Path(PROMPTS)
    history = max(options.history, options.since)
    named = options.policy or find_policy(prompts, here=Path.cwd())
    root = repository_of(prompts) or Path.cwd()
    scores = tuple(options.scores) or ((SCORES,) if SCORES.is_dir() else ())
    return MonitorPlace(
        logs=tuple(options.logs) or (LOGS,),
        scores=scores,
        prompts=prompts,
        policy=policy_for(named, prompts),
        has_policy=named is not None,
        baselines=options.baselines or usual_place(BASELINES, prompts),
        incidents=options.incidents or usual_place(INCIDENTS, prompts),
        alerts=usual_place(ALERTS, prompts),
        smells=tuple(options.smells),
        told=told_places(
            root,
            prompts=prompts,
            policy=options.policy,
            logs=options.logs or (LOGS,),
            scores=scores,
            incidents=options.incidents,
            baselines=options.baselines,
            smells=options.smells,
        ),
        since=now - history,
        history=history,
        shown=options.since,
    )


class Lookout:
    """Looks at one place, again and again: each line of its files is read once."""

    def __init__(self, place: MonitorPlace) -> None:
        """Prepare to look; nothing is read yet."""
        self.place = place
        self._calls = TrafficReader(
            place.logs,
            since=place.since,
            thresholds=place.rules.thresholds,
            shown=place.shown,
            kept=place.history,
        )
        self._news = _News()
        self._files = FollowedFiles(place.scores, begin="scores-", since=place.since)
        self._scores = ObservationReader(since=place.since)

    def look(self, at: float) -> Looked:
        """Read what is new, and return what is known at an instant, in seconds since 1970.

        Raises:
            EvalgateError: the frozen quality, or a baseline of smells, cannot be read.
        """
        place = self.place
        traffic = self._calls.look(at, hear=self._news.hear)
        for lines in self._files.new_lines():
            self._scores.take(lines)
        self._scores.forget(at - place.history)
        scores = self._scores.read()
        baselines = read_quality_baselines(place.baselines)
        seen = Seen(
            observations=scores.observations, anchors=scores.anchors, minutes=traffic.minutes
        )
        report = alarms_of(seen, held_to(place.rules, baselines), at=at)
        material = self._material(traffic, scores, baselines, at=at)
        board = board_of(traffic, report, material, since=at - place.shown, at=at)
        return Looked(board=board, report=report, traffic=traffic, scores=scores)

    def _material(
        self,
        traffic: Traffic,
        scores: LoggedObservations,
        baselines: Sequence[QualityBaseline],
        *,
        at: float,
    ) -> Material:
        place = self.place
        missing = {**self._calls.files.missing, **self._files.missing}
        unread = [(str(path), reason) for path, reason in missing.items()]
        incidents, state = _incidents(place.incidents, unread), _alerts(place.alerts, unread)
        return Material(
            observations=scores.observations,
            anchors=scores.anchors,
            left_out=dict(scores.left_out),
            unplaced=scores.unplaced,
            incidents=open_incidents(incidents, at=at),
            sinks=failing_sinks(state),
            smells=_smells(place.smells),
            judge_usd=_judge_usd(place.scores, at),
            most_usd=place.rules.scoring.max_cost_usd_per_day,
            given=Given(
                calls=traffic.lines.calls,
                scores=len(scores.observations),
                anchors=len(scores.anchors),
                sampled=sum(each.tally.sampled for each in traffic.minutes),
                baselines=len(baselines),
                objectives=len(place.rules.objectives),
                has_policy=place.has_policy,
                names_scores=bool(place.scores),
                unread=tuple(sorted(unread)),
            ),
        )


def _incidents(folder: Path, unread: list[tuple[str, str]]) -> list[Incident]:
    """Return the incidents of a folder, and note what cannot be read: it must stop nothing."""
    broken: list[EvalgateError] = []
    try:
        found = [each.incident for each in IncidentFolder(path=folder).stored(broken=broken.append)]
    except UsageError as error:  # the folder itself
        found, broken = [], [error]
    for each in broken:
        if isinstance(each, ConfigurationError):
            unread += [(problem.path, problem.message) for problem in each.problems]
        else:
            unread.append((str(folder), str(each)))
    return found


def _alerts(file: Path, unread: list[tuple[str, str]]) -> AlertState:
    """Return what was told of alerts; a file that says nothing must stop nothing, either."""
    try:
        return read_alert_state(file)
    except UsageError as error:
        unread.append((str(file), str(error).removeprefix(f"{file}: ")))
        return AlertState()


def _smells(files: Sequence[Path]) -> tuple[SmellBaseline, ...]:
    return tuple(read_baseline(each) for each in files)


def _judge_usd(scores: Sequence[Path], at: float) -> float | None:
    """Return what scoring has cost on the day of an instant, as far as books say it."""
    told = [set_aside_on(spending_in(each), now=at) for each in scores]
    known = [each for each in told if each is not None]
    return sum(known) if known else None


class _News:
    """Tells how far reading is where it takes long."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _FIRST_NEWS
        self._told = 0

    def hear(self, lines: int) -> None:
        """Hear how many lines were read so far."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _NEWS_EVERY
        if lines - self._told >= _WORTH_TELLING:
            notify(f"{lines:,} lines of the call log read so far")
        self._told = lines


_WORTH_TELLING = 50_000
"""Lines of one look: what comes in between is not told."""
