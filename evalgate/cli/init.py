"""`evalgate init`: sets a repository up, and changes nothing that is there already."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adopting.reading import Format, format_of
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.cli.starter import (
    EXTRAS,
    GATE,
    SCHEMA_FOLDER,
    UNKNOWN_ACTION,
    action_reference,
    policy_text,
    schema_files,
    starter_files,
    workflow_path,
    workflow_text,
)
from evalgate.deciding.claim import needed_units
from evalgate.deciding.sizing import Setup, suggested, usual_units
from evalgate.deciding.wording import counted, points
from evalgate.errors import ExitCode, RepositoryError, UsageError
from evalgate.gate.gathering import POLICY_PATH
from evalgate.model.reading import suggestion
from evalgate.reporting.visible import safe_line

_MOST_NAMED = 5
_ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What happens to one file: `verb` is `wrote`, `kept` or `renewed`."""

    verb: str
    path: str


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "--action",
        metavar="OWNER/REPOSITORY@COMMIT",
        help="the Action that the workflow uses (default: where evalgate was installed from)",
    )
    parser.add_argument(
        "--with",
        dest="extras",
        metavar="NAMES",
        type=_extras,
        default=(),
        help=f"more workflows, separated by commas: {', '.join(EXTRAS)}; or {_ALL}",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be written")


def run(options: Namespace) -> ExitCode:
    """Write what is missing, and say what to do next."""
    repository = GitRepository(Path.cwd())
    inventory = take_inventory(repository, FORMATS, commit=None)
    foreign = _foreign(repository, inventory)
    workflows = dict(_workflows(repository, options.action, options.extras))
    files = {**_files(inventory, has_foreign=bool(foreign)), **workflows}
    changes = list(_apply(repository.root, files, dry_run=options.dry_run))
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for change in changes:
        style = "dim" if change.verb == "kept" else "green"
        console.print(f"{change.verb:<8}{change.path}", style=style)
    after = take_inventory(repository, FORMATS, commit=None)
    for line in (
        *_sizing(after),
        *_next_steps(after, foreign),
        *_workflow_steps(repository.root, workflows, options.extras),
    ):
        console.print(safe_line(line))
    return ExitCode.OK


def _extras(text: str) -> Sequence[str]:
    """Return the names of workflows that a repository wants besides, in our order."""
    named = [name.strip() for name in text.split(",")]
    wanted = list(EXTRAS) if _ALL in named else named
    for name in wanted:
        if name not in EXTRAS:
            hint = suggestion(name, [*EXTRAS, _ALL])
            raise ArgumentTypeError(f"there is no workflow `{name}`{hint}")
    return tuple(name for name in EXTRAS if name in wanted)


def _files(inventory: Inventory, *, has_foreign: bool) -> Mapping[str, str]:
    """Return path → content of everything but workflows that a repository needs."""
    has_library = bool(inventory.prompts or inventory.sets)
    starter = {} if has_library or has_foreign else starter_files(inventory.policy.paths)
    return {POLICY_PATH: policy_text(_setup(inventory)), **starter, **schema_files()}


def _workflows(
    repository: GitRepository, action: str | None, extras: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield path → content of the workflows that a repository gets."""
    branch, reference = _branch(repository), action or action_reference()
    for name in (GATE, *(file for extra in extras for file in EXTRAS[extra])):
        yield workflow_path(name), workflow_text(branch, reference, name=name)


def _setup(inventory: Inventory) -> Setup:
    """Return the limit and the trials that the smallest set there is can prove."""
    sizes = [len(evalset.cases) for evalset in inventory.sets.values() if not evalset.trials]
    return suggested(min(sizes, default=20), inventory.policy.gate.alpha)


def _branch(repository: GitRepository) -> str:
    try:
        branch = repository.default_branch()
        return branch.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
    except RepositoryError:
        return repository.current_branch() or "main"


def _apply(root: Path, files: Mapping[str, str], *, dry_run: bool) -> Iterator[_Change]:
    """Write the files that are not there; schemas belong to evalgate and are kept up to date."""
    for path, text in files.items():
        target = root / path
        if target.is_symlink():
            raise UsageError(f"{path} is a link: replace it by a regular file")
        here = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else None
        if here == text or (here is not None and not path.startswith(f"{SCHEMA_FOLDER}/")):
            yield _Change(verb="kept", path=path)
            continue
        if not dry_run:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        yield _Change(verb="renewed" if here is not None else "wrote", path=path)


def _foreign(repository: GitRepository, inventory: Inventory) -> list[str]:
    """Return the prompt files of other tools that the repository holds."""
    formats = (Format.DOTPROMPT, Format.PROMPT_YML)
    listed = repository.listing(None, ["."])
    return sorted(
        path for path in listed if format_of(path) in formats and path not in inventory.tree
    )


def _sizing(inventory: Inventory) -> Iterator[str]:
    """Say of every set what its verdicts are about, and what more cases would buy."""
    rules = inventory.policy.gate
    wanted = usual_units(rules.max_drop, rules.alpha)
    needs = needed_units(rules, clustered=False)
    if wanted is None or needs is None:
        return
    limit = points(rules.max_drop)
    for evalset in inventory.sets.values():
        trials = evalset.trials or inventory.policy.run.trials
        cases = len(evalset.cases)
        line = f"{evalset.name}: {counted(cases, 'case')} × {counted(trials, 'trial')}"
        if cases >= needs:
            able = "are enough" if cases >= wanted else "may be too few"
            line += f" {able} to prove a limit of {limit} for your traffic"
        else:
            able = "are enough" if cases * trials >= wanted else "are too few"
            line += f" {able} to prove a limit of {limit} about exactly these cases"
        more = f"; about {wanted:,} cases would prove it for the traffic that they stand for"
        yield line if cases >= wanted else line + more


def _next_steps(inventory: Inventory, foreign: list[str]) -> Iterator[str]:
    if foreign:
        named = ", ".join(foreign[:_MOST_NAMED])
        more = f" and {len(foreign) - _MOST_NAMED} more" if len(foreign) > _MOST_NAMED else ""
        yield f"next: evalgate prompts adopt {' '.join(foreign[:_MOST_NAMED])}"
        yield f"      ({named}{more}: prompts of another tool)"
    for prompt in sorted(inventory.prompts):
        if not inventory.covering(prompt):
            folder = inventory.policy.paths.evalsets
            yield f"next: write golden cases for {prompt} in {folder}/{prompt}.yaml"


def _workflow_steps(
    root: Path, workflows: Mapping[str, str], extras: Sequence[str]
) -> Iterator[str]:
    """Say what is left to be done on GitHub, where no file can do it."""
    unnamed = [path for path in workflows if _is_unnamed(root / path, workflows[path])]
    if unnamed:
        yield f"next: name evalgate's repository and a commit in {', '.join(unnamed)}"
    yield "next: evalgate check, then commit, and add the secret ANTHROPIC_API_KEY on GitHub"
    yield "next: require the status `evalgate` in a ruleset for the branch (docs/github.md)"
    for extra in extras:
        yield from (f"next: {step}" for step in _LEFT[extra])


def _is_unnamed(path: Path, text: str) -> bool:
    """Return whether a workflow, as it lies there, says where the Action comes from."""
    here = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else text
    return UNKNOWN_ACTION in here


_ALONE = "(Settings, Environments): the default branch alone, with reviewers if you want any"

_CREATE = "allow Actions to create pull requests (Settings, Actions, General)"

_LEFT: Mapping[str, Sequence[str]] = {
    "record": (
        "where the branch is protected, name one for records in `baseline.branch` of the policy",
    ),
    "forks": (f"make the environment `evalgate-forks` {_ALONE}",),
    "promote": (
        f"make the environment `evalgate-promote` {_ALONE}",
        _CREATE,
    ),
    "rollout": (
        f"make the environment `evalgate-rollout` {_ALONE}",
        _CREATE,
        "upload call log and scores as `evalgate-calls` and `evalgate-scores` (docs/promoting.md)",
    ),
}
"""What each of the workflows asks of the repository's settings."""
