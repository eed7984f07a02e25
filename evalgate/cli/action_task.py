"""What each activity of the Action works with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalgate.adapters import actions
from evalgate.adapters.run_folder import write_files
from evalgate.cli import adapters
from evalgate.cli.environment import Environment
from evalgate.cli.printing import as_one_line
from evalgate.cli.workflow import Inputs, Workflow
from evalgate.model.event import Event
from evalgate.model.github import Annotation, Level
from evalgate.model.github_port import GitHub
from evalgate.publishing.handover import FILE, Handover, handover_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One event, and all that is known about what it asks for; results go into `folder`."""

    event: Event
    workflow: Workflow
    inputs: Inputs
    environment: Environment
    folder: Path

    @contextmanager
    def github(self) -> Iterator[GitHub]:
        """Open the repository on GitHub."""
        workflow = self.workflow
        with adapters.github(
            workflow.repository, token=workflow.token, api_url=workflow.api_url
        ) as github:
            yield github

    def hand_over(self, handover: Handover) -> None:
        """Leave what the publishing step needs to know."""
        hand_over(handover, self.folder)


def hand_over(handover: Handover, folder: Path) -> None:
    """Leave in a folder what the publishing step needs to know."""
    write_files(folder, {FILE: as_one_line(handover_document(handover))})


def warn(message: str) -> None:
    """Print a warning that the page of the run shows."""
    actions.annotate(Annotation(level=Level.WARNING, title="evalgate", message=message))


def notice(message: str) -> None:
    """Print a remark that the page of the run shows."""
    actions.annotate(Annotation(level=Level.NOTICE, title="evalgate", message=message))
