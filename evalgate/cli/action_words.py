"""Says the inputs of the Action in the words of the command line."""

from argparse import ArgumentError, ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence

from evalgate.cli.workflow import Inputs
from evalgate.errors import UsageError
from evalgate.model.event import Event


def gate_words(event: Event, inputs: Inputs) -> list[str]:
    """Return the options by which `gate` and `run` judge an event's change."""
    question = _options(base=_base(event, inputs), head=inputs.head, policy=inputs.policy)
    return [*question, *run_words(inputs)]


def run_words(inputs: Inputs) -> list[str]:
    """Return the options that say who answers, and at what cost."""
    simulate = ["--simulate"] if inputs.flag("simulate", default=False) else []
    return [*simulate, *_options(max_cost=inputs.max_cost)]


def parsed(
    verb: str, add_arguments: Callable[[ArgumentParser], None], words: Sequence[str]
) -> Namespace:
    """Return the options of a verb as its own parser reads them.

    Raises:
        UsageError: names the input that cannot be read.
    """
    parser = ArgumentParser(prog=f"evalgate {verb}", exit_on_error=False)
    add_arguments(parser)
    try:
        return parser.parse_args(words)
    except ArgumentError as error:
        name = (error.argument_name or "").lstrip("-")
        raise UsageError(f"the input {name}: {error.message}") from None


def _base(event: Event, inputs: Inputs) -> str:
    """Return what is trusted; empty where the branch that a pull request targets is."""
    if inputs.base or event.base or event.base_ref:
        return inputs.base or event.base
    # A checkout for a workflow does not say which branch is the default one.
    return f"refs/remotes/origin/{event.default_branch}" if event.default_branch else ""


def _options(**values: str) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield f"--{name.replace('_', '-')}={value}"
