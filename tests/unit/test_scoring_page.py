"""Facts about docs/scoring.md, docs/review.md, and what docs/scores.md says of the monitor."""

import json
import re
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import pytest

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.observations import (
    line_of_anchor,
    line_of_observation,
    read_observations,
)
from evalgate.cli import review, score
from evalgate.gate.policy import read_policy
from evalgate.model.monitoring import BUILT_IN
from evalgate.model.observation import AnchorScore, Observation
from evalgate.monitoring.scoring.anchors import KEYS, read_anchors
from evalgate.monitoring.scoring.criteria import read_criteria
from evalgate.monitoring.scoring.memory import MOST_TRIES
from evalgate.monitoring.scoring.reviewing import Order

DOCS = Path(__file__).parents[2] / "docs"
SCORING, REVIEW, SCORES = (
    (DOCS / f"{name}.md").read_text("utf-8") for name in ("scoring", "review", "scores")
)


def options(page: str) -> set[str]:
    told = re.findall(r"^\| (`--.*?) \|", page, re.M)
    return {each for cell in told for each in re.findall(r"--[a-z-]+", cell)}


@pytest.mark.parametrize(
    ("declare", "page"), [(score.add_arguments, SCORING), (review.add_arguments, REVIEW)]
)
def test_the_table_lists_every_option(declare: Callable[[ArgumentParser], None], page: str) -> None:
    parser = ArgumentParser()
    declare(parser)
    known = {word for action in parser._actions for word in action.option_strings}
    assert options(page) == known - {"-h", "--help"}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.M | re.S)


def test_the_policy_and_the_anchors_of_the_page_are_read() -> None:
    content = blocks(SCORING, "yaml")[0].encode()
    policy = read_policy(FORMATS.read_yaml("policy.yml", content), content)
    sticks = read_criteria(policy, {}, FORMATS)
    told = {each.name for each, _ in sticks.common} | {"format"}
    assert told == {*BUILT_IN, "window"}
    lines = FORMATS.read_json_lines("a.jsonl", blocks(SCORING, "json")[0].encode())
    assert [each.expected for each in read_anchors(lines, sticks, path="a.jsonl")] == [1.0, 0.0]


def test_every_key_of_an_anchor_is_documented() -> None:
    table = SCORING.partition("| key | what it says | needed |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.M) == [
        "id", "criterion", "request", "vars", "instructions", "answer", "expected"
    ]  # fmt: skip
    assert {"id", "criterion", "request", "vars", "instructions", "answer", "expected"} == set(KEYS)


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert MOST_TRIES == 3
    assert "three times at most" in SCORING
    assert all(f"`{order}`" in REVIEW for order in Order)


def test_every_key_of_a_score_is_documented() -> None:
    score_line = Observation(ts=0.0, request_id="r", criterion="c", outcome=1.0)
    keys = set(json.loads(line_of_observation(score_line, ts=0.0)))
    assert keys <= set(re.findall(r"^\| `(\w+)` \|", SCORES, re.M))
    anchor = AnchorScore(ts=0.0, anchor="a", criterion="c", judge="j", outcome=1.0, expected=1.0)
    example = json.loads(blocks(SCORES, "json")[2])
    assert set(example) == set(json.loads(line_of_anchor(anchor)))


def test_the_lines_of_the_page_are_read_by_the_monitor(tmp_path: Path) -> None:
    (tmp_path / "scores-2026-11-22.jsonl").write_text("".join(blocks(SCORES, "json")))
    read = read_observations([tmp_path])
    assert (len(read.observations), len(read.anchors), read.unplaced) == (1, 1, 3)
    assert read.left_out == {}
