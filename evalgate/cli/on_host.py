"""What the verbs share that write a host's override file."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.swap import read_file
from evalgate.cli.by_hand import difference, write
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.errors import ConfigurationError, EvalgateError, ExitCode, UsageError
from evalgate.model.document import Data
from evalgate.model.override import Override, PromptOverride, RouteOverride
from evalgate.prompts.override_file import read_override
from evalgate.prompts.override_text import override_text
from evalgate.reporting.visible import safe_line
from evalgate.rollout.overriding import Overriding, Term, instant, read_term, valid_at

VARIABLE = "EVALGATE_OVERRIDE"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideFile:
    """The override file of this host, its content, None when there is none, and what it says."""

    path: Path
    content: bytes | None
    override: Override
    now: float


def add_arguments(parser: ArgumentParser, *, needs: str = "") -> None:
    """Declare where the file is, and for how long an entry holds."""
    parser.add_argument(
        "--for",
        dest="span",
        metavar="SPAN",
        default="",
        help=f"{needs}for how long, such as 30m, 2h or 1d; at most 7d",
    )
    parser.add_argument(
        "--override",
        metavar="PATH",
        type=Path,
        help=f"{needs}the override file (default: ${VARIABLE})",
    )


def override_file(options: Namespace) -> OverrideFile:
    """Read the override file of this host.

    Raises:
        UsageError: when nothing says where it is.
        ConfigurationError: when it is wrong.
    """
    named = os.environ.get(VARIABLE, "")
    path = options.override or (Path(named) if named else None)
    if path is None:
        raise UsageError(
            f"nothing says where the override file of this host is: set {VARIABLE} as it is for "
            "the application, or name the file with --override"
        )
    return _read(path)


def outranking(name: str) -> Iterator[str]:
    """Yield that the override of this host outranks the live pointer of a prompt, if it does."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        return
    try:
        file = _read(Path(path))
    except EvalgateError as error:
        yield f"Whether this host overrides {name} is not known: {error}"
        return
    entry = valid_at(file.override, file.now).prompts.get(name)
    if entry is not None:
        yield (
            f"This host does not follow: until {instant(entry.until)} {path} overrides {name}; "
            f"end that with `evalgate switch {quote(name)} --on-host --end`."
        )


def _read(path: Path) -> OverrideFile:
    content = read_file(path)
    override = Override(path=str(path))
    if content is not None and content.strip():
        override = read_override(FORMATS.read_yaml(str(path), content))
    return OverrideFile(path=path, content=content, override=override, now=time.time())


def term_of(options: Namespace, file: OverrideFile) -> Term:
    """Return until when an entry holds, or raise UsageError when that is not said."""
    if not options.span:
        raise UsageError("say for how long with --for, such as --for 2h: an override must end")
    return read_term(options.span, now=file.now)


def carry_out(file: OverrideFile, made: Overriding, options: Namespace) -> ExitCode:
    """Write the override file, and say what has happened and what is next."""
    text = override_text(made.override, instant=instant)
    before = (file.content or b"").decode("utf-8", "replace")
    if not options.dry_run:
        write(file.path, file.content, text, told=_told_override)
    if options.json:
        print_json(as_json(_document(file, made, written=not options.dry_run)))
    elif options.dry_run:
        print_lines(map(safe_line, difference(file.path, before, text)))
    else:
        print_lines(map(safe_line, _next(file, made)))
    return ExitCode.OK


def _next(file: OverrideFile, made: Overriding) -> Iterator[str]:
    yield f"{made.said}."
    yield (
        f"{file.path} is written: processes on this host that were started with {VARIABLE} or "
        "this path follow it within a second."
    )
    yield "It outranks what is deployed, and no other host knows of it."


def _told_override(path: Path, content: bytes | None) -> str:
    if content is None:
        return "it was deleted"
    try:
        override = read_override(FORMATS.read_yaml(str(path), content))
    except ConfigurationError:
        return "it cannot be read any more"
    said = [*map(_entry, override.prompts.items()), *map(_entry, override.routes.items())]
    return f"it overrides {', '.join(said)}" if said else "it overrides nothing any more"


def _entry(named: tuple[str, PromptOverride | RouteOverride]) -> str:
    name, entry = named
    return f"{name} by {entry.by or 'somebody'} until {instant(entry.until)}"


def _document(file: OverrideFile, made: Overriding, *, written: bool) -> dict[str, Data]:
    return {
        "schema": "override-move/1",
        "path": str(file.path),
        "written": written,
        "said": [made.said],
    }
