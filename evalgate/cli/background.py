"""Puts together what a report tells besides verdict and trials."""

from evalgate.cli.case_text import case_yaml
from evalgate.cli.tracking import tracks
from evalgate.gate.file_changes import file_changes
from evalgate.gate.planning import Plan
from evalgate.gate.settings import command, settings
from evalgate.gate.tracks import Tracks
from evalgate.model.ports import Repository
from evalgate.reporting.background import Background


def background(
    plan: Plan, repository: Repository | None, *, policy: str | None, in_workflow: bool
) -> Background:
    """Return what is known of the prompts of a plan.

    Args:
        plan: what was run.
        repository: whose past tells how the prompts fared before; None tells nothing of it.
        policy: the path that a command has to name, if it has to.
        in_workflow: whether only what origin had counts.
    """
    past = _past(plan, repository, in_workflow=in_workflow)
    return Background(
        files=file_changes(plan),
        tracks=past.tracks,
        track_notes=past.notes,
        source_of=case_yaml,
        policy=policy,
        command=command(plan),
        settings=settings(plan),
    )


def _past(plan: Plan, repository: Repository | None, *, in_workflow: bool) -> Tracks:
    """Return the tracks as the base and its records had them when the run began."""
    trusted = plan.sources.trusted
    if repository is None or plan.records is None or trusted is None:
        return Tracks()
    return tracks(
        repository,
        plan.sources.policy,
        trusted=trusted,
        at=plan.records_at,
        in_workflow=in_workflow,
    )
