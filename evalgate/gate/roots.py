"""Finds the policies of a repository: one, or one for each root of a monorepo."""

import re
from collections.abc import Iterable, Iterator, Mapping

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.gathering import POLICY_PATH
from evalgate.model.policy import Policy
from evalgate.model.ports import Repository

_FOLDER = ".github"
_NAME = re.compile(r"\.github/evalgate(?:\.(?P<root>[A-Za-z0-9-]+))?\.yml")
_LOOKS_LIKE_A_POLICY = re.compile(r"\.github/evalgate(?:\.[^/]*)?\.ya?ml", re.IGNORECASE)
MAIN = "main"
"""The root of a repository that has one policy."""


def root_name(policy: str) -> str:
    """Return the name of a policy's root: `billing` for `.github/evalgate.billing.yml`."""
    found = _NAME.fullmatch(policy)
    return (found["root"] if found else None) or MAIN


def find_policies(repository: Repository, *, base: str | None, head: str | None) -> tuple[str, ...]:
    """Return the paths of the policies at base or head; the usual path when there is none.

    Args:
        repository: where they are.
        base: the commit that is trusted; None is the work tree.
        head: the commit that is judged; None is the work tree.

    Raises:
        ConfigurationError: when a file of the head looks like a policy and would not be read as
            one, so that its prompts would never be judged.
    """
    at_head = frozenset(repository.listing(head, [_FOLDER]))
    at_base = frozenset(repository.listing(base, [_FOLDER]))
    problems = [*_look_alikes(at_head), *_same_roots(at_head, at_base)]
    if problems:
        raise ConfigurationError(problems)
    listed = at_base | at_head
    return tuple(sorted(filter(_NAME.fullmatch, listed))) or (POLICY_PATH,)


def _look_alikes(paths: Iterable[str]) -> Iterator[Problem]:
    for path in sorted(paths):
        if _LOOKS_LIKE_A_POLICY.fullmatch(path) and not _NAME.fullmatch(path):
            message = (
                "looks like a policy but would not be read as such: name it "
                f"`{POLICY_PATH}` or `{_FOLDER}/evalgate.<root>.yml`, the root's name in letters, "
                "digits and hyphens"
            )
            yield Problem(path=path, message=message)


def _same_roots(at_head: frozenset[str], at_base: frozenset[str]) -> Iterator[Problem]:
    """Yield policies whose roots have one name, as far as file systems and GitHub can tell.

    One that the head adds may not take the name of one that it deletes either: the commit status
    of the first would replace that of the second. Two of the base alone can still be parted.
    """
    taken: dict[str, str] = {}
    policies = filter(_NAME.fullmatch, at_base | at_head)
    for path in sorted(policies, key=lambda path: (path not in at_base, path)):
        other = taken.setdefault(root_name(path).lower(), path)
        pair = {path, other}
        if other != path and (pair <= at_head or pair & (at_head - at_base)):
            message = f"its root has the same name as that of {other}: rename one of the two"
            if other not in at_head:
                message = (
                    f"its root has the same name as that of {other} at the base, whose commit "
                    "status it would replace: take another name"
                )
            yield Problem(path=path, message=message)


def check_apart(policies: Iterable[Policy]) -> None:
    """Refuse policies that claim the same prompts, or one a folder inside of another's.

    Raises:
        ConfigurationError: names both policies.
    """
    taken: Mapping[str, str] = {}
    for policy in policies:
        folder = policy.paths.prompts
        for other, path in taken.items():
            if f"{folder}/".startswith(f"{other}/") or f"{other}/".startswith(f"{folder}/"):
                message = f"the folder `{folder}` overlaps with `{other}` of {path}"
                problem = Problem(path=policy.path, key="paths.prompts", message=message)
                raise ConfigurationError([problem])
        taken = {**taken, folder: policy.path}
