"""`evalgate prompts`: looks at the library of prompts, and adds to it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from evalgate.adopting.adoption import DEFAULT_MAX_TOKENS, DEFAULT_MODEL
from evalgate.adopting.plain_text import Placeholders
from evalgate.cli import prompts_adding, prompts_looking
from evalgate.errors import ExitCode
from evalgate.gate.gathering import POLICY_PATH

_NAMED = "the prompt's name, or name@v2 for a version (default: the stable one)"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions of the verb and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="every prompt with its pointers and eval sets")
    listing.add_argument("--json", action="store_true", help="print it for machines")
    show = actions.add_parser("show", help="one version: its settings, its text, who points to it")
    show.add_argument("prompt", metavar="NAME[@VERSION]", help=_NAMED)
    render = actions.add_parser("render", help="the request that a version makes of a case")
    render.add_argument("prompt", metavar="NAME[@VERSION]", help=_NAMED)
    render.add_argument("--case", metavar="ID", help="a case of an eval set that guards the prompt")
    render.add_argument(
        "--var", metavar="NAME=VALUE", action="append", default=[], help="a variable; repeatable"
    )
    render.add_argument("--json", action="store_true", help="print the request as JSON")
    diff = actions.add_parser("diff", help="what differs between two versions, includes counted")
    diff.add_argument("prompt", metavar="NAME")
    diff.add_argument("old", metavar="OLD", nargs="?", help="default: the stable version")
    diff.add_argument("new", metavar="NEW", nargs="?", help="default: the newest version")
    _add_adding(actions.add_parser("new", help="a next version to edit, or a new prompt"))
    _add_adopting(actions.add_parser("adopt", help="turn existing prompt files into versions"))
    for action in (listing, show, render, diff):
        action.add_argument("--ref", metavar="REF", help="a commit (default: the work tree)")
    for action in actions.choices.values():
        action.add_argument(
            "--policy",
            metavar="PATH",
            default=POLICY_PATH,
            help="the policy that names the folders",
        )


def _add_adding(parser: ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="NAME")
    parser.add_argument(
        "--from", dest="start", metavar="VERSION", help="what to copy (default: the stable version)"
    )
    _add_defaults(parser)


def _add_adopting(parser: ArgumentParser) -> None:
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="files or folders")
    parser.add_argument("--name", metavar="NAME", help="the prompt's name (default: the file's)")
    parser.add_argument(
        "--placeholders",
        choices=[style.value for style in Placeholders],
        default=Placeholders.AUTO.value,
        help="how text files mark variables: {{double}}, {single}, $dollar (default: auto)",
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be written")
    _add_defaults(parser)


def _add_defaults(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar="ID",
        default=DEFAULT_MODEL,
        help="the model, where the file names no Claude model (default: %(default)s)",
    )
    parser.add_argument(
        "--max-tokens",
        metavar="N",
        type=int,
        default=DEFAULT_MAX_TOKENS,
        help="the limit of an answer, where the file names none (default: %(default)s)",
    )


_ACTIONS: Mapping[str, Callable[[Namespace], ExitCode]] = {
    "list": prompts_looking.list_prompts,
    "show": prompts_looking.show,
    "render": prompts_looking.render_case,
    "diff": prompts_looking.diff,
    "new": prompts_adding.new,
    "adopt": prompts_adding.adopt,
}


def run(options: Namespace) -> ExitCode:
    """Do the action that was asked for."""
    return _ACTIONS[options.action](options)
