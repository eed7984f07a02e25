"""Facts about the console that the reports are printed on."""

import pytest

from evalgate.cli.console import PipeConsole


def test_a_reader_that_stops_listening_is_told_of_and_does_not_end_the_process() -> None:
    with pytest.raises(BrokenPipeError):
        PipeConsole().on_broken_pipe()
