"""Finds the verdict of a gate that a rollout begins on."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file
from evalgate.cli.by_hand import Deployed
from evalgate.cli.prompt_place import repository_of
from evalgate.errors import EvalgateError, UsageError
from evalgate.model.document import Document
from evalgate.rollout.offline import Offline, offline_verdict

REPORTS = "reports"
VERDICT = "verdict.json"


def found_verdict(found: Deployed, version: str, named: Path | None) -> Offline:
    """Return what a verdict proves of a version.

    Args:
        found: the prompt.
        version: that is to be rolled out.
        named: the file, or the run folder it lies in; None looks through `reports/` of the
            repository, the newest run first, for one that passes.

    Raises:
        UsageError: when no verdict proves anything; says why the nearest one does not.
        ConfigurationError: when the named file is no verdict.
    """
    if named is not None:
        return _read(named / VERDICT if named.is_dir() else named, found, version)
    first: EvalgateError | None = None
    for path in _newest(found.folder):
        if not _is_about(path, found.prompt.name, version):
            continue
        try:
            return _read(path, found, version)
        except EvalgateError as error:
            first = first or error
    raise first or _nothing(found.prompt.name, version)


def _newest(folder: Path) -> Iterator[Path]:
    root = repository_of(folder) or Path.cwd()
    paths = [*(root / REPORTS).glob(f"*/{VERDICT}"), *(root / REPORTS).glob(f"*/*/{VERDICT}")]
    yield from sorted(paths, key=lambda path: (path.stat().st_mtime, str(path)), reverse=True)


def _is_about(path: Path, prompt: str, version: str) -> bool:
    """Return whether a file names a candidate of a prompt; one that cannot be read does not."""
    try:
        data = _document(path).data
    except EvalgateError:
        return False
    prompts = data.get("prompts") if isinstance(data, dict) else None
    told = [each for each in prompts if isinstance(each, dict)] if isinstance(prompts, list) else []
    candidates = (each.get("candidate") for each in told if each.get("name") == prompt)
    return any(isinstance(each, dict) and each.get("version") == version for each in candidates)


def _read(path: Path, found: Deployed, version: str) -> Offline:
    return offline_verdict(_document(path), prompt=found.prompt, version=version, parser=FORMATS)


def _document(path: Path) -> Document:
    content = read_file(path)
    if content is None:
        raise UsageError(f"verdict: there is no {path}: name a verdict.json, or its run folder")
    return FORMATS.read_json(str(path), content)


def _nothing(prompt: str, version: str) -> UsageError:
    return UsageError(
        f"no verdict about {version} of `{prompt}` was found in {REPORTS}/: judge it first with "
        f"`evalgate promote {quote(prompt)} {version} --percent 5 --dry-run`, or name the "
        "verdict.json of its pull request with --verdict"
    )
