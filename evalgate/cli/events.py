"""Reads the event of the workflow that this process runs in."""

from pathlib import Path

from evalgate.adapters.files import read_json
from evalgate.cli.workflow import Workflow
from evalgate.errors import UsageError
from evalgate.model.event import Event
from evalgate.publishing.events import read_event


def event_of(workflow: Workflow) -> Event:
    """Return the event that started the workflow.

    Raises:
        UsageError: outside of a workflow, or when the payload cannot be read.
        ConfigurationError: when it lacks what events of its name have.
    """
    if not (workflow.event_name and workflow.event_path):
        raise UsageError(
            "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH name no event: this verb runs inside of a "
            "workflow of GitHub Actions; elsewhere use `evalgate gate`"
        )
    path = Path(workflow.event_path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the event in {path}: {error.strerror or error}") from None
    return read_event(
        workflow.event_name,
        read_json(str(path), content),
        commit=workflow.commit,
        ref=workflow.ref,
        actor=workflow.actor,
    )
