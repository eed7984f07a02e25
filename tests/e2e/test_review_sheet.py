"""Facts about sheets of answers that are labelled elsewhere."""

import json
from pathlib import Path

import pytest

from tests.e2e.scoring_shop import BAD, GOOD, answered, labels, make_scoring_shop, review, spool


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 2 else GOOD) for n in range(1, 5)))
    return folder


def test_a_sheet_is_filled_in_elsewhere_and_taken_over(shop: Path) -> None:
    done = review(shop, "--export", "sheet.jsonl")
    assert done.returncode == 0, done.stderr
    sheet = shop / "sheet.jsonl"
    assert sheet.stat().st_mode & 0o777 == 0o600
    rows = [json.loads(line) for line in sheet.read_text().splitlines()]
    rows[0]["human"], rows[1]["human"], rows[1]["note"] = "pass", "fail", "odd"
    sheet.write_text("".join(json.dumps(row) + "\n" for row in rows))
    taken = review(shop, "--import", "sheet.jsonl")
    assert "said: 1 pass, 1 fail" in taken.stdout
    assert {row.get("human") for row in labels(shop)} == {"pass", "fail"}
    assert "said: nothing" in review(shop, "--import", "sheet.jsonl").stdout
    assert review(shop, "--export", "sheet.jsonl").returncode == 2


def test_the_command_that_takes_a_sheet_over_can_be_copied(shop: Path) -> None:
    done = review(shop, "--export", "our sheet.jsonl")
    assert done.stdout.rstrip().endswith("--import 'our sheet.jsonl'")


def test_a_sheet_with_a_wrong_word_is_refused_as_a_whole(shop: Path) -> None:
    review(shop, "--export", "sheet.jsonl")
    sheet = shop / "sheet.jsonl"
    sheet.write_text(sheet.read_text().replace('"human": ""', '"human": "good"', 1))
    done = review(shop, "--import", "sheet.jsonl")
    assert (done.returncode, labels(shop)) == (2, [])
    assert "sheet.jsonl:1: human: expected pass, fail or unsure" in done.stderr
