"""Facts about which answers are reviewed."""

from pathlib import Path

import pytest

from tests.e2e.scoring_shop import BAD, GOOD, answered, labels, make_scoring_shop, review, spool
from tests.e2e.shop import run, simulated_claude


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 2 else GOOD) for n in range(1, 5)))
    return folder


def test_what_has_a_label_is_not_shown_again(shop: Path) -> None:
    review(shop, says="p\np\n")
    done = review(shop, says="p\np\np\np\n")
    assert "1 of 2 by window" in done.stdout
    assert len({str(row["case"]) for row in labels(shop)}) == len(labels(shop)) == 4


def test_the_worst_come_first_and_blind_shows_no_score(shop: Path) -> None:
    with simulated_claude() as claude:
        run(shop, "score", server=claude)
    seen = review(shop, "--order", "worst", "--most", "2", says="s\ns\n").stdout
    assert seen.count("scores: short 1, window 0") == 2
    assert seen.count(BAD) == 2
    blind = review(shop, "--order", "worst", "--most", "2", "--blind", says="s\ns\n").stdout
    assert blind.count(BAD) == 2
    assert "scores:" not in blind


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--criterion", "windo"), "no judge scores by `windo` (did you mean `window`?)"),
        (("--criterion", "short"), "no judge scores by `short`"),
        (("--to-case", "q"), "there is no eval set `q`"),
        (("--order", "best"), "choose from 'random', 'worst', 'disagreeing', 'smell', 'newest'"),
        (("--import", "none.jsonl"), "there is no none.jsonl"),
        (("--import", "a", "--export", "b"), "do one of them"),
    ],
)
def test_what_is_wrong_is_told(shop: Path, words: tuple[str, ...], expected: str) -> None:
    done = review(shop, *words, says="q\n")
    assert done.returncode == 2
    assert expected in done.stderr


def test_that_nothing_is_left_to_be_labelled_is_said(shop: Path) -> None:
    done = review(shop, "--prompt", "q", says="p\n")
    assert done.returncode == 0
    assert "no sampled answer is left to be labelled" in done.stderr
