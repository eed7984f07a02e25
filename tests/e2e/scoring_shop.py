"""A shop whose answers of production lie in a spool, and are to be scored."""

import json
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from evalgate.adapters.git_writing import commit_all, create_repository
from evalgate.adapters.observations import read_observations
from evalgate.adapters.spool_folder import SpoolFolder
from evalgate.adapters.spool_lines import line_of
from evalgate.model.call import Arm
from evalgate.model.chat import ChatRequest
from evalgate.model.content import Turn
from evalgate.model.document import Data
from evalgate.model.sample import Sample, Sampled, Stratum
from tests.e2e.shop import environment, inside, version, write

GOOD, BAD = "You have 30 days.", "Whenever you like."
POLICY = """
run: {attempts: 1}
monitor:
  scoring:
    max_cost_usd_per_day: MOST
    criteria:
      window: {graders: [{rubric: names the window}]}
      short: {graders: [{length: {max: 60}}]}
"""
EVALSET = """
prompts: [p]
graders: [{rubric: names the window}]
cases:
  - {id: c1, vars: {question: number 1}}
"""


def make_scoring_shop(folder: Path, *, most: str = "5") -> Path:
    create_repository(folder, "main")
    write(
        folder,
        {
            ".github/evalgate.yml": POLICY.replace("MOST", most),
            "prompts/p/v1.md": version("Name the 30 days."),
            "prompts/p/live.yaml": "stable: v1\n",
            "prompts/runtime.yml": "sampling: {every: 2, spool: samples}\n",
            "evalsets/p.yaml": EVALSET,
        },
    )
    commit_all(folder, "first")
    return folder


def answered(number: int, text: str = GOOD) -> Sample:
    return Sample(
        ts=time.time(),
        request_id=f"01a2007d-5837-7d3a-9491-{number:012}",
        prompt="p",
        version="v1",
        prompt_hash="",
        arm=Arm.STABLE,
        feature="help",
        route="direct",
        sampled=Sampled(probability=0.5, stratum=Stratum.UNIFORM),
        request=ChatRequest(
            model="claude-haiku-5-5",
            max_tokens=50,
            system="Name the 30 days.",
            turns=(Turn(role="user", content=f"PRIVATE number {number}"),),
        ),
        text=text,
        stop_reason="end_turn",
        provider="direct",
        model="claude-haiku-5-5",
    )


def spool(folder: Path, samples: Iterable[Sample]) -> None:
    place = SpoolFolder(folder / "samples", days=7)
    for each in samples:
        place.add(line_of(each), now=time.time())
    place.close()


def review(shop: Path, *words: str, says: str = "") -> "subprocess.CompletedProcess[str]":
    """Review as Ann; `says` is what she types."""
    return inside(shop, "review", "--rater", "ann", *words, variables=environment(), says=says)


def labels(shop: Path) -> list[dict[str, Data]]:
    path = shop / "review-labels.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def scored(folder: Path) -> dict[str, float | None]:
    """Return the scores of the window by the number of the call."""
    read = read_observations([folder / "scores"])
    return {
        each.request_id[-3:]: each.outcome
        for each in read.observations
        if each.criterion == "window"
    }


def scored_or_none(shop: Path) -> dict[str, float | None]:
    return scored(shop) if any((shop / "scores").glob("scores-*")) else {}
