"""Reads one prompt from a folder of prompts, wherever that lies; git has no part in it."""

from collections.abc import Iterator
from pathlib import Path

from evalgate.errors import UsageError
from evalgate.model.document import Tree
from evalgate.model.reading import describe, suggestion

SHARED = "_shared"


def read_prompt_folder(folder: Path, name: str) -> Tree:
    """Return the files of a prompt and those that versions share, by their paths.

    Args:
        folder: that of all prompts.
        name: of the prompt.

    Raises:
        UsageError: when there is no such folder or prompt, or it cannot be read.
    """
    try:
        names = [path.name for path in folder.iterdir() if path.is_dir()]
        if name not in names or name.startswith("_"):
            raise _no_prompt(folder, name, names)
        found = [path for part in (name, SHARED) for path in _files(folder / part)]
        return {f"{folder}/{path.parent.name}/{path.name}": path.read_bytes() for path in found}
    except OSError as error:
        raise UsageError(
            f"folder: cannot read the prompts in {folder}: {error.strerror or error}; name their "
            "folder with --folder"
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_file())


def _no_prompt(folder: Path, name: str, names: list[str]) -> UsageError:
    known = [each for each in names if each[0] not in "_."]
    hint = suggestion(name, known) if known else ": it holds none"
    return UsageError(f"there is no prompt {describe(name)} in {folder}{hint}")
