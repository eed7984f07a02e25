"""Runs commands of evalgate in a repository of a test."""

import subprocess
from pathlib import Path

from tests.e2e.shop import environment, inside


def evalgate(folder: Path, *arguments: str, **extra: str) -> "subprocess.CompletedProcess[str]":
    """Run one command; `extra` is added to its environment."""
    return inside(folder, *arguments, variables=environment() | extra)
