"""The files that `evalgate init` writes: policy, workflow, a first prompt with cases, schemas."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from evalgate.deciding.sizing import Setup
from evalgate.model.policy import Paths

SCHEMA_FOLDER = ".evalgate"
_WRITTEN_BY_HAND = ("evalset.schema.json", "policy.schema.json")
UNKNOWN_ACTION = "OWNER/evalgate@COMMIT"

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
    )


def workflow_text(branch: str, action: str) -> str:
    """Return the workflow that gates pull requests and records what is stable.

    Args:
        branch: into which changes are merged.
        action: owner, repository and commit of the Action.
    """
    return f"""\
# Judges every change of a prompt before it is merged. Prompts and cases of a pull request are read
# as data; none of its code runs. From a fork, which has no key, all is checked that needs none.
name: evalgate

on:
  pull_request:
    branches: [{json.dumps(branch)}]
  merge_group:

permissions: {{}}

concurrency:
  group: evalgate-${{{{ github.event.pull_request.number || github.sha }}}}
  cancel-in-progress: true

jobs:
  gate:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions:
      contents: read # to check out
      pull-requests: write # the comment
      statuses: write # the commit status `evalgate`, which a ruleset can require
      actions: read # a re-run goes on with the trials of the attempt before
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # policy, live pointers and baseline come from the base branch
          persist-credentials: false
      - uses: {action}
        with:
          anthropic-api-key: ${{{{ secrets.ANTHROPIC_API_KEY }}}}
"""


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
