"""Finds the root of a repository that a prompt lives in: whose policy judges it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from evalgate.errors import UsageError
from evalgate.gate.gathering import policy_at
from evalgate.model.policy import Policy
from evalgate.model.ports import Parser, Repository
from evalgate.model.reading import describe, shortened
from evalgate.prompts.library import LIVE, Prompt, read_prompts
from evalgate.prompts.shared import FOLDER as SHARED
from evalgate.rollout.request import no_prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A prompt as a commit has it, the policy that judges it, and the text of its pointer so far.

    `texts` are those of the policy, of all files of the prompt, and of the shared ones, by path.
    """

    policy: Policy
    prompt: Prompt
    live_text: str
    texts: dict[str, str]


def root_of(
    name: str, policies: Sequence[str], *, commit: str, repository: Repository, parser: Parser
) -> Root:
    """Return where a prompt lives.

    Args:
        name: of the prompt.
        policies: the paths of the policies that may judge it.
        commit: where all of it is looked up.
        repository: that has the commit.
        parser: reads policies and live pointers.

    Raises:
        UsageError: when no root has the prompt, or several have, or there is no policy.
        ConfigurationError: when a policy or a live pointer is wrong.
    """
    found = policies_at(policies, commit=commit, repository=repository, parser=parser)
    names = {policy.path: names_of(policy, commit, repository) for policy in found}
    homes = [policy for policy in found if name in names[policy.path]]
    if len(homes) > 1:
        listed = ", ".join(policy.path for policy in homes)
        raise UsageError(
            f"policy: {describe(name)} is a prompt of several roots: say which by its policy, one "
            f"of {listed}"
        )
    if not homes:
        known = sorted(set(chain.from_iterable(names.values())))
        raise no_prompt(name, known, at=commit[:12])
    return _read(name, homes[0], commit=commit, repository=repository, parser=parser)


def policies_at(
    paths: Sequence[str], *, commit: str, repository: Repository, parser: Parser
) -> Sequence[Policy]:
    """Return the policies that a commit has.

    Args:
        paths: where they may be.
        commit: where they are looked up.
        repository: that has the commit.
        parser: reads them.

    Raises:
        UsageError: when there is none.
        ConfigurationError: when one is wrong.
    """
    ruling = [policy_at(commit, path, repository, parser=parser) for path in paths]
    found = [policy for policy in ruling if policy is not None]
    if not found:
        listed = ", ".join(map(shortened, paths))
        raise UsageError(
            f"policy: there is no {listed} at {commit[:12]}, so nothing says what a promotion must "
            "prove: merge a policy first (`evalgate init` writes one)"
        )
    return found


def names_of(policy: Policy, commit: str, repository: Repository) -> frozenset[str]:
    """Return the names of the folders that may be prompts; nothing in them is read for that."""
    folder = f"{policy.paths.prompts}/"
    inside = (
        path.removeprefix(folder).partition("/")
        for path in repository.listing(commit, [policy.paths.prompts])
        if path.startswith(folder)
    )
    return frozenset(name for name, _, file in inside if file and not name.startswith("_"))


def _read(
    name: str, policy: Policy, *, commit: str, repository: Repository, parser: Parser
) -> Root:
    if not name.isprintable():
        raise UsageError(f"prompt: {describe(name)} cannot be written in a commit: rename it")
    folder = policy.paths.prompts
    files = repository.files(commit, (f"{folder}/{name}", f"{folder}/{SHARED}", policy.path))
    prompt = read_prompts(files, folder, parser).get(name)
    if prompt is None:
        raise no_prompt(name, (), at=commit[:12])
    texts = {path: content.decode("utf-8", "replace") for path, content in files.items()}
    path = f"{prompt.folder}/{LIVE}"
    return Root(policy=policy, prompt=prompt, live_text=texts.get(path, ""), texts=texts)
