"""The folder of one run: earlier files set aside, new ones written whole or not at all."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

from evalgate.errors import UsageError

EARLIER = "earlier"
_READABLE = 0o644


def make_folder(folder: Path, names: Iterable[str]) -> None:
    """Make a folder ready for a run: files of an earlier one move into a folder inside.

    Args:
        folder: made as needed.
        names: the files that a run writes.

    Raises:
        UsageError: when the folder cannot be written to, before any call has been paid for.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.is_symlink():
            raise UsageError(f"{folder} is a link: name the folder itself with --out")
        found = [folder / name for name in names if _exists(folder / name)]
        if found:
            aside = folder / f"{EARLIER}-{len(list(folder.glob(f'{EARLIER}-*'))) + 1}"
            aside.mkdir()
            for path in found:
                path.rename(aside / path.name)
        with NamedTemporaryFile(dir=folder):
            pass  # that it can be made is all that counts
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts into a folder, each file whole or not at all, making the folder as needed.

    Raises:
        UsageError: when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            _write(folder / name, text)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _write(target: Path, text: str) -> None:
    with NamedTemporaryFile(
        "w", dir=target.parent, delete=False, encoding="utf-8", errors="replace", newline="\n"
    ) as file:
        file.write(text)
    written = Path(file.name)
    # A temporary file is private; a report is for everyone who may see the folder.
    written.chmod(_READABLE)
    written.replace(target)


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot write into {folder}: {error.strerror or error}; name another --out")
