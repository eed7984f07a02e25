"""Runs commands of evalgate in a repository of a test, in a process each."""

import subprocess
from pathlib import Path

from tests.e2e.shop import environment, start


def evalgate(folder: Path, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    """Run one command; `extra` is added to its environment."""
    return start(folder, *arguments, variables=environment() | extra).wait()
