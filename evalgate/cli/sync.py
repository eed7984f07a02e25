"""`evalgate sync`: brings the prompts of a git branch to a folder of this host."""

import signal
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_mirror import fetch_commit, masked
from evalgate.adapters.release_folder import ReleaseFolder
from evalgate.cli.complaint import complain, notify
from evalgate.cli.printing import print_lines
from evalgate.errors import ConfigurationError, EvalgateError, ExitCode, Problem, UsageError
from evalgate.model.document import Tree
from evalgate.reporting.visible import safe_line
from evalgate.rollout.delivery import deliverable, pause, undone
from evalgate.runtime.settings import read_serving

MOST_FILES = 20_000
MOST_BYTES = 100_000_000
"""How much of a commit is delivered; prompts are texts."""


class _Stopped(Exception):  # noqa: N818 - no error: the process was asked to end
    """Ends the loop, and what it waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    repository: str
    ref: str
    folder: str
    release: ReleaseFolder


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "--from", dest="source", metavar="REPO", required=True, help="its address or path"
    )
    parser.add_argument("--ref", metavar="REF", default="main", help="default: %(default)s")
    parser.add_argument(
        "--path", metavar="DIR", default="prompts", help="the prompts in it (default: %(default)s)"
    )
    parser.add_argument(
        "--to", metavar="DIR", type=Path, required=True, help="becomes a link to the release"
    )
    parser.add_argument(
        "--every", metavar="SECONDS", type=_seconds, help="go on, and look so often"
    )


def run(options: Namespace) -> ExitCode:
    """Deliver what the ref names now, and with `--every` whatever it will name."""
    source = _Source(
        repository=options.source,
        ref=options.ref,
        folder=_folder(options.path),
        release=ReleaseFolder(options.to),
    )
    if options.every is None:
        try:
            print_lines([_deliver(source)])
        except ConfigurationError as error:
            complain(error)
            return ExitCode.FAIL
        return ExitCode.OK
    return _keep_delivering(source, options.every)


def _keep_delivering(source: _Source, every: float) -> ExitCode:
    before = [signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)]
    failures, told = 0, ""
    try:
        while True:
            said, failures = _attempt(source, failures)
            if said != told:
                notify(said)
            told = said
            time.sleep(pause(failures, every))
    except _Stopped:
        notify("sync was asked to end; what is deployed stays")
        return ExitCode.OK
    finally:
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)


def _attempt(source: _Source, failures: int) -> tuple[str, int]:
    """Return what came of an attempt, and how many have failed in a row."""
    try:
        return _deliver(source), 0
    except ConfigurationError as error:  # it was fetched; only another commit can mend it
        return str(error), 0
    except EvalgateError as error:
        return str(error), failures + 1


def _deliver(source: _Source) -> str:
    """Deliver what the ref names, unless it is there, and say so.

    Raises:
        RepositoryError: when it cannot be fetched.
        ConfigurationError: when it is not to be delivered.
        UsageError: when it cannot be written.
    """
    release = source.release
    commit = fetch_commit(release.cache, source.repository, source.ref)
    place = f"{masked(source.repository)} at {safe_line(source.ref)} ({commit[:12]})"
    if release.revision() == commit:
        return f"{release.folder} is that of {place}"
    tree = _tree(source, commit)
    deployed = {f"{source.folder}/{path}": each for path, each in release.files().items()}
    try:
        served = deliverable(
            tree,
            source.folder,
            deployed=deployed,
            parser=FORMATS,
            read_settings=read_serving,
        )
    except ConfigurationError as error:
        refused = Problem(path=source.folder, message=f"the commit {commit} was not delivered")
        raise ConfigurationError([*error.problems, refused]) from None
    lost = list(undone(tree, source.folder, deployed=deployed, parser=FORMATS))
    files = {path.removeprefix(f"{source.folder}/"): each for path, each in tree.items()}
    release.replace(commit, files)
    for said in lost:
        notify(said)
    return f"{release.folder} is now that of {place}: {', '.join(served)}"


def _tree(source: _Source, commit: str) -> Tree:
    repository = GitRepository(source.release.cache)
    listing = repository.listing(commit, [source.folder])
    links = [path for path, is_file in listing.items() if not is_file]
    if links or len(listing) > MOST_FILES:
        message = "a link or a submodule is not followed: commit the file itself"
        first = Problem(path=links[0], message=message) if links else None
        many = Problem(path=source.folder, message=f"more than {MOST_FILES:,} files")
        raise ConfigurationError([first or many])
    tree = repository.files(commit, [source.folder])
    if sum(map(len, tree.values())) > MOST_BYTES:
        message = f"more than {MOST_BYTES / 1e6:g} MB: prompts are texts"
        raise ConfigurationError([Problem(path=source.folder, message=message)])
    return tree


def _folder(text: str) -> str:
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or ".." in parts:
        raise UsageError(
            f"path: expected a folder of the repository, such as `prompts`; got `{text}`"
        )
    return "/".join(parts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise ArgumentTypeError(f"expected seconds from 1 to 86400, got `{text}`")
    return seconds


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped
