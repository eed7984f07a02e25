"""Facts about the options of `evalgate monitor`, and how a look ends."""

from argparse import ArgumentParser, Namespace
from contextlib import chdir
from pathlib import Path

import pytest

from evalgate.cli.monitor import EXIT_CODES, add_arguments, is_single, run
from evalgate.errors import ExitCode, UsageError
from evalgate.model.board import Standing


def options(*words: str) -> Namespace:
    parser = ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_every_standing_has_an_exit_code_and_only_well_and_ticket_are_fine() -> None:
    assert EXIT_CODES.keys() == set(Standing)
    fine = {standing for standing, code in EXIT_CODES.items() if code is ExitCode.OK}
    assert fine == {Standing.WELL, Standing.TICKET}


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("24h", 86_400), ("7d", 604_800), ("1m", 60)]
)
def test_a_length_of_time_has_a_unit(text: str, seconds: float) -> None:
    assert options(f"--since={text}").since == seconds


@pytest.mark.parametrize("text", ["", "h", "24", "0h", "-1h", "1.5h", "1w", "400d", "\uff19h"])
def test_what_is_no_length_of_time_is_refused(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options(f"--since={text}")
    assert "expected a time such as 90m, 24h or 7d" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "x", "nan", "1e9"])
def test_what_is_no_pause_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options(f"--every={text}")
    assert "expected seconds from 0.2 to 86400" in capsys.readouterr().err


def test_without_a_terminal_there_is_one_look_unless_more_are_asked_for() -> None:
    # The tests' standard output is no terminal.
    assert is_single(options())
    assert not is_single(options("--every=5"))
    assert not is_single(options("--prometheus=0"))
    for word in ("--once", "--json", "--as-of=1970-01-01T00:00:00Z"):
        assert is_single(options(word))


@pytest.mark.parametrize("once", ["--once", "--json", "--as-of"])
@pytest.mark.parametrize(("on", "value"), [("--every", "5"), ("--prometheus", "0")])
def test_a_single_look_that_goes_on_is_a_contradiction(once: str, on: str, value: str) -> None:
    words = (once, "1970-01-01T00:00:00Z") if once == "--as-of" else (once,)
    with pytest.raises(UsageError, match=f"{once} and {on} contradict each other"):
        run(options(*words, on, value))


def test_a_single_look_can_be_told_in_several_ways(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with chdir(tmp_path):
        (tmp_path / "logs").mkdir()
        (tmp_path / "logs" / "calls-2026-11-21.jsonl").touch()
        words = ("--once", "--json", f"--html={page}", "--as-of=2026-11-22T00:00:00Z")
        assert run(options(*words)) == ExitCode.NOT_EVALUATED
    assert page.is_file()
