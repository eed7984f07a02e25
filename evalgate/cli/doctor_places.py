"""Looks at the folders of a running application: its log, its scores, its sampled texts."""

from collections.abc import Mapping
from pathlib import Path

from evalgate.adapters.log_tail import newest_lines
from evalgate.adapters.observations import read_observations
from evalgate.adapters.openness import EVERYBODY, OTHERS, oldest_seconds, open_paths
from evalgate.errors import EvalgateError
from evalgate.model.sample import Stratum
from evalgate.model.serving import Serving
from evalgate.monitoring.readiness.facts import LogFacts, PlaceFacts, ScoreFacts, SpoolFacts
from evalgate.monitoring.readiness.log_survey import survey
from evalgate.rollout.overriding import instant
from evalgate.runtime.opening import LOG, USUAL_LOG

SCORES = Path("scores")
DAY = 86_400.0
_WINDOW = 14 * DAY


def log_facts(named: Path | None, variables: Mapping[str, str], *, at: float) -> LogFacts | None:
    """Return what the newest lines of the call log say; None where nothing says where it is.

    Args:
        named: the folder or file that the user names.
        variables: the environment.
        at: now, in seconds since 1970.
    """
    path = named or Path(variables.get(LOG) or USUAL_LOG)
    if named is None and not _may_exist(path):
        return None
    place = _place(path, EVERYBODY)
    try:
        # The log's instants have more digits than this one, which sorts before them all the same.
        found = survey(newest_lines([path]), since=instant(at - 2 * DAY).rstrip("Z"))
    except EvalgateError as error:
        return LogFacts(place=PlaceFacts(path=str(path), exists=False, problem=str(error)))
    return LogFacts(place=place, survey=found)


def score_facts(named: Path | None, *, at: float) -> ScoreFacts | None:
    """Return what the newest scores say; None where nothing says where they are."""
    path = named or SCORES
    if named is None and not _may_exist(path):
        return None
    try:
        read = read_observations([path], since=at - _WINDOW)
    except EvalgateError as error:
        return ScoreFacts(place=PlaceFacts(path=str(path), exists=False, problem=str(error)))
    scored = [each for each in read.observations if each.outcome is not None]
    uniform = [each for each in scored if each.stratum is Stratum.UNIFORM and each.ts > at - DAY]
    return ScoreFacts(
        place=PlaceFacts(path=str(path)),
        last_score=max((each.ts for each in scored), default=None),
        last_anchor=max((each.ts for each in read.anchors), default=None),
        anchors=len({each.anchor for each in read.anchors}),
        per_hour=len(uniform) / 24,
    )


def spool_facts(serving: Serving | None, *, at: float) -> SpoolFacts | None:
    """Return how the spool of sampled texts is kept; None where no text is kept."""
    if serving is None or not serving.sampling.spool:
        return None
    path = Path(serving.sampling.spool)
    place = _place(path, OTHERS)
    try:
        oldest = oldest_seconds(path) if place.exists and path.is_dir() else None
    except OSError as error:  # it is its owner's alone, and somebody else asks
        return SpoolFacts(place=_unread(path, error))
    return SpoolFacts(place=place, oldest_days=None if oldest is None else (at - oldest) / DAY)


def _place(path: Path, rights: int) -> PlaceFacts:
    if not _may_exist(path):
        return PlaceFacts(path=str(path), exists=False, problem=f"there is no {path}")
    try:
        return PlaceFacts(path=str(path), open=open_paths(path, rights) if path.is_dir() else ())
    except OSError as error:
        return _unread(path, error)


def _may_exist(path: Path) -> bool:
    """Whether there is something at a path, or something that hides it."""
    try:
        return path.exists()
    except OSError:
        return True


def _unread(path: Path, error: OSError) -> PlaceFacts:
    reason = error.strerror or type(error).__name__
    problem = f"{path} cannot be read: {reason}"
    return PlaceFacts(path=str(path), exists=False, problem=problem)
