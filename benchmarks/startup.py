"""Prints the CPU time of the light paths, beside that of bare Python measured in the same run.

Usage: python benchmarks/startup.py [runs]
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.cli.example import example_files

EVALGATE = [sys.executable, "-m", "evalgate"]
COMMANDS = {
    "bare Python": [sys.executable, "-c", ""],
    "evalgate --help": [*EVALGATE, "--help"],
    "evalgate gate, nothing changed": [*EVALGATE, "gate", "--base", "main", "--head", "main"],
    "evalgate gate, wrong policy": [*EVALGATE, "gate", "--base", "typo", "--head", "typo"],
}


def cpu_seconds(command: list[str], folder: Path) -> float:
    """Return user and system time of a command and of all processes that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_repository(folder: Path) -> None:
    """Commit the example to main, and a policy with a typo to a branch."""
    create_repository(folder, "main")
    policy = ".github/evalgate.yml"
    for path, content in {**example_files(), policy: b""}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    commit_all(folder, "example")
    subprocess.run(["git", "switch", "-q", "-c", "typo"], cwd=folder, check=True)
    (folder / policy).write_text("gate: {max_dorp: 5}\n")
    commit_all(folder, "typo")


def main() -> None:
    """Measure every command in turn, so that a drifting machine weighs on all alike."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    samples: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make_repository(folder)
        for _ in range(runs):
            for name, command in COMMANDS.items():
                samples[name].append(cpu_seconds(command, folder))
    bare = median(samples["bare Python"])
    print(f"medians of {runs} runs, {os.cpu_count()} cores")
    for name, values in samples.items():
        beyond = median(values) - bare
        print(f"{name:<32} {median(values):.3f} s CPU, {beyond:+.3f} s beyond bare Python")


if __name__ == "__main__":
    main()
