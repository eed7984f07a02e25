"""What the actions of `evalgate monitor` share: where scores, baselines and the policy lie."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git_user import git_user
from evalgate.adapters.observations import LoggedObservations, read_observations
from evalgate.adapters.prompt_folder import read_prompt_folder
from evalgate.adapters.quality_baselines import PLACE
from evalgate.cli.complaint import notify
from evalgate.cli.evidence_options import add_policy_argument, policy_for
from evalgate.cli.prompt_place import has_prompt, usual_place
from evalgate.errors import UsageError
from evalgate.model.monitoring import MonitorRules
from evalgate.model.observation import Observation
from evalgate.model.prompt import LivePointer
from evalgate.monitoring.alarms.freezing import TooFew
from evalgate.monitoring.alarms.wording import called
from evalgate.prompts.library import read_prompts
from evalgate.prompts.past import arrivals
from evalgate.rollout.hand_move import pointer_of
from evalgate.rollout.instants import seconds_of

SCORES = Path("scores")
"""Where the scores lie unless told otherwise."""


def add_file_arguments(parser: ArgumentParser) -> None:
    """Declare where scores, baselines, prompts and the policy lie."""
    parser.add_argument(
        "--scores",
        metavar="PATH",
        type=Path,
        action="append",
        help=f"a file or folder of scores; repeatable (default: {SCORES})",
    )
    add_rule_arguments(parser)


def add_prompt_arguments(parser: ArgumentParser, *, by_place: bool = True) -> None:
    """Declare which prompts it is about.

    Args:
        parser: of the action.
        by_place: whether they may be named without the option.
    """
    if by_place:
        parser.add_argument(
            "named", metavar="PROMPT", nargs="*", help="these prompts alone (default: all)"
        )
    parser.add_argument(
        "--prompt",
        metavar="NAME",
        action="append",
        default=[],
        help="this prompt alone; repeatable",
    )


def add_rule_arguments(parser: ArgumentParser) -> None:
    """Declare where baselines, prompts and the policy lie."""
    parser.add_argument(
        "--baselines",
        metavar="FILE",
        type=Path,
        help=f"(default: {PLACE} at the root of the repository)",
    )
    parser.add_argument(
        "--prompts", metavar="DIR", type=Path, default=Path("prompts"), help="(default: prompts)"
    )
    add_policy_argument(parser)


def rules_of(options: Namespace) -> MonitorRules:
    """Return the policy's section `monitor`.

    Raises:
        ConfigurationError: the policy is wrong.
        UsageError: it cannot be read.
    """
    return policy_for(options.policy, options.prompts).monitor


def baselines_place(options: Namespace) -> Path:
    """Return where the frozen baselines lie.

    Raises:
        UsageError: a folder around the prompts cannot be read.
    """
    return options.baselines or usual_place(PLACE, options.prompts)


def scores_of(
    options: Namespace, *, paths: Iterable[Path] = ()
) -> tuple[LoggedObservations, tuple[str, ...]]:
    """Read the scores that are named, say which lines could not be read, and return the prompts.

    Args:
        options: of the command line.
        paths: of scores that are named in another way.

    Raises:
        UsageError: there are none, they cannot be read, or none is of a prompt that is named.
    """
    places = [*paths, *(options.scores or ())] or [SCORES]
    wanted = tuple(dict.fromkeys((*getattr(options, "named", ()), *options.prompt)))
    read = read_observations(places, prompt=wanted[0] if len(wanted) == 1 else None)
    notify_left_out("the scores", read.left_out)
    if read.unplaced:
        notify(
            f"{read.unplaced:,} scores do not say which prompt they are about, so that they are "
            "not watched: `evalgate score` writes some that do"
        )
    known = prompts_of(read.observations)
    if wanted and not known:  # which others there are is told
        known = prompts_of(read_observations(places).observations)
    return read, named(wanted, known, what="prompt")


def notify_left_out(where: str, lines: Mapping[str, int]) -> None:
    """Say which lines could not be read, if there are any."""
    told = [f"{number:,} {what.replace('_', ' ')}" for what, number in lines.items()]
    notify(f"left out of {where}: {', '.join(told)}" if told else None)


def stable_since(folder: Path, prompt: str) -> tuple[str, float]:
    """Return which version of a prompt is stable, and since when, in seconds since 1970.

    Empty and 0 stand for what is not known: without a folder of the prompt, or a history.

    Raises:
        ConfigurationError: the live pointer is wrong.
        UsageError: the prompt cannot be read.
    """
    if not has_prompt(folder, prompt):
        return "", 0.0
    prompts = read_prompts(read_prompt_folder(folder, prompt), str(folder), FORMATS)
    if prompt not in prompts:
        return "", 0.0
    pointer = pointer_of(prompts[prompt])
    return pointer.stable or "", _arrived(pointer)


def prompts_of(observations: Iterable[Observation]) -> tuple[str, ...]:
    """Return the prompts that scores are of, in order."""
    return tuple(sorted({each.prompt for each in observations}))


def named(wanted: Iterable[str], known: Iterable[str], *, what: str) -> tuple[str, ...]:
    """Return the names that are wanted, all that are known when none is.

    Raises:
        UsageError: one of them is not known.
    """
    all_known = tuple(known)
    for each in wanted:
        if each not in all_known:
            listed = ", ".join(all_known[:10]) or "none"
            raise UsageError(f"there are no scores of the {what} `{each}`; there are: {listed}")
    return tuple(wanted) or all_known


def nearly(few: TooFew) -> str:
    """Say how many scores the stream has that lacks the fewest."""
    return f"{called(few.stream)} comes closest, with {few.n:,} of {few.needed:,}"


def who(options: Namespace, variables: Mapping[str, str] = os.environ) -> str:
    """Return who asks: as named, else git's user, else the login."""
    return (
        options.by
        or git_user(Path.cwd())
        or variables.get("USER")
        or variables.get("LOGNAME")
        or ""
    )


def _arrived(pointer: LivePointer) -> float:
    moves = [move for move in arrivals(pointer.history) if move.stable == pointer.stable]
    return (seconds_of(moves[-1].at) or 0.0) if moves else 0.0
