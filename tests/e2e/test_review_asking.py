"""Facts about what a reviewer is asked, and can say."""

from pathlib import Path

import pytest

from tests.e2e.scoring_shop import BAD, GOOD, answered, labels, make_scoring_shop, review, spool


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = make_scoring_shop(tmp_path / "shop")
    spool(folder, (answered(n, BAD if n % 2 else GOOD) for n in range(1, 5)))
    return folder


def test_the_conversation_and_the_answer_are_shown(shop: Path) -> None:
    done = review(shop, "--order", "newest", "--most", "1", "--system", says="s\n")
    assert "1 of 1 by window" in done.stdout
    assert "User: PRIVATE number 4" in done.stdout
    assert "  You have 30 days." in done.stdout
    assert "  Name the 30 days." in done.stdout
    assert labels(shop) == []


def test_nothing_that_was_said_can_act_on_the_terminal(tmp_path: Path) -> None:
    shop = make_scoring_shop(tmp_path / "shop")
    spool(shop, [answered(1, "red \x1b[31m and \x1b]0;title\x07\u202e")])
    done = review(shop, says="q\n")
    assert not any(sign in done.stdout for sign in ("\x1b", "\x07", "\u202e"))


def test_to_go_back_takes_the_label_back(shop: Path) -> None:
    done = review(shop, "--order", "newest", says="b\np\nb\nf\ns\nb\nb\nu\nq\n")
    assert "this is the first one" in done.stdout
    assert [(row["case"], row.get("human")) for row in labels(shop)] == [
        ("production-000000000004-window", None)
    ]
