"""`evalgate route`: holds a route open or closed on this host for a stated time."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file
from evalgate.cli import by_hand, on_host
from evalgate.cli.complaint import say
from evalgate.errors import ConfigurationError, ExitCode, UsageError
from evalgate.model.document import Data
from evalgate.model.override import Forced
from evalgate.model.reading import describe, suggestion
from evalgate.rollout.overriding import with_route, without_route

_AUTO = "auto"
_RUNTIME = "runtime.yml"
_ALONE: Mapping[str, Data] = {"direct": None}
"""The route of a folder whose runtime.yml names none."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "route",
        metavar="NAME",
        help="of the route in runtime.yml; where it names none, `direct` is the Claude API itself",
    )
    parser.add_argument(
        "state",
        choices=[*(state.value for state in Forced), _AUTO],
        help="open: nothing is sent there; closed: its breaker is ignored; auto: the breaker rules",
    )
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        default=Path("prompts"),
        help="the folder of prompts, whose runtime.yml names the routes (default: prompts)",
    )
    on_host.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print what was done for machines")
    by_hand.add_signature_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Write the override file of this host."""
    file = on_host.override_file(options)
    _check(options.route, options.folder)
    if options.state == _AUTO:
        made = without_route(file.override, options.route, now=file.now)
        return on_host.carry_out(file, made, options)
    made = with_route(
        file.override,
        options.route,
        Forced(options.state),
        signature=by_hand.signature_of(options),
        term=on_host.term_of(options, file),
    )
    return on_host.carry_out(file, made, options)


def _check(name: str, folder: Path) -> None:
    """Refuse a name that no route has: it would be held, and nothing would change."""
    path = folder / _RUNTIME
    if not folder.is_dir():
        say(f"{folder} is no folder of prompts, so nobody knows whether there is such a route")
        return
    try:
        content = read_file(path)
        data = FORMATS.read_yaml(str(path), content).data if content else None
    except ConfigurationError:
        say(f"{path} cannot be read, so nobody knows whether there is such a route")
        return
    named = data.get("routes") if isinstance(data, dict) else None
    routes = named if isinstance(named, dict) and named else _ALONE
    if name not in routes:
        hint = suggestion(name, routes)
        raise UsageError(f"there is no route {describe(name)} in {path}{hint}; nothing was written")
