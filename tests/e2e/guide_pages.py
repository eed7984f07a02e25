"""Reads the guides as a reader does: writes the files that a page names, and runs its commands.

A block that begins with `# path` is a file, and its first line is no part of it. Blocks of `sh` are
run in their order, and the block of `text` after one of them is what it prints.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.edges.applications import simulated

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "docs/guides.md"
PAGES = sorted((ROOT / "docs/guides").glob("*.md"))
PORT = "8377"
"""The port that the pages name; in a test the simulator has another one."""

LEEWAY = 1.5
"""Seconds that a printed time may be off."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"# ([\w./-]+\.\w+)\n")
_TIME = re.compile(r"\b(\d+(?:\.\d+)?) (ms|s)\b")
_MOMENT: Mapping[str, re.Pattern[str]] = {
    "ID": re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"),
    "INSTANT": re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)"),
    "DAY": re.compile(r"\b20\d\d-\d\d-\d\d\b"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a page: its language, and its text."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Commands of a page, and what they print."""

    commands: str
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The files that a page names, and its commands in their order."""

    files: Mapping[str, str]
    steps: tuple[Step, ...]


def read_guide(text: str) -> Guide:
    """Return the example of a page."""
    blocks = [Block(language=language, text=text) for language, text in _BLOCK.findall(text)]
    titled = ((_TITLE.match(block.text), block) for block in blocks)
    files = {title[1]: block.text[title.end() :] for title, block in titled if title}
    after = pairwise([*blocks, Block(language="", text="")])
    steps = tuple(
        Step(commands=block.text, printed=below.text if below.language == "text" else "")
        for block, below in after
        if block.language == "sh"
    )
    return Guide(files=files, steps=steps)


def write_files(folder: Path, files: Mapping[str, str], *, port: str = PORT) -> None:
    """Write files, with the port of this simulator."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace(PORT, port))


def run_commands(folder: Path, commands: str, *, port: str = PORT) -> str:
    """Return what a block of commands prints, errors included."""
    done = subprocess.run(
        ("bash", "-c", commands.replace(PORT, port)),
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.replace(port, PORT)


def surroundings() -> Mapping[str, str]:
    """Return the environment of a reader who has installed evalgate, and set nothing else."""
    kept = {key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "USER": "ann", "PYTHONUTF8": "1"}


def play(shop: Guide, guide: Guide, folder: Path) -> list[str]:
    """Run a guide in a copy of the shop, against a simulator of its own; return what it prints."""
    with simulated(shop.files["rules.yml"]) as server:
        port = server.base_url.rpartition(":")[2]
        write_files(folder, {**shop.files, **guide.files}, port=port)
        return [run_commands(folder, step.commands, port=port) for step in guide.steps]


def alike(printed: str, *, page: str) -> bool:
    """Tell whether an output is that of the page, apart from what is a matter of the moment."""
    return _lasting(printed) == _lasting(page) and all(
        abs(ours - theirs) <= LEEWAY
        for ours, theirs in zip(_seconds(printed), _seconds(page), strict=True)
    )


def _lasting(text: str) -> list[str]:
    for name, pattern in _MOMENT.items():
        text = pattern.sub(name, text)
    return [line.rstrip() for line in _TIME.sub(r"TIME \2", text).strip().splitlines()]


def _seconds(text: str) -> list[float]:
    return [float(number) / (1000 if unit == "ms" else 1) for number, unit in _TIME.findall(text)]
