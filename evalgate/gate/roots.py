"""Finds the policies of a repository: one, or one for each root of a monorepo."""

import re
from collections.abc import Iterable, Mapping

from evalgate.errors import ConfigurationError, Problem
from evalgate.gate.gathering import POLICY_PATH
from evalgate.model.policy import Policy
from evalgate.model.ports import Repository

_FOLDER = ".github"
_NAME = re.compile(r"\.github/evalgate(?:\.(?P<root>[A-Za-z0-9-]+))?\.yml")


def root_name(policy: str) -> str:
    """Return the name of a policy's root: `billing` for `.github/evalgate.billing.yml`."""
    found = _NAME.fullmatch(policy)
    return (found["root"] if found else None) or "main"


def find_policies(repository: Repository, *, base: str, head: str | None) -> tuple[str, ...]:
    """Return the paths of the policies at base or head; the usual path when there is none.

    Args:
        repository: where they are.
        base: the commit that is trusted.
        head: the commit that is judged; None is the work tree.
    """
    listed = {*repository.listing(base, [_FOLDER]), *repository.listing(head, [_FOLDER])}
    return tuple(sorted(filter(_NAME.fullmatch, listed))) or (POLICY_PATH,)


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
