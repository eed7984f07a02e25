"""Gathers what an incident is made of: scores, calls, live pointers, settings, git's history."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.incident_calls import IncidentCalls, read_incident_calls
from evalgate.adapters.observations import LoggedObservations, read_observations
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.swap import read_file
from evalgate.cli.complaint import notify
from evalgate.cli.incident_place import seen_from
from evalgate.cli.on_host import VARIABLE
from evalgate.cli.prompt_place import prompts_in, repository_of
from evalgate.errors import ConfigurationError, EvalgateError, RepositoryError, UsageError
from evalgate.model.incident import Scope
from evalgate.model.policy import Policy
from evalgate.model.serving import Serving
from evalgate.model.traffic import Change
from evalgate.monitoring.incidents.changes import (
    changes_of_commits,
    changes_of_override,
    changes_of_pointer,
)
from evalgate.monitoring.incidents.impact import Affected
from evalgate.monitoring.incidents.mitigation import Situation
from evalgate.monitoring.incidents.opening import Known
from evalgate.monitoring.incidents.questions import Seen
from evalgate.monitoring.places import Places
from evalgate.monitoring.timeline import changes_of_events, changes_of_judges, timeline
from evalgate.prompts.library import Prompt, read_prompts
from evalgate.prompts.override_file import read_override
from evalgate.runtime.settings import FILE, read_serving

BEFORE = 86_400.0
"""Seconds before the change point that it is held against."""

_MOST_COMMITS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the evidence lies: the prompts, the policy, the call log and the scores.

    `places` name them for the commands of the playbook.
    """

    prompts: Path
    policy: Policy
    logs: tuple[Path, ...] = ()
    scores: tuple[Path, ...] = ()
    places: Places = field(default_factory=Places)


def known_of(
    sources: Sources,
    scope: Scope,
    *,
    began: float,
    at: float,
    scores: LoggedObservations | None = None,
) -> Known:
    """Return what is known around an incident; what cannot be read is told, and left out.

    Args:
        sources: where to look.
        scope: what is affected.
        began: the change point, in seconds since 1970.
        at: now; nothing later is looked at.
        scores: of the time before, too, where the caller has read them.
    """
    since = began - BEFORE
    calls = _calls(sources, scope, since=since, began=began, at=at)
    scores = scores_of(sources, since=since) if scores is None else scores
    prompts = dict(_prompts(sources.prompts))
    serving = _serving(sources.prompts)
    observations = tuple(each for each in scores.observations if since <= each.ts <= at)
    anchors = tuple(each for each in scores.anchors if since <= each.ts <= at)
    changes = timeline(
        *(changes_of_pointer(each.live) for each in prompts.values() if each.live),
        _override_changes(),
        _commit_changes(sources),
        calls.changes,
        changes_of_events(calls.events),
        changes_of_judges(observations, anchors),
    )
    named = prompts.get(scope.prompt)
    return Known(
        seen=Seen(
            observations=observations,
            anchors=anchors,
            minutes=calls.minutes,
            changes=changes,
            objectives=sources.policy.monitor.objectives,
        ),
        situation=_situation(named, serving),
        places=sources.places,
        answering=sources.policy.monitor.incidents,
        affected=Affected(
            calls=calls.calls if calls.minutes else None,
            users=calls.users,
            failing=calls.failing,
            vendor=calls.vendor,
        ),
        false_alarms=sources.policy.monitor.alarms.false_alarms,
    )


def _calls(
    sources: Sources, scope: Scope, *, since: float, began: float, at: float
) -> IncidentCalls:
    if not sources.logs:
        return IncidentCalls()
    try:
        return read_incident_calls(
            sources.logs,
            scope,
            since=since,
            began=began,
            until=at,
            thresholds=sources.policy.monitor.thresholds,
        )
    except EvalgateError as error:
        notify(f"the incident is opened without the call log: {error}")
        return IncidentCalls()


def scores_of(sources: Sources, *, since: float) -> LoggedObservations:
    """Return the scores from an instant on; what cannot be read is told, and left out."""
    empty = LoggedObservations(observations=(), left_out={})
    if not sources.scores:
        return empty
    try:
        return read_observations(sources.scores, since=since)
    except EvalgateError as error:
        notify(f"the incident is opened without scores: {error}")
        return empty


def _prompts(folder: Path) -> Iterator[tuple[str, Prompt]]:
    """Yield the prompts of a folder; one whose pointer is broken is told, and left out."""
    for name in prompts_in(folder):
        try:
            tree = read_prompt_folder(folder, name)
            yield from read_prompts(tree, str(folder), FORMATS).items()
        except EvalgateError as error:
            notify(f"what was changed about {name} is not known: {error}")


def _serving(folder: Path) -> Serving:
    path = folder / FILE
    try:
        content = read_file(path)
        return read_serving(FORMATS.read_yaml(str(path), content)) if content else Serving()
    except EvalgateError as error:
        notify(f"which routes there are is not known: {error}")
        return Serving()


def _situation(prompt: Prompt | None, serving: Serving) -> Situation:
    live = prompt.live if prompt else None
    model = live.switch.model if live else None
    if model is None and prompt is not None and prompt.stable in prompt.versions:
        try:
            model = prompt.read(prompt.stable or "", FORMATS).model
        except (ConfigurationError, ModuleNotFoundError):  # an extra that the version needs
            model = None
    return Situation(
        pointer=live,
        routes={name: route.provider.value for name, route in serving.routes.items()},
        models=serving.smaller.get(model or "", ()),
    )


def _override_changes() -> Iterator[Change]:
    named = os.environ.get(VARIABLE, "")
    if not named:
        return
    path = Path(named)
    try:
        content = read_file(path)
        if content is None or not content.strip():
            return
        override = replace(read_override(FORMATS.read_yaml(named, content)), path=named)
        yield from changes_of_override(override, since=path.stat().st_mtime)
    except (EvalgateError, OSError) as error:
        notify(f"what this host does otherwise is not known: {error}")


def _commit_changes(sources: Sources) -> Iterator[Change]:
    """Yield the commits that changed the settings and the policy, where there is a repository."""
    root = repository_of(sources.prompts) if sources.prompts.exists() else None
    if root is None:
        return
    try:
        paths = [
            seen_from(root, each) for each in (sources.prompts / FILE, Path(sources.policy.path))
        ]
        repository = GitRepository(root)
        head = repository.resolve("HEAD")
        found = repository.revisions(head, paths, most=_MOST_COMMITS)
    except (RepositoryError, UsageError) as error:
        notify(f"git does not tell what was changed: {error}")
        return
    yield from changes_of_commits(found.listed)
