"""Reads the environment, once, into a frozen value that hides its secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalgate.adapters.claude_access import read_access
from evalgate.adapters.claude_routes import Clouds


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says: how to reach Claude, and whether this is a GitHub workflow.

    `clouds` says how to reach it by other providers. `base_ref` is the branch that a pull request
    wants to merge into, `temporary` the folder of the runner that a checkout cannot reach.
    """

    api_key: str = field(default="", repr=False)
    base_url: str = ""
    clouds: Clouds = field(default_factory=Clouds)
    in_workflow: bool = False
    base_ref: str = ""
    temporary: str = ""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return what the given variables say.

    Raises:
        UsageError: when the address of a server is none.
    """
    access = read_access(variables)
    return Environment(
        api_key=access.api_key,
        base_url=access.base_url,
        clouds=access.clouds,
        in_workflow=variables.get("GITHUB_ACTIONS") == "true",
        base_ref=variables.get("GITHUB_BASE_REF", "").strip(),
        temporary=variables.get("RUNNER_TEMP", "").strip(),
    )
