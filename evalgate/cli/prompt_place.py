"""Finds the folder of prompts that a command is about, without git."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file
from evalgate.errors import ConfigurationError, UsageError
from evalgate.model.reading import describe

PROMPTS = "prompts"
_LONGEST_NAME = 255
"""Bytes that the name of a folder has at most."""

_POLICIES = "evalgate*.yml"


def find_folder(name: str, given: Path | None, *, here: Path) -> Path:
    """Return the folder of prompts that has a prompt.

    Args:
        name: of the prompt.
        given: the folder that the user names.
        here: where the command runs. The policies of the nearest folder around it that has some
            say where the prompts are; without one it is `prompts`, at the root of the repository.

    Raises:
        UsageError: when several roots of a repository have a prompt of the name, or a folder
            cannot be read.
    """
    if given is not None:
        return given
    folders = find_folders(here)
    homes = [folder for folder in folders if has_prompt(here / folder, name)]
    if len(homes) > 1:
        listed = ", ".join(map(str, homes))
        raise UsageError(
            f"{describe(name)} is a prompt of several roots: say which with --folder, one of "
            f"{listed}"
        )
    return (homes or folders or [Path(PROMPTS)])[0]


def find_folders(here: Path) -> list[Path]:
    """Return the folders of prompts around a place, as its policies name them."""
    return list(dict.fromkeys(_ruled(here)))


def prompts_in(folder: Path) -> list[str]:
    """Return the names of the prompts that have a folder of their own in a folder of prompts.

    Raises:
        UsageError: when the folder cannot be read.
    """
    with _looking(folder):
        if not folder.is_dir():
            return []
        names = [each.name for each in folder.iterdir() if each.is_dir()]
    return sorted(name for name in names if not name.startswith(("_", ".")))


def find_policy(folder: Path, *, here: Path) -> Path | None:
    """Return the policy of a folder of prompts, if there is one in the nearest place that has any.

    Args:
        folder: of prompts.
        here: where the command runs.

    Raises:
        UsageError: when several policies name the folder, or a place cannot be read.
    """
    place = next((each for each in _around(here) if _policies_of(each)), here)
    own = [path for path in _policies_of(place) if _real(place / _prompts(path)) == _real(folder)]
    if len(own) > 1:
        listed = ", ".join(map(str, own))
        raise UsageError(f"{folder} has several policies: say which with --policy, one of {listed}")
    return own[0] if own else None


def _around(here: Path) -> Iterator[Path]:
    """Yield the places from here up to the root of the repository."""
    for place in (here, *here.parents):
        yield place
        if _has_git(place):
            return


def _policies_of(place: Path) -> Sequence[Path]:
    folder = place / ".github"
    with _looking(folder):  # a pattern of glob finds nothing where it may not look
        found = list(folder.iterdir()) if folder.is_dir() else []
    return sorted(path for path in found if path.match(_POLICIES))


def repository_of(folder: Path) -> Path | None:
    """Return the root of the work tree of git that a folder lies in, if any.

    Raises:
        UsageError: when the folder cannot be read.
    """
    real = _real(folder)
    return next((place for place in (real, *real.parents) if _has_git(place)), None)


def usual_place(place: Path, prompts: Path) -> Path:
    """Return where something lies unless told otherwise, as it is named from here.

    Args:
        place: from the root of the repository of the prompts; from here where there is none.
        prompts: the folder of the prompts.

    Raises:
        UsageError: when a folder cannot be read.
    """
    here = Path.cwd()
    found = (repository_of(prompts) or here) / place
    return found.relative_to(here) if found.is_relative_to(here) else found


def has_prompt(folder: Path, name: str) -> bool:
    """Return whether a folder of prompts, which need not be there, has a prompt.

    Raises:
        UsageError: when the folder cannot be read.
    """
    if "\0" in name or len(os.fsencode(name)) > _LONGEST_NAME:
        return False
    with _looking(folder):
        return (folder / name).is_dir()


def _has_git(place: Path) -> bool:
    with _looking(place):
        return (place / ".git").exists()


@contextmanager
def _looking(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot read {place}: {error.strerror or error}; let this user read it, or name "
            "another folder"
        ) from None


def _real(path: Path) -> Path:
    """Return a path without links; unlike Path.resolve this goes through with a loop of them."""
    return Path(os.path.realpath(path))


def _ruled(here: Path) -> Iterator[Path]:
    for place in _around(here):
        policies = _policies_of(place)
        if policies:
            yield from _shown([place / _prompts(policy) for policy in policies], here)
            return
        if _has_git(place):
            yield from _shown([place / PROMPTS], here)


def _shown(folders: Sequence[Path], here: Path) -> Iterator[Path]:
    for folder in folders:
        yield folder.relative_to(here) if folder.is_relative_to(here) else folder


def _prompts(policy: Path) -> str:
    """Return the folder that a policy names; what else is wrong in it does not matter here."""
    try:
        data = FORMATS.read_yaml(str(policy), read_file(policy) or b"").data
    except ConfigurationError:
        return PROMPTS
    paths = data.get("paths") if isinstance(data, dict) else None
    prompts = paths.get("prompts") if isinstance(paths, dict) else None
    return prompts if isinstance(prompts, str) and prompts else PROMPTS
