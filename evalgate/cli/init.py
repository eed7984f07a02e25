"""`evalgate init`: sets a repository up, and changes nothing that is there already."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adopting.reading import Format, format_of
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.cli.starter import (
    SCHEMA_FOLDER,
    action_reference,
    policy_text,
    schema_files,
    starter_files,
    workflow_text,
)
from evalgate.deciding.claim import needed_units
from evalgate.deciding.sizing import Setup, suggested, usual_units
from evalgate.deciding.wording import counted, points
from evalgate.errors import ExitCode, RepositoryError, UsageError
from evalgate.gate.gathering import POLICY_PATH
from evalgate.reporting.visible import safe_line

WORKFLOW_PATH = ".github/workflows/evalgate.yml"
_MOST_NAMED = 5


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
    parser.add_argument("--dry-run", action="store_true", help="say what would be written")


def run(options: Namespace) -> ExitCode:
    """Write what is missing, and say what to do next."""
    repository = GitRepository(Path.cwd())
    inventory = take_inventory(repository, FORMATS, commit=None)
    foreign = _foreign(repository, inventory)
    files = dict(_files(inventory, repository, action=options.action, has_foreign=bool(foreign)))
    changes = list(_apply(repository.root, files, dry_run=options.dry_run))
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for change in changes:
        style = "dim" if change.verb == "kept" else "green"
        console.print(f"{change.verb:<8}{change.path}", style=style)
    after = take_inventory(repository, FORMATS, commit=None)
    for line in (*_sizing(after), *_next_steps(after, files, foreign)):
        console.print(safe_line(line))
    return ExitCode.OK


def _files(
    inventory: Inventory, repository: GitRepository, *, action: str | None, has_foreign: bool
) -> Iterator[tuple[str, str]]:
    """Yield path → content of everything that a repository needs."""
    has_library = bool(inventory.prompts or inventory.sets)
    starter = {} if has_library or has_foreign else starter_files(inventory.policy.paths)
    yield POLICY_PATH, policy_text(_setup(inventory))
    yield WORKFLOW_PATH, workflow_text(_branch(repository), action or action_reference())
    yield from starter.items()
    yield from schema_files().items()


def _setup(inventory: Inventory) -> Setup:
    """Return the limit and the trials that the smallest set there is can prove."""
    sizes = [len(evalset.cases) for evalset in inventory.sets.values() if not evalset.trials]
    return suggested(min(sizes, default=20), inventory.policy.gate.alpha)


def _branch(repository: GitRepository) -> str:
    try:
        return repository.default_branch().rpartition("/")[2]
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


def _next_steps(
    inventory: Inventory, files: Mapping[str, str], foreign: list[str]
) -> Iterator[str]:
    if foreign:
        named = ", ".join(foreign[:_MOST_NAMED])
        more = f" and {len(foreign) - _MOST_NAMED} more" if len(foreign) > _MOST_NAMED else ""
        yield f"next: evalgate prompts adopt {' '.join(foreign[:_MOST_NAMED])}"
        yield f"      ({named}{more}: prompts of another tool)"
    for prompt in sorted(inventory.prompts):
        if not inventory.covering(prompt):
            folder = inventory.policy.paths.evalsets
            yield f"next: write golden cases for {prompt} in {folder}/{prompt}.yaml"
    if "OWNER/" in files[WORKFLOW_PATH]:
        yield f"next: name evalgate's repository and a commit in {WORKFLOW_PATH}"
    yield "next: evalgate check, then commit, and add the secret ANTHROPIC_API_KEY on GitHub"
