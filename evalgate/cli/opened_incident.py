"""Opens the incident of a rollback by evidence: one file, for people and for what comes after."""

from pathlib import Path

from evalgate.adapters.run_folder import write_files
from evalgate.cli.printing import as_json
from evalgate.cli.prompt_place import repository_of
from evalgate.cli.rollout_evidence import Assessed
from evalgate.rollout.incident import failing_calls, incident_document, incident_name
from evalgate.rollout.observing import outcomes_of

FOLDER = Path("reports") / "incidents"


def incident_folder(named: Path | None, prompts: Path) -> Path:
    """Return where incidents are written: as named, else in the repository around the prompts."""
    return named or (repository_of(prompts) or Path.cwd()) / FOLDER


def open_incident(assessed: Assessed, folder: Path, *, report: Path | None) -> Path:
    """Write the incident that a rollback opens, and return its file.

    Args:
        assessed: what the rollback went by.
        folder: where incidents are.
        report: the folder of the promotion report, where one was written.

    Raises:
        UsageError: when it cannot be written.
    """
    told = assessed.report
    calls = failing_calls(
        assessed.exposures, outcomes_of(assessed.scores), version=told.rollout.version
    )
    document = incident_document(told, calls=calls, report_path=str(report or ""))
    name = f"{incident_name(told)}.json"
    write_files(folder, {name: as_json(document)})
    return folder / name
