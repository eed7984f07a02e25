"""`evalgate switch`: moves the live pointer of a prompt by hand, or a host's override of it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from evalgate.adapters.prices import LIST_PRICES
from evalgate.cli import by_hand, on_host
from evalgate.cli.complaint import notify
from evalgate.errors import ExitCode, UsageError
from evalgate.rollout.hand_move import read_model
from evalgate.rollout.overriding import Overriding, with_prompt, without_prompt
from evalgate.rollout.switching import Switching, switched


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    by_hand.add_arguments(parser)
    parser.add_argument("version", metavar="VERSION", nargs="?", help="gets all of the traffic")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--disable", action="store_true", help="serve no version: the kill switch")
    state.add_argument("--enable", action="store_true", help="serve the prompt again")
    parser.add_argument(
        "--model", metavar="ID", help="the model that answers; none: the own one of each version"
    )
    parser.add_argument(
        "--ungated",
        action="store_true",
        help="take a version that was never stable; needs --reason and --by",
    )
    parser.add_argument(
        "--on-host",
        action="store_true",
        help="write the override file of this host, which outranks the next deploy",
    )
    on_host.add_arguments(parser, needs="with --on-host: ")
    parser.add_argument(
        "--end", action="store_true", help="with --on-host: serve the prompt as deployed again"
    )


def run(options: Namespace) -> ExitCode:
    """Switch at once: the gate is not asked."""
    asked = _asked(options)
    for remark in _unpriced(asked.model):
        notify(remark)
    if options.on_host:
        return _on_host(options, asked)
    if options.end or options.span or options.override:
        raise UsageError("--for, --override and --end go with --on-host")
    found = by_hand.deployed(options)
    move = switched(found.prompt, asked, by_hand.signature_of(options))
    return by_hand.carry_out(found, move, options, remarks=on_host.outranking(options.prompt))


def _asked(options: Namespace) -> Switching:
    disabled = True if options.disable else False if options.enable else None
    return Switching(
        version=options.version,
        disabled=disabled,
        model=None if options.model is None else read_model(options.model),
        ungated=options.ungated,
    )


def _unpriced(model: str | None) -> Iterator[str]:
    if model and model not in LIST_PRICES:
        yield (
            f"The price of {model} is not known here: check the id, or its calls fail or have an "
            "unknown cost."
        )


def _on_host(options: Namespace, asked: Switching) -> ExitCode:
    file = on_host.override_file(options)
    if options.end:
        if not asked.is_nothing:
            raise UsageError("--end takes back all that the override says of the prompt, alone")
        made = without_prompt(file.override, options.prompt, now=file.now)
        return on_host.carry_out(file, made, options)
    return on_host.carry_out(file, _overriding(options, asked, file), options)


def _overriding(options: Namespace, asked: Switching, file: on_host.OverrideFile) -> Overriding:
    found = by_hand.deployed(options, with_fault=True)
    notify(found.fault or None)
    made = with_prompt(
        file.override,
        found.prompt,
        asked,
        signature=by_hand.signature_of(options),
        term=on_host.term_of(options, file),
    )
    for remark in by_hand.checked(found.prompt, asked.version):
        notify(remark)
    return made
