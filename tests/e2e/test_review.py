"""Facts about `evalgate review`: what is said of an answer becomes a label."""

from pathlib import Path

import pytest

from tests.e2e.scoring_shop import BAD, GOOD, answered, labels, make_scoring_shop, spool
from tests.e2e.shop import start


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 2 else GOOD) for n in range(1, 5)))
    return folder


def test_what_is_said_of_an_answer_becomes_a_row_for_calibrate(shop: Path) -> None:
    words = ("--rater", "ann", "--order", "newest")
    done = start(shop, "review", *words, says="p\nf names  no window\nu\nq\n").wait()
    assert done.returncode == 0, done.stderr
    assert labels(shop) == [
        {"case": "production-000000000004-window", "answer": GOOD, "human": "pass", "rater": "ann"},
        {
            "case": "production-000000000003-window",
            "answer": BAD,
            "human": "fail",
            "rater": "ann",
            "note": "names no window",
        },
        {
            "case": "production-000000000002-window",
            "answer": GOOD,
            "rater": "ann",
            "note": "unsure",
        },
    ]
    assert (shop / "review-labels.jsonl").stat().st_mode & 0o777 == 0o600
    assert "said: 1 pass, 1 fail, 1 unsure" in done.stdout
