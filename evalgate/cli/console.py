"""A console of Rich on standard output whose end of listening changes no verdict."""

from rich.console import Console


class PipeConsole(Console):
    """A console that leaves a closed pipe to us; Rich would end the process with 1."""

    def on_broken_pipe(self) -> None:
        """Let `to_standard_output` know."""
        raise BrokenPipeError
