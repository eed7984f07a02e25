"""Opens the incident of a rollback by evidence: one file, for people and for what comes after."""

from pathlib import Path

from evalgate.adapters.incidents import PLACE, incident_text
from evalgate.adapters.run_folder import write_files
from evalgate.cli.prompt_place import repository_of
from evalgate.cli.rollout_evidence import Assessed
from evalgate.monitoring.incidents.opening import Known, finished
from evalgate.rollout.incident import failing_calls, incident_of
from evalgate.rollout.observing import outcomes_of


def incident_folder(named: Path | None, prompts: Path) -> Path:
    """Return where incidents are written: as named, else in the repository around the prompts."""
    return named or (repository_of(prompts) or Path.cwd()) / PLACE


def open_incident(assessed: Assessed, folder: Path, *, report: Path | None) -> Path:
    """Write the incident that a rollback opens, and return its file.

    Args:
        assessed: what the rollback went by.
        folder: where incidents are.
        report: the folder of the promotion report, where one was written.

    Raises:
        UsageError: when it cannot be written.
    """
    name, text = incident_file(assessed, report_path=str(report or ""))
    write_files(folder, {name: text})
    return folder / name


def incident_file(assessed: Assessed, *, report_path: str) -> tuple[str, str]:
    """Return the name and the text of the file of the incident that a rollback opens."""
    told = assessed.report
    version = told.rollout.version
    calls = failing_calls(assessed.exposures, outcomes_of(assessed.scores), version=version)
    incident = incident_of(told, calls=calls, report_path=report_path)
    made = finished(incident, Known(), calls=calls, at=told.evidence.at)
    return f"{made.id}.json", incident_text(made)
