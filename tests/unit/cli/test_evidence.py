"""Facts about naming earlier runs; the end-to-end tests cover what they are good for."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

import pytest

from evalgate.cli import calibrate, record, selftest
from evalgate.cli.evidence import add_evidence_argument, evidence_words


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_evidence_argument(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize("words", [(), ("--evidence", "a"), ("--evidence", "a", "--evidence", "b")])
def test_the_earlier_runs_are_named_again(words: tuple[str, ...]) -> None:
    assert evidence_words(options(*words)) == words


@pytest.mark.parametrize(
    "add_arguments", [calibrate.add_arguments, record.add_arguments, selftest.add_arguments]
)
def test_a_verb_that_would_not_read_them_does_not_take_them(
    add_arguments: Callable[[ArgumentParser], None], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--evidence", "a"])
    assert "unrecognized arguments: --evidence" in capsys.readouterr().err
