"""Takes stock of one tree: its policy, prompts and eval sets, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.evalsets import read_sets
from evalgate.gate.gathering import POLICY_PATH
from evalgate.gate.policy import read_policy
from evalgate.gate.roots import find_policies
from evalgate.model.document import Tree
from evalgate.model.evalset import EvalSet
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser, Repository
from evalgate.model.prompt import PromptVersion
from evalgate.prompts.library import Prompt, read_prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything that one tree holds; `problems` are those of files that could not be read.

    `has_policy` is false when the defaults stand in for a policy that is not there.
    """

    policy: Policy
    has_policy: bool
    prompts: Mapping[str, Prompt]
    versions: Mapping[tuple[str, str], PromptVersion]
    sets: Mapping[str, EvalSet]
    tree: Tree
    problems: tuple[Problem, ...] = ()

    def covering(self, prompt: str) -> list[EvalSet]:
        """Return the eval sets that guard a prompt, by name."""
        return [self.sets[name] for name in sorted(self.sets) if prompt in self.sets[name].prompts]


def take_inventory(
    repository: Repository, parser: Parser, *, commit: str | None, policy_path: str = POLICY_PATH
) -> Inventory:
    """Read a tree as far as it can be read.

    Args:
        repository: where the files are.
        parser: reads them.
        commit: which tree; None means the work tree.
        policy_path: the policy that names the folders.

    Raises:
        ConfigurationError: when the policy is wrong, since it says where everything else is; or
            when it is not there, but is named, or there are others.
    """
    written = repository.files(commit, [policy_path]).get(policy_path)
    if written is None:
        _check_absent(policy_path, find_policies(repository, base=commit, head=commit))
    policy = (
        Policy(path=policy_path)
        if written is None
        else read_policy(parser.read_yaml(policy_path, written), written)
    )
    tree = repository.files(commit, (policy.paths.prompts, policy.paths.evalsets))
    problems: list[Problem] = []
    prompts = _prompts(tree, policy, parser, problems)
    sets, wrong = read_sets(tree, policy.paths.evalsets, parser)
    return Inventory(
        policy=policy,
        has_policy=written is not None,
        prompts=prompts,
        versions=_versions(prompts, parser, problems),
        sets=sets,
        tree=tree,
        problems=(*problems, *wrong),
    )


def _check_absent(path: str, policies: tuple[str, ...]) -> None:
    """Refuse to take the defaults for a policy that was meant to be read."""
    if path != POLICY_PATH or policies != (POLICY_PATH,):
        message = f"there is no such policy: name one with --policy, such as {policies[0]}"
        raise ConfigurationError([Problem(path=path, message=message)])


def _prompts(
    tree: Tree, policy: Policy, parser: Parser, problems: list[Problem]
) -> Mapping[str, Prompt]:
    try:
        return read_prompts(tree, policy.paths.prompts, parser)
    except ConfigurationError as error:
        problems += error.problems
        return {}


def _versions(
    prompts: Mapping[str, Prompt], parser: Parser, problems: list[Problem]
) -> dict[tuple[str, str], PromptVersion]:
    versions = {}
    for prompt in prompts.values():
        for version in prompt.in_order():
            try:
                versions[prompt.name, version] = prompt.read(version, parser)
            except ConfigurationError as error:
                problems += error.problems
    return versions
