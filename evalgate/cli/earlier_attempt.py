"""The trials of an earlier attempt of the same run, with which a re-run goes on."""

from collections.abc import Sequence
from pathlib import Path

from evalgate.adapters.archive import read_archive
from evalgate.adapters.run_folder import write_files
from evalgate.cli.action_task import Task, notice
from evalgate.errors import EvalgateError
from evalgate.model.github_port import GitHub
from evalgate.model.report_folder import TRIALS

MOST_BYTES = 200_000_000
"""The most that is fetched and unpacked; a re-run of a larger one begins anew."""

_MOST_FILES = 10_000

_LOST = "The trials of the attempt before could not be had, so all are run anew"


def earlier_trials(task: Task) -> Sequence[Path]:
    """Return the folders with the trials of the attempt before this one, fetched from its artifact.

    Only the same run counts: any other may be somebody's, and its artifact hold whatever it wants.
    What cannot be had is said, and the run begins anew.
    """
    workflow, name = task.workflow, task.inputs.artifact
    if workflow.attempt <= 1:
        return ()
    if not (workflow.token and name):
        notice(f"{_LOST}: they are fetched by the inputs `github-token` and `artifact`")
        return ()
    try:
        with task.github() as github:
            files = _fetch(github, workflow.run, name)
    except EvalgateError as error:
        notice(f"{_LOST}: {error}")
        return ()
    if not files:
        notice(f"{_LOST}: there is no artifact `{name}` with trials")
    root = task.folder.with_name(f"{task.folder.name}-earlier")
    folders = []
    for path, content in files.items():
        folder = root / Path(path).parent
        write_files(folder, {TRIALS: content.decode("utf-8", "replace")})
        folders.append(folder)
    return folders


def _fetch(github: GitHub, run: int, name: str) -> dict[str, bytes]:
    uploads = [each for each in github.artifacts(run, name=name) if not each.expired]
    if not uploads:
        return {}
    archive = github.download(uploads[0].id, most=MOST_BYTES)
    return read_archive(archive, names=_is_wanted, most_files=_MOST_FILES, most_bytes=MOST_BYTES)


def _is_wanted(path: str) -> bool:
    """Return whether a path is that of the trials of a root, or of the only one."""
    *folders, name = path.split("/")
    return name == TRIALS and len(folders) <= 1
