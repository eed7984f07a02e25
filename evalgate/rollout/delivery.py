"""Decides whether prompts of a commit may be delivered to a host, and when to try again; pure."""

from collections.abc import Callable, Iterator, Mapping

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Document, Tree
from evalgate.model.ports import Parser
from evalgate.model.prompt import Move
from evalgate.prompts.library import LIVE, Prompt, read_prompts

LONGEST_PAUSE = 300.0
"""Seconds between two attempts, when fetching fails time and again."""

SETTINGS = "runtime.yml"
"""The file beside the prompts that says how they are served."""

_MOST_DOUBLINGS = 10

ReadSettings = Callable[[Document], object]
"""Reads the settings, or raises ConfigurationError; what they say does not matter here."""


def deliverable(
    tree: Tree, folder: str, *, deployed: Tree, parser: Parser, read_settings: ReadSettings
) -> tuple[str, ...]:
    """Return what a host would serve by a tree, one word for each prompt: `support-reply v3`.

    Args:
        tree: the files of the commit.
        folder: that of all prompts in it.
        deployed: the files that the host has now, under the same folder; it may be empty.
        parser: reads live pointers and versions.
        read_settings: reads the file of settings, where there is one.

    Raises:
        ConfigurationError: with every problem for which the tree is not to be delivered.
    """
    prompts = read_prompts(tree, folder, parser)
    problems = [
        *_empty(prompts, folder),
        *_unsettled(tree, f"{folder}/{SETTINGS}", parser, read=read_settings),
        *(problem for prompt in prompts.values() for problem in _unservable(prompt, parser)),
        *_edited(prompts, _readable(deployed, folder, parser)),
    ]
    if problems:
        raise ConfigurationError(problems)
    return tuple(f"{name} {prompt.stable}" for name, prompt in prompts.items() if prompt.stable)


def undone(tree: Tree, folder: str, *, deployed: Tree, parser: Parser) -> Iterator[str]:
    """Yield the moves by hand on the host that a delivery takes back, since nobody committed them.

    The arguments are those of `deliverable`, and the tree may be delivered.
    """
    before = _readable(deployed, folder, parser)
    for name, prompt in read_prompts(tree, folder, parser).items():
        moves = before[name].history[-1:] if name in before else ()
        for move in moves:
            if move not in prompt.history:
                whom = f" by {move.by}" if move.by else ""
                yield (
                    f"The last move of {name}{whom}, {_to(move)}, was not committed: "
                    f"{prompt.stable} is served now{_beside(prompt)}."
                )


def _to(move: Move) -> str:
    told = move.rollout
    if told is None:
        return f"to {move.stable}"
    share = f" at {told.percent:g} %" if told.percent else ""
    return f"of the rollout of {told.version} ({told.phase.value.replace('_', ' ')}{share})"


def _beside(prompt: Prompt) -> str:
    canary = prompt.canary
    return f", with {canary.version} at {canary.percent:g} %" if canary else ""


def pause(failures: int, every: float) -> float:
    """Return the seconds until the next attempt: twice as many after each failure in a row."""
    longest = max(LONGEST_PAUSE, every)
    return float(min(longest, every * 2 ** min(failures, _MOST_DOUBLINGS)))


def _empty(prompts: Mapping[str, Prompt], folder: str) -> Iterator[Problem]:
    if not any(prompt.stable for prompt in prompts.values()):
        message = f"no prompt has a stable version: expected `{folder}/<name>/{LIVE}`"
        yield Problem(path=folder, message=message)


def _unsettled(tree: Tree, path: str, parser: Parser, *, read: ReadSettings) -> Iterator[Problem]:
    try:
        if path in tree:
            read(parser.read_yaml(path, tree[path]))
    except ConfigurationError as error:
        yield from error.problems


def _unservable(prompt: Prompt, parser: Parser) -> Iterator[Problem]:
    """Yield why what a live pointer names cannot be served."""
    canary = prompt.canary.version if prompt.canary else None
    for version in dict.fromkeys(each for each in (prompt.stable, canary) if each is not None):
        if version not in prompt.versions:
            message = f"names {version}, of which there is no file"
            yield Problem(path=f"{prompt.folder}/{LIVE}", message=message)
            continue
        try:
            prompt.read(version, parser)
        except ConfigurationError as error:
            yield from error.problems
        except ModuleNotFoundError as error:
            message = f"cannot be read on this host, which lacks the package {error.name}"
            yield Problem(path=prompt.path(version), message=message)


def _edited(prompts: Mapping[str, Prompt], before: Mapping[str, Prompt]) -> Iterator[Problem]:
    """Yield the versions that were deployed and pointed to, and are no longer what they were."""
    for name in prompts.keys() & before.keys():
        now, old = prompts[name], before[name]
        for version in old.versions:
            was = old.has_pointed_to(version)
            if was and version in now.versions and now.identity(version) != old.identity(version):
                message = (
                    "is deployed and may not change: undo the edit, or that of what it includes, "
                    "and add a version"
                )
                yield Problem(path=now.path(version), message=message)


def _readable(tree: Tree, folder: str, parser: Parser) -> Mapping[str, Prompt]:
    """Return the prompts of a tree; none where it cannot be read, which a delivery mends."""
    try:
        return read_prompts(tree, folder, parser)
    except ConfigurationError:
        return {}
