"""Facts about the page on decisions: its picture is drawn from real decisions, and says so."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

from evalgate.deciding.bounds import smallest_set

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/deciding.md").read_text("utf-8")
PICTURE = (ROOT / "docs/deciding.svg").read_text("utf-8")
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_what_the_script_draws() -> None:
    command = (sys.executable, "-m", "benchmarks.picture", "--print")
    drawn = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert drawn.stdout.decode("utf-8") == PICTURE


def test_the_picture_is_told_in_words_here_and_there() -> None:
    told = [(*each, word) for *each, word in re.findall(r"rom (\S+) to (\S+) points: (\w+)", PAGE)]
    within = fromstring(PICTURE).findtext(f"{SVG}desc") or ""  # noqa: S314 - our own file
    assert told == re.findall(r"from (\S+) to (\S+) points, (\w+)", within)
    assert [word for *_, word in told] == ["pass", "pass", "inconclusive", "fail"]


def test_the_picture_stands_on_a_ground_of_its_own_and_names_every_answer() -> None:
    ground = fromstring(PICTURE).find(f"{SVG}rect")  # noqa: S314 - our own file
    assert ground is not None
    assert ground.get("fill") == "#ffffff"
    words = re.findall(r'font-weight="600"[^>]*>(\w+)<', PICTURE)
    assert words == ["pass", "pass", "inconclusive", "fail"]


def test_the_sizes_that_it_names_are_those_of_the_engine() -> None:
    prose = " ".join(PAGE.split())
    assert f"it takes {smallest_set(0.05, 0.05)} cases to prove that fewer than 5" in prose
    others = (
        f"({smallest_set(0.1, 0.05)} cases for a limit of 10 points, {smallest_set(0.02, 0.05)}"
    )
    assert others in prose
