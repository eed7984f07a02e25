"""The prompts of one tree: which versions each has, and its live pointer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.errors import ConfigurationError, Problem
from evalgate.model.document import Tree
from evalgate.model.ports import Parser
from evalgate.model.prompt import Canary, LivePointer, Move, PromptVersion, Switch
from evalgate.prompts.live import read_live
from evalgate.prompts.past import was_stable
from evalgate.prompts.shared import FOLDER, dependencies, identity, own_identity
from evalgate.prompts.version import is_version, read_version

LIVE = "live.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One folder of prompts: the content of each version file, and the parsed live pointer.

    A prompt that a tree does not have has neither. `shared` holds the files of `prompts/_shared/`
    by name, which all prompts of a tree have in common.
    """

    name: str
    folder: str
    versions: Mapping[str, bytes] = field(default_factory=dict)
    live: LivePointer | None = None
    shared: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether the tree has the prompt."""
        return bool(self.versions) or self.live is not None

    @property
    def stable(self) -> str | None:
        """The version that the live pointer names, if any."""
        return self.live.stable if self.live else None

    @property
    def canary(self) -> Canary | None:
        """The canary that the live pointer names, if any."""
        return self.live.canary if self.live else None

    @property
    def switch(self) -> Switch:
        """The switch as the live pointer sets it."""
        return self.live.switch if self.live else Switch()

    @property
    def history(self) -> tuple[Move, ...]:
        """The past moves of the live pointer."""
        return self.live.history if self.live else ()

    def in_order(self) -> list[str]:
        """Return the names of the versions, lowest number first."""
        return sorted(self.versions, key=lambda version: int(version[1:]))

    def path(self, version: str) -> str:
        """Return the path of a version's file from the repository's root."""
        return f"{self.folder}/{version}.md"

    def identity(self, version: str) -> str | None:
        """Return the identity of a version, all it depends on counted; None if it is not there."""
        content = self.versions.get(version)
        return None if content is None else identity(content, self.shared)

    def own_identity(self, version: str) -> str | None:
        """Return the identity of a version's file alone; None if it is not there."""
        content = self.versions.get(version)
        return None if content is None else own_identity(content)

    def dependencies(self, version: str) -> tuple[str, ...]:
        """Return the names of the shared files that a version depends on, indirectly too."""
        content = self.versions.get(version)
        return () if content is None else dependencies(content, self.shared)

    def shared_identity(self, name: str) -> str | None:
        """Return the identity of a shared file; None if it is not there."""
        content = self.shared.get(name)
        return None if content is None else own_identity(content)

    def read(self, version: str, parser: Parser) -> PromptVersion:
        """Parse a version that the prompt has; raise ConfigurationError when it is wrong."""
        return read_version(
            self.name,
            self.path(version),
            content=self.versions[version],
            parser=parser,
            shared=self.shared,
        )

    def has_pointed_to(self, version: str) -> bool:
        """Return whether the live pointer names a version, or did in its history.

        What a rollout gave traffic to counts, too, however that ended.
        """
        canary = self.canary.version if self.canary else None
        named = (move.stable for move in self.history)
        rolled_out = (move.rollout.version for move in self.history if move.rollout)
        return version in (self.stable, canary, *named, *rolled_out)

    def was_stable(self, version: str) -> bool:
        """Return whether a version was stable; not by a move without a gate alone."""
        return was_stable(self.history, version)


def read_prompts(tree: Tree, folder: str, parser: Parser) -> dict[str, Prompt]:
    """Return the prompts under a folder by name; folders that start with `_` hold no prompts.

    Raises:
        ConfigurationError: with every problem of the live pointers; versions are parsed only when
            asked for.
    """
    shared = _shared(tree, f"{folder}/{FOLDER}/")
    prompts: dict[str, Prompt] = {}
    problems: list[Problem] = []
    for name, files in _folders(tree, folder).items():
        versions, path = _versions(files), f"{folder}/{name}/{LIVE}"
        if LIVE not in files and not versions:
            continue
        try:
            live = _live(name, path, content=files.get(LIVE), parser=parser)
        except ConfigurationError as error:
            problems += error.problems
            continue
        prompts[name] = Prompt(
            name=name, folder=f"{folder}/{name}", versions=versions, live=live, shared=shared
        )
    if problems:
        raise ConfigurationError(problems)
    return prompts


def _folders(tree: Tree, folder: str) -> dict[str, dict[str, bytes]]:
    folders: dict[str, dict[str, bytes]] = {}
    for path in sorted(tree):
        name, _, file = path.removeprefix(f"{folder}/").partition("/")
        if path.startswith(f"{folder}/") and file and not name.startswith("_"):
            folders.setdefault(name, {})[file] = tree[path]
    return folders


def _shared(tree: Tree, folder: str) -> dict[str, bytes]:
    names = (path.removeprefix(folder) for path in sorted(tree) if path.startswith(folder))
    return {name: tree[folder + name] for name in names if "/" not in name}


def _versions(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {
        name.removesuffix(".md"): content
        for name, content in files.items()
        if name.endswith(".md") and is_version(name.removesuffix(".md"))
    }


def _live(name: str, path: str, *, content: bytes | None, parser: Parser) -> LivePointer | None:
    return None if content is None else read_live(name, parser.read_yaml(path, content))
