"""Facts about what a reviewer is asked, and can say."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from evalgate.adapters.label_writing import LabelFile
from evalgate.cli.main import main
from evalgate.cli.review import add_arguments
from evalgate.cli.review_asking import decisions
from evalgate.cli.review_session import open_session
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


def test_what_somebody_else_has_labelled_meanwhile_is_passed_over(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.setattr("sys.stdin", StringIO("p\np\np\np\n"))
    options = review_options("--order", "newest")
    session = open_session(options)
    asked = decisions(session, options)
    first, _ = next(asked)
    LabelFile(shop / "review-labels.jsonl").add({"case": "production-000000000003-window"})
    numbers = [first.request_id[-1], *(sample.request_id[-1] for sample, _ in asked)]
    assert numbers == ["4", "2", "1"]
    assert "2 of 4 is passed over: it has a label by now" in capsys.readouterr().out


class Typed:
    """What Ann types; while she thinks about her second answer, somebody else does something."""

    def __init__(self, lines: str, meanwhile: Callable[[], None]) -> None:
        self._lines = StringIO(lines)
        self._due: list[Callable[[], None]] = [meanwhile, lambda: None]

    def readline(self) -> str:
        """Return what is typed next."""
        if self._due:
            self._due.pop()()
        return self._lines.readline()


def test_of_two_who_label_one_answer_at_once_the_first_is_kept_and_the_other_is_told(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.setattr("sys.stdin", Typed("p\nf\nb\nu\nq\n", lambda: bob_passes_it(shop)))
    assert main(["review", "--order", "newest", "--rater", "ann"]) == 0
    assert capsys.readouterr().err.count("somebody has labelled it meanwhile") == 1
    assert [(row["case"], row["rater"], row.get("human")) for row in labels(shop)] == [
        ("production-000000000004-window", "ann", "pass"),
        ("production-000000000003-window", "bob", "pass"),
        ("production-000000000002-window", "ann", None),
    ]


def bob_passes_it(shop: Path) -> None:
    review(shop, "--order", "newest", "--most", "1", "--rater", "bob", says="p\n")


def review_options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)
