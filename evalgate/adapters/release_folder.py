"""A folder that is replaced as a whole: a link to one of the last releases beside it.

`DIR` is a link to `DIR.d/<release>`; whoever opens files through it sees one release or the next.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from evalgate.adapters.swap import locked, sync_folder
from evalgate.errors import UsageError
from evalgate.model.document import Tree

REVISION = ".revision"
"""The file of a release that holds its commit."""

KEPT = 3
"""How many releases stay, the current one counted: who has one open may read it to the end."""

_HIDDEN = "."
_UNFINISHED, _UNLINKED = ".new-", ".link-"


class ReleaseFolder:
    """The folder and its releases."""

    def __init__(self, folder: Path) -> None:
        """Take a path that is a link of ours, or at which there is nothing yet.

        Raises:
            UsageError: when something else is there.
        """
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 - the link itself is meant
        self.releases = self.folder.with_name(f"{self.folder.name}.d")
        is_ours = self.folder.is_symlink() and _parent(self.folder) == self.releases
        if not is_ours and (self.folder.exists() or self.folder.is_symlink()):
            raise UsageError(
                f"{folder} is there and was not made by `evalgate sync`: move it away, so that a "
                f"link to {self.releases.name}/ can take its place"
            )

    @property
    def cache(self) -> Path:
        """Where a repository may be kept."""
        return self.releases / ".cache"

    def revision(self) -> str | None:
        """Return the commit of the current release, or None when there is none."""
        try:
            return (self.folder / REVISION).read_text("utf-8", "replace").strip()
        except OSError:
            return None

    def files(self) -> Tree:
        """Return the files of the current release by their paths in it."""
        root = self.folder.resolve()
        if not root.is_dir():
            return {}
        found = (path for path in sorted(root.rglob("*")) if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}

    def replace(self, commit: str, files: Tree) -> None:
        """Make a release of files, and let the link lead to it.

        Args:
            commit: what the files are of.
            files: by their paths, which lead into no folder above.

        Raises:
            UsageError: when it cannot be written; what was current still is.
        """
        try:
            self.releases.mkdir(parents=True, exist_ok=True)
            with locked(self.releases):
                self._remove_leftovers()
                release = self._write(commit, {**files, REVISION: f"{commit}\n".encode()})
                self._link(release)
                self._drop_old(release)
        except OSError as error:
            raise UsageError(
                f"cannot write {self.releases}: {error.strerror or error}; what was current "
                "still is"
            ) from error

    def _write(self, commit: str, files: Mapping[str, bytes]) -> Path:
        unfinished = self.releases / f"{_UNFINISHED}{os.getpid()}"
        try:
            for name, content in files.items():
                _write(unfinished / PurePosixPath(name), content)
            release = self._free_name(commit)
            unfinished.rename(release)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folder(self.releases)
        return release

    def _free_name(self, commit: str) -> Path:
        """Return a name that no release has: an earlier one of the commit may be edited since."""
        number, release = 1, self.releases / commit
        while release.exists():
            number += 1
            release = self.releases / f"{commit}-{number}"
        return release

    def _link(self, release: Path) -> None:
        link = self.releases / f"{_UNLINKED}{os.getpid()}"
        # Relative to where the link ends up, so that the whole may be mounted elsewhere.
        link.symlink_to(Path(self.releases.name) / release.name)
        link.replace(self.folder)
        sync_folder(self.folder.parent)

    def _remove_leftovers(self) -> None:
        """Remove what was left by processes that were killed; under the lock nobody else writes."""
        for path in self.releases.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.releases.glob(f"{_UNLINKED}*"):
            path.unlink(missing_ok=True)

    def _drop_old(self, current: Path) -> None:
        others = sorted(self._finished(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for release in [path for path in others if path != current][KEPT - 1 :]:
            shutil.rmtree(release, ignore_errors=True)

    def _finished(self) -> Iterator[Path]:
        for path in self.releases.iterdir():
            if path.is_dir() and not path.name.startswith(_HIDDEN):
                yield path


def _parent(link: Path) -> Path:
    return (link.parent / link.readlink()).parent


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
