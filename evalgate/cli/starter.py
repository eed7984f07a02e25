"""The files that `evalgate init` writes: policy, workflows, a first prompt with cases, schemas."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from evalgate.deciding.sizing import Setup
from evalgate.model.policy import Paths

SCHEMA_FOLDER = ".evalgate"
_WRITTEN_BY_HAND = ("evalset.schema.json", "policy.schema.json", "runtime.schema.json")
UNKNOWN_ACTION = f"OWNER/evalgate@{'0' * 40}"
"""Where the Action comes from while nobody knows: a reference that leads nowhere."""

GATE = "evalgate.yml"
"""The workflow that every repository gets."""

EXTRAS: Mapping[str, Sequence[str]] = {
    "record": ("evalgate-record.yml",),
    "forks": ("evalgate-publish.yml", "evalgate-forks.yml"),
    "promote": ("evalgate-promote.yml",),
    "rollout": ("evalgate-rollout.yml",),
}
"""The workflows that a repository gets when it asks for them; those of a name need each other."""

_ANY_BRANCH = 'branches: ["main"]'

_GITHUB = re.compile(r"(?:https://|ssh://git@|git@)github\.com[/:]([^/]+/[^/]+?)(?:\.git)?/?")


def schema_files() -> dict[str, str]:
    """Return the JSON Schemas for editors, by their path in a repository."""
    return {
        f"{SCHEMA_FOLDER}/{name}": text
        for name, text in _package("schemas").items()
        if name in _WRITTEN_BY_HAND
    }


def starter_files(paths: Paths) -> dict[str, str]:
    """Return a first prompt and its eval set, by their path in a repository."""
    folders = {"prompts": paths.prompts, "evalsets": paths.evalsets}
    return {
        f"{folders[path.partition('/')[0]]}/{path.partition('/')[2]}": text
        for path, text in _package("starter").items()
    }


def policy_text(setup: Setup) -> str:
    """Return a policy with the values that this repository needs, and the others' names."""
    return (
        f"# yaml-language-server: $schema=../{SCHEMA_FOLDER}/policy.schema.json\n"
        "# What the gate demands. Every key has a default; docs/policy.md of evalgate lists them.\n"
        "schema: policy/1\n"
        "gate:\n"
        f"  max_drop: {setup.max_drop * 100:g} # points of the pass rate that a change may cost\n"
        "  min_pass_rate: 0.8 # what a new prompt must reach\n"
        "run:\n"
        f"  trials: {setup.trials} # per case and version; with more cases fewer are needed\n"
        "  job_minutes: 30 # `timeout-minutes` of the workflow; longer runs are warned of\n"
    )


def workflow_path(name: str) -> str:
    """Return where a workflow lies in a repository."""
    return f".github/workflows/{name}"


def workflow_text(branch: str, action: str, *, name: str = GATE) -> str:
    """Return a workflow as a repository needs it.

    Args:
        branch: into which changes are merged.
        action: owner, repository and commit of the Action.
        name: the workflow's file.
    """
    text = _package("workflows")[name]
    return text.replace(_ANY_BRANCH, f"branches: [{json.dumps(branch)}]").replace(
        f"uses: {UNKNOWN_ACTION}", f"uses: {action}"
    )


def action_reference() -> str:
    """Return owner, repository and commit that evalgate was installed from, if that is known."""
    try:
        text = distribution("evalgate").read_text("direct_url.json")
    except PackageNotFoundError:
        return UNKNOWN_ACTION
    origin = json.loads(text) if text else {}
    found = _GITHUB.fullmatch(str(origin.get("url", "")))
    commit = origin.get("vcs_info", {}).get("commit_id")
    return f"{found[1]}@{commit}" if found and commit else UNKNOWN_ACTION


def _package(folder: str) -> dict[str, str]:
    """Return the texts of a folder of the package, by path inside it."""
    root = Path(str(files("evalgate"))) / folder
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
