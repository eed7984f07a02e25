"""What the verbs that move a live pointer by hand share: read it, decide, write it, say so."""

import os
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from shlex import quote

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git_user import git_user
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.swap import swap
from evalgate.cli.complaint import notify
from evalgate.cli.printing import as_json, print_json, print_lines
from evalgate.cli.prompt_place import find_folder, repository_of
from evalgate.errors import ConfigurationError, ExitCode, MovedError, Problem, UsageError
from evalgate.model.document import Data
from evalgate.model.prompt import LivePointer
from evalgate.prompts.library import LIVE, Prompt, read_prompts
from evalgate.prompts.live import read_live
from evalgate.prompts.pointer_text import pointer_text
from evalgate.reporting.visible import safe_line
from evalgate.rollout.hand_move import HandMove, Signature, read_signature
from evalgate.rollout.overriding import instant

TellContent = Callable[[Path, bytes | None], str]
"""Says of a file that somebody else has changed what they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A prompt in its folder, and the content of its live pointer; None when it has none.

    `fault` tells what is wrong with the live pointer, where that was to be put up with.
    """

    prompt: Prompt
    folder: Path
    content: bytes | None
    fault: str = ""

    @property
    def path(self) -> Path:
        """The file of the live pointer."""
        return self.folder / self.prompt.name / LIVE


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what all these verbs take."""
    add_place_arguments(parser)
    add_signature_arguments(parser)


def add_place_arguments(parser: ArgumentParser) -> None:
    """Declare which prompt is meant, and for whom it is told."""
    parser.add_argument("prompt", metavar="NAME", help="of the prompt")
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        help="the folder of prompts (default: what the policy names, or else prompts)",
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")


def add_signature_arguments(parser: ArgumentParser) -> None:
    """Declare who asks and why, and that nothing is to be written."""
    parser.add_argument("--reason", metavar="TEXT", default="", help="why; it is written down")
    parser.add_argument(
        "--by", metavar="NAME", default="", help="who (default: git's user.name, or $USER)"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the difference, and write nothing"
    )


def signature_of(options: Namespace, *, now: float | None = None) -> Signature:
    """Return who asks, when and why; `now` is in seconds since 1970, by default the clock's."""
    by = options.by or git_user(Path.cwd()) or _login(os.environ)
    return read_signature(
        at=instant(time.time() if now is None else now),
        by=by,
        why=options.reason,
        is_named=bool(options.by),
    )


def deployed(options: Namespace, *, with_fault: bool = False) -> Deployed:
    """Read the prompt that a command names.

    Args:
        options: of the command line.
        with_fault: whether a live pointer that cannot be read is put up with.

    Raises:
        UsageError: when there is no such prompt.
        ConfigurationError: when its live pointer is wrong.
    """
    folder = find_folder(options.prompt, options.folder, here=Path.cwd())
    tree = read_prompt_folder(folder, options.prompt)
    path, fault = f"{folder}/{options.prompt}/{LIVE}", ""
    content = tree.get(path)
    try:
        prompts = read_prompts(tree, str(folder), FORMATS)
    except ConfigurationError as error:
        if not with_fault:
            raise _broken(error, path) from None
        fault = str(error)
        rest = {each: tree[each] for each in tree if each != path}
        prompts = read_prompts(rest, str(folder), FORMATS)
    if options.prompt not in prompts:
        raise UsageError(f"{folder / options.prompt} holds no version and no {LIVE}")
    prompt = prompts[options.prompt]
    return Deployed(prompt=prompt, folder=folder, content=content, fault=fault)


def checked(prompt: Prompt, version: str | None) -> Iterator[str]:
    """Yield what could not be looked at in a version that is to get the traffic.

    Raises:
        ConfigurationError: when it cannot be served.
    """
    if version is None:
        return
    try:
        prompt.read(version, FORMATS)
    except ModuleNotFoundError as error:
        yield f"{version} was not checked: reading it needs the package {error.name}."
    except ConfigurationError as error:
        stays = Problem(
            path=prompt.path(version), message=f"{version} cannot be served: nothing was written"
        )
        raise ConfigurationError([*error.problems, stays]) from None


def carry_out(
    found: Deployed, move: HandMove, options: Namespace, *, remarks: Iterable[str]
) -> ExitCode:
    """Write the live pointer, and say what has happened, what is next, and these remarks."""
    unchecked = (said for each in _newly_served(move) for said in checked(found.prompt, each))
    remarks = [*unchecked, *move.remarks, *remarks]
    before = (found.content or b"").decode("utf-8", "replace")
    text = pointer_text(move.pointer, before=before)
    if not move.is_done and not options.dry_run:
        write(found.path, found.content, text, told=told_pointer)
    if options.json:
        print_json(as_json(_document(found, move, remarks, options=options)))
    elif move.is_done:
        print_lines(
            safe_line(f"Nothing to do, since it is so already: {said}.") for said in move.said
        )
    elif options.dry_run:
        print_lines(map(safe_line, difference(found.path, before, text)))
    else:
        print_lines(map(safe_line, _next(found, move)))
    for remark in remarks:
        notify(remark)
    return ExitCode.OK


def _newly_served(move: HandMove) -> Iterator[str]:
    """Yield the versions that a move makes stable or the canary."""
    before, after = move.before, move.pointer
    if after.stable is not None and after.stable != before.stable:
        yield after.stable
    so_far = before.canary and before.canary.version
    if after.canary is not None and after.canary.version != so_far:
        yield after.canary.version


def write(path: Path, before: bytes | None, text: str, *, told: TellContent) -> None:
    """Write a file, unless somebody was quicker: then say what they did.

    Raises:
        UsageError: when somebody was, or it cannot be written.
    """
    try:
        swap(path, before, text.encode())
    except MovedError as error:
        raise UsageError(
            f"{path} was changed by somebody else in this moment: {told(path, error.content)}; "
            "nothing was written: look at it, and run the command again if it is still wanted"
        ) from None


def difference(path: Path, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a diff of a file."""
    old, new = before.splitlines(), after.splitlines()
    yield from unified_diff(old, new, str(path), f"{path} (nothing was written)", lineterm="")


def told_pointer(path: Path, content: bytes | None) -> str:
    """Say what somebody else has made of a live pointer."""
    if content is None:
        return "it was deleted"
    try:
        pointer = read_live("", FORMATS.read_yaml(str(path), content))
    except ConfigurationError:
        return "it cannot be read any more"
    return _last_move(pointer)


def _last_move(pointer: LivePointer) -> str:
    now = f"{pointer.stable} is stable"
    if not pointer.history:
        return now
    move = pointer.history[-1]
    parts = (f"by {move.by}" if move.by else "", f"at {move.at}" if move.at else "", move.why)
    return f"{now} ({', '.join(part for part in parts if part)})" if any(parts) else now


def _next(found: Deployed, move: HandMove) -> Iterator[str]:
    yield from (f"{said}." for said in move.said)
    yield (f"{found.path} is written: processes that watch this folder follow it within a second.")
    before = f"{move.before.stable}" if move.before.stable else "the state before"
    what = before if move.pointer.stable != move.before.stable else "the state before"
    root = repository_of(found.folder)
    if root is None:
        yield (
            f"Make the same move in the repository that is deployed from, or the next deploy "
            f"brings {what} back."
        )
        return
    git, path = _from_here(root, found.path)
    yield f"Commit this file, or the next deploy brings {what} back:"
    yield f"  {git} add {path} && {git} commit -m {quote(move.subject)} -- {path} && {git} push"


def _from_here(root: Path, path: Path) -> tuple[str, str]:
    """Return how git is called from here for a work tree, and the path for it, in a shell."""
    if Path.cwd().is_relative_to(root):
        return "git", quote(str(path))
    return f"git -C {quote(str(root))}", quote(str(path.resolve()))


def _document(
    found: Deployed, move: HandMove, remarks: Iterable[str], *, options: Namespace
) -> dict[str, Data]:
    return {
        "schema": "hand-move/1",
        "prompt": found.prompt.name,
        "path": str(found.path),
        "written": not move.is_done and not options.dry_run,
        "before": _state(move.before),
        "after": _state(move.pointer),
        "said": [*move.said],
        "remarks": [*remarks],
    }


def _state(pointer: LivePointer) -> dict[str, Data]:
    canary = pointer.canary
    return {
        "stable": pointer.stable,
        "canary": {"version": canary.version, "percent": canary.percent} if canary else None,
        "disabled": pointer.switch.disabled,
        "model": pointer.switch.model,
    }


def _broken(error: ConfigurationError, path: str) -> ConfigurationError:
    hint = Problem(
        path=path,
        message=(
            "nothing was written: mend it, or bring the last good one back with git; processes "
            "go on with the last one that they could read, and --on-host works without it"
        ),
    )
    return ConfigurationError([*error.problems, hint])


def _login(variables: Mapping[str, str]) -> str:
    return variables.get("USER") or variables.get("LOGNAME") or ""
