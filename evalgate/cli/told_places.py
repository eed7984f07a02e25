"""Tells the places of a command as others are to name them: from the root of the repository."""

from collections.abc import Iterable
from os.path import normpath, relpath
from pathlib import Path

from evalgate.adapters.incidents import PLACE as INCIDENTS
from evalgate.adapters.quality_baselines import PLACE as BASELINES
from evalgate.cli.prompt_place import PROMPTS, find_policy
from evalgate.monitoring.places import LOGS, Places


def told_places(  # noqa: PLR0913 - each place is another option
    root: Path,
    *,
    prompts: Path,
    policy: Path | None = None,
    logs: Iterable[Path] = (),
    scores: Iterable[Path] = (),
    incidents: Path | None = None,
    baselines: Path | None = None,
    smells: Iterable[Path] = (),
) -> Places:
    """Return the places that a command works with; what is as usual there is left out.

    Args:
        root: from where they are named.
        prompts: the folder of the prompts.
        policy: where one is named; else that of the prompts is meant.
        logs: files and folders of the call log.
        scores: files and folders of scores.
        incidents: where they lie, where that is named.
        baselines: the frozen quality, where it is named.
        smells: baselines of smells.

    Raises:
        UsageError: when several policies name the folder.
    """

    def told(path: Path | None, usual: Path | str = "") -> str:
        name = "" if path is None else from_root(path, root)
        return "" if name == str(usual) else name

    return Places(
        folder=told(prompts, PROMPTS),
        policy=told(policy or _unusual(find_policy(prompts, here=Path.cwd()), root)),
        logs=tuple(map(told, logs)) or LOGS,
        scores=tuple(map(told, scores)),
        incidents=told(incidents, INCIDENTS),
        baselines=told(baselines, BASELINES),
        smells=tuple(map(told, smells)),
    )


def from_root(path: Path, root: Path) -> str:
    """Return a path as the root of a repository names it; one elsewhere stays absolute if it is."""
    real = Path(normpath(Path.cwd() / path))
    if path.is_absolute() and not real.is_relative_to(root.resolve()):
        return str(path)
    return relpath(real, root.resolve())


def _unusual(policy: Path | None, root: Path) -> Path | None:
    """Return a policy that nobody finds who stands in the root."""
    usual = policy is None or policy.resolve().parent == root.resolve() / ".github"
    return None if usual else policy
