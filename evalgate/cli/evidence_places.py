"""Finds the call log and the scores that the inputs of the Action name: as paths, or artifacts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from evalgate.adapters.archive import read_archive
from evalgate.cli.printing import print_lines
from evalgate.deciding.wording import counted
from evalgate.errors import UsageError
from evalgate.model.github import Artifact
from evalgate.model.github_port import GitHub
from evalgate.model.reading import shortened
from evalgate.reporting.visible import safe_line

ARTIFACT = "artifact:"
ENDING = ".jsonl"

MOST_ARCHIVE = 200_000_000
"""Bytes of an artifact that is downloaded, packed."""

MOST_BYTES = 1_000_000_000
"""Bytes of its files that are read, unpacked."""

MOST_FILES = 10_000
"""Entries of an artifact's archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where evidence may come from in a job.

    `workspace` and `temporary` are the folders that a path must lie in. Artifacts are trusted that
    a run on `branch` has made, and unpacked into `store`.
    """

    github: GitHub
    branch: str
    workspace: Path
    temporary: Path
    store: Path
    _fetched: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    def named(self, text: str, *, by: str) -> tuple[Path, ...]:
        """Return the files and folders that an input names, one on each line.

        Args:
            text: of the input.
            by: the name of the input.

        Raises:
            UsageError: a path leads elsewhere, or an artifact is not there or cannot be read.
            GitHubError: when an artifact cannot be fetched.
        """
        return tuple(self._each(text, by))

    def _each(self, text: str, by: str) -> Iterator[Path]:
        for line in filter(None, map(str.strip, text.splitlines())):
            if line.startswith(ARTIFACT):
                yield from self._artifact(line.removeprefix(ARTIFACT).strip(), by)
            else:
                yield self._path(line, by)

    def _path(self, line: str, by: str) -> Path:
        path = self.workspace / line
        homes = (self.workspace.resolve(), self.temporary.resolve())
        if not any(path.resolve().is_relative_to(home) for home in homes):
            raise UsageError(
                f"the input {by}: {shortened(line)} lies neither below the workspace nor below the "
                "runner's temporary folder: copy the files there first"
            )
        return path

    def _artifact(self, name: str, by: str) -> tuple[Path, ...]:
        if name not in self._fetched:
            self._fetched[name] = self._fetch(name, by)
        return self._fetched[name]

    def _fetch(self, name: str, by: str) -> tuple[Path, ...]:
        if not name:
            raise UsageError(f"the input {by}: expected the name of an artifact after `{ARTIFACT}`")
        artifact = self.github.newest_artifact(name, branch=self.branch)
        if artifact is None:
            raise UsageError(
                f"the input {by}: no run on `{self.branch}` has left an artifact "
                f"`{shortened(name)}` that has not expired: upload one there, or name a path"
            )
        files = self._unpacked(artifact, by)
        folder = self.store / str(len(self._fetched) + 1)
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        made = f"of {artifact.created_at}" if artifact.created_at else "of an unknown time"
        print_lines([safe_line(f"{by}: the artifact {name} {made}, {counted(len(files), 'file')}")])
        return tuple(sorted({(folder / path).parent for path in files}))

    def _unpacked(self, artifact: Artifact, by: str) -> dict[str, bytes]:
        where = f"the input {by}: the artifact {shortened(artifact.name)}"
        if artifact.size > MOST_ARCHIVE:
            raise UsageError(
                f"{where} has {artifact.size:,} bytes, and {MOST_ARCHIVE:,} are read: upload only "
                "the days and prompts of the rollout"
            )
        archive = self.github.download(artifact.id, most=MOST_ARCHIVE)
        try:
            files = read_archive(
                archive, names=_is_wanted, most_files=MOST_FILES, most_bytes=MOST_BYTES
            )
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        if not files:
            raise UsageError(f"{where} holds no file that ends in {ENDING}")
        return files


def _is_wanted(path: str) -> bool:
    return path.endswith(ENDING) and not path.rpartition("/")[2].startswith(".")
