"""Reads the environment, once, into a frozen value that hides its secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says: how to reach Claude, and whether this is a GitHub workflow.

    `base_ref` is the branch that a pull request wants to merge into, `temporary` the folder of the
    runner that a checkout cannot reach.
    """

    api_key: str = field(default="", repr=False)
    base_url: str = ""
    in_workflow: bool = False
    base_ref: str = ""
    temporary: str = ""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Return what the given variables say."""
    return Environment(
        api_key=variables.get("ANTHROPIC_API_KEY", "").strip(),
        base_url=variables.get("ANTHROPIC_BASE_URL", "").strip(),
        in_workflow=variables.get("GITHUB_ACTIONS") == "true",
        base_ref=variables.get("GITHUB_BASE_REF", "").strip(),
        temporary=variables.get("RUNNER_TEMP", "").strip(),
    )
