"""The folders of the Action's inputs, none of which may hold what a pull request has committed.

What is judged must not bring results, trials or links of its own to where those of a run lie.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from evalgate.adapters.git import GitRepository
from evalgate.cli.environment import Environment
from evalgate.cli.question import new_run_id
from evalgate.cli.workflow import Inputs
from evalgate.errors import UsageError

_SAFE = "${{ runner.temp }}/evalgate"


def result_folder(inputs: Inputs, environment: Environment) -> Path:
    """Return where the results go: into the folder that is named, or one that is nobody else's.

    Raises:
        UsageError: when the checkout has files there, or the runner names no temporary folder.
    """
    if inputs.out:
        check_uncommitted("out", Path(inputs.out))
        return Path(inputs.out)
    if not environment.temporary:
        raise UsageError("RUNNER_TEMP names no folder: set the input `out`")
    return Path(environment.temporary) / "evalgate" / new_run_id()


def check_uncommitted(name: str, folder: Path) -> None:
    """Refuse the folder of an input when the commit that is checked out has files or links there.

    Raises:
        UsageError: names one of them.
    """
    repository = GitRepository(Path.cwd())
    places = list(_places(folder, repository.root))
    if not places:
        return
    commit = repository.resolve("HEAD")
    for path in sorted(repository.listing(commit, ["."])):
        if any(_are_in_line(PurePosixPath(path.casefold()), place) for place in places):
            raise UsageError(
                f"the input {name} names {folder}, and the commit that is checked out has {path}: "
                f"name a folder that no pull request can fill, such as {_SAFE}"
            )


def _places(folder: Path, root: Path) -> Iterator[PurePosixPath]:
    """Yield the paths below the root by which a folder is reached, whichever links lead there."""
    whole = Path(os.path.abspath(folder))  # noqa: PTH100 - which follows no link
    for top in (whole, *whole.parents):
        if top.resolve() == root.resolve():
            # Some runners' file systems take capitals for small letters.
            yield PurePosixPath(whole.relative_to(top).as_posix().casefold())


def _are_in_line(one: PurePosixPath, other: PurePosixPath) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)
