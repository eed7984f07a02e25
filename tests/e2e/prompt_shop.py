"""A folder of prompts without a repository, and the command line on a host that has little."""

import os
import subprocess
import sys
from pathlib import Path

from evalgate.adapters.files import read_yaml
from evalgate.model.prompt import LivePointer
from evalgate.prompts.live import read_live
from tests.e2e.shop import start, version, write

LIVE = "prompts/p/live.yaml"
HISTORY = "history: [{stable: v1}, {stable: v2}, {stable: v3}]\n"


def make_prompts(folder: Path, *, live: str = f"# ours\nstable: v3\n{HISTORY}") -> Path:
    """Write a prompt with four versions, of which the last was never stable."""
    write(folder, {f"prompts/p/v{n}.md": version(f"Name {n} days.") for n in range(1, 5)})
    write(folder, {LIVE: live})
    return folder


def evalgate(
    folder: Path, *words: str, program: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line with the variables of a host and these.

    Args:
        folder: in which it runs.
        words: of the command.
        program: what an interpreter of its own runs in place of evalgate.
        variables: of the environment.
    """
    if not program:
        return start(folder, *words, variables=host(**variables)).wait()
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env=host(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def host(**variables: str) -> dict[str, str]:
    """Return the variables of a host that has little, and these."""
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "HOME") if key in os.environ}
    nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "USER": "ann"}
    return {**kept, **nobody, **variables}


def pointer(folder: Path, path: str = LIVE) -> LivePointer:
    return read_live("p", read_yaml(path, (folder / path).read_bytes()))
