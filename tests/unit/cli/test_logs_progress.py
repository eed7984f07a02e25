"""Facts about the progress of a reading: on a terminal alone, and not for what is quick."""

from io import StringIO

from rich.console import Console

from evalgate.cli.logs_progress import ReadingProgress


def shown(*, is_terminal: bool, after: float) -> str:
    console = Console(file=StringIO(), force_terminal=is_terminal, width=80)
    with ReadingProgress(console, after=after) as progress:
        for share in (0.0, 0.25, 7.0):
            progress.tell(share)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_long_reading_is_shown_on_a_terminal() -> None:
    assert "reading" in shown(is_terminal=True, after=0)


def test_a_quick_one_is_not() -> None:
    assert shown(is_terminal=True, after=60) == ""


def test_elsewhere_nothing_is_shown() -> None:
    assert shown(is_terminal=False, after=0) == ""
