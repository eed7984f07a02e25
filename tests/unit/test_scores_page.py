"""Facts about docs/scores.md, and about what docs/call-log.md says of a rollout's reading."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evalgate.adapters.exposures import EARLIEST, FRESH, LATEST, UNANSWERED, read_exposures
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.line_files import LONGEST
from evalgate.adapters.scores import read_scores
from evalgate.model.exposure import LeftOut, Score
from evalgate.model.policy import RolloutRules
from evalgate.model.serving import Mark
from evalgate.runtime.logbook.call_line import COLUMNS, line_of
from evalgate.runtime.settings import read_serving
from tests.unit.runtime.records import RECORD

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "scores.md").read_text("utf-8")
LOG = (DOCS / "call-log.md").read_text("utf-8").split("## What a rollout reads of it\n")[1]
READING = LOG.split("\n## ")[0]


def rows(heading: str, page: str = PAGE) -> list[list[str]]:
    """Return the cells of the table whose first row begins so."""
    table = page.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_lines_of_the_page_are_read_as_it_says(tmp_path: Path) -> None:
    block = PAGE.partition("```json\n")[2].partition("```")[0]
    (tmp_path / "scores-2026-11-22.jsonl").write_text(block, "utf-8")
    read = read_scores([tmp_path])
    first = "01a2007d-5837-7d3a-9491-c94f491fa4b8"
    assert read.scores == (
        Score(request_id=first, outcome=1.0, criterion="accuracy"),
        Score(request_id=first, outcome=0.85, criterion="relevance"),
        Score(
            request_id="01a2007e-11c0-7be2-8f5d-0d6a1a7c2b90",
            outcome=None,
            criterion="accuracy",
            cause="judge_failed",
        ),
    )
    assert (read.passed_over, read.left_out) == (0, {})


def test_every_reason_to_leave_a_line_out_is_listed_in_its_order() -> None:
    assert [cells[0] for cells in rows("left out")] == [f"`{each}`" for each in LeftOut]


def test_the_limits_are_those_of_the_code() -> None:
    assert f"longer than {LONGEST / 1e6:g} MB" in PAGE
    year = 365.2425 * 86_400
    assert f"before {1970 + EARLIEST / year:.0f} or after {1969 + LATEST / year:.0f}" in PAGE
    assert {stage.units for stage in RolloutRules().stages} == {100}
    assert "100 scored units in each arm" in PAGE


@pytest.mark.parametrize(
    ("share", "of_rate", "of_canary"), rows("canary's share"), ids=lambda cell: cell
)
def test_the_rates_of_the_table_give_both_arms_as_many_scores(
    share: str, of_rate: str, of_canary: str
) -> None:
    canary = float(share.removesuffix(" %")) / 100
    assert canary * float(of_rate) == pytest.approx(1 - canary)
    assert canary == pytest.approx((1 - canary) * float(of_canary), rel=0.01)


def test_the_table_of_rates_has_the_stages_with_two_arms() -> None:
    stages = [stage.percent for stage in RolloutRules().stages if stage.percent < 100]
    assert [cells[0] for cells in rows("canary's share")] == [f"{each:g} %" for each in stages]


def test_the_settings_of_the_page_are_balanced_at_their_share() -> None:
    text = PAGE.partition("```yaml\n")[2].partition("```")[0]
    rules = read_serving(FORMATS.read_yaml("runtime.yml", text.encode())).sampling
    assert 0.05 * rules.raised[Mark.CANARY] == pytest.approx(0.95 * rules.rate)
    assert f"make {2000 * 0.05 * rules.raised[Mark.CANARY]:.0f} scores of the canary" in PAGE
    (later,) = re.findall(r"At 25 % `canary: ([\d.]+)` is enough", PAGE)
    assert 0.25 * float(later) == pytest.approx(0.75 * rules.rate)


def test_who_has_failed_and_who_answered_anew_is_named_in_full() -> None:
    told = {cells[0]: cells[1] for cells in rows("word", READING)}
    for word, kinds in {"failed": UNANSWERED, "answered anew": FRESH}.items():
        named = set(re.findall(r"`(\w+)`", told[word])) - {"served_by", "error", "null"}
        assert named == {kind.value for kind in kinds}


def test_what_is_needed_of_a_line_is_enough_and_nothing_of_it_too_much(tmp_path: Path) -> None:
    (sentence,) = re.findall(r"Needed are (.*?);", READING)
    needed = re.findall(r"`(\w+)`", sentence)
    line = line_of(replace(RECORD, error=None)).decode()

    def is_read(keys: list[str]) -> bool:
        path = tmp_path / "calls.jsonl"
        row = {key: value for key, value in json.loads(line).items() if key in keys}
        path.write_text(json.dumps(row), "utf-8")
        return bool(read_exposures([path], RECORD.prompt).exposures)

    assert set(needed) < set(COLUMNS)
    assert is_read(needed)
    assert not any(is_read([key for key in needed if key != left]) for left in needed)
