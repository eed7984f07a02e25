"""Takes the commands that pages and playbooks tell to the parsers that would take them."""

import shlex
from argparse import ArgumentParser, Namespace

from evalgate.cli.main import PARTS, VERBS, load


def parsed(command: str) -> Namespace:
    """Return the options of a command; a parser that refuses it ends the test."""
    program, *words = shlex.split(command, comments=True)
    assert program == "evalgate"
    part = PARTS.get((words[0], words[1])) if len(words) > 1 else None
    parser = ArgumentParser()
    load((part or VERBS[words[0]]).module).add_arguments(parser)
    return parser.parse_args(words[2 if part else 1 :])
