"""Starts evalgate as a user does, in a repository of a test."""

import os
import subprocess
import sys
from pathlib import Path


def evalgate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-m", "evalgate", *arguments],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
