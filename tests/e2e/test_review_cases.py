"""Facts about reviewed answers that become golden cases."""

import json
from pathlib import Path

import pytest

from tests.e2e.scoring_shop import BAD, GOOD, answered, make_scoring_shop, review, spool
from tests.e2e.shop import run, simulated_claude, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 2 else GOOD) for n in range(1, 5)))
    return folder


def test_labelled_answers_become_cases_that_the_judge_is_calibrated_on(shop: Path) -> None:
    done = review(shop, "--to-case", "p", says="p\np\nf\nf\n")
    assert "4 cases added to evalsets/p.yaml" in done.stdout, done.stderr
    text = (shop / "evalsets/p.yaml").read_text()
    assert text.startswith("\nprompts: [p]\ngraders: [{rubric: names the window}]\n")
    assert "question: PRIVATE number 3" in text
    with simulated_claude() as claude:
        judged = run(shop, "calibrate", "review-labels.jsonl", "--no-cache", server=claude)
    assert judged.returncode == 0, judged.stderr
    calibration = json.loads((shop / "reports/calibrations/p.json").read_text())
    assert len(calibration["anchors"]) == 4


def test_earlier_labels_become_cases_later_and_once(shop: Path) -> None:
    first = review(shop, says="p\nf\nu\n")
    assert "--to-case EVALSET" in first.stderr
    assert "2 cases added" in review(shop, "--to-case", "p", says="q\n").stdout
    assert "0 cases added" in review(shop, "--to-case", "p", says="q\n").stdout


def test_a_set_in_lines_gets_lines(shop: Path) -> None:
    case = {"id": "c1", "vars": {"question": "number 1"}}
    write(
        shop,
        {
            "evalsets/p.yaml": "prompts: [p]\ngraders: [{rubric: names the window}]\ncases: p.jsonl\n",
            "evalsets/p.jsonl": json.dumps(case),
        },
    )
    done = review(shop, "--to-case", "p", says="p\n")
    assert "1 case added" in done.stdout, done.stderr
    lines = (shop / "evalsets/p.jsonl").read_text().splitlines()
    assert [json.loads(line)["tags"] for line in lines[1:]] == [["production"]]
