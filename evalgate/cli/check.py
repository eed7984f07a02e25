"""`evalgate check`: looks prompts and eval sets over without calling a model."""

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.text import Text

from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.trial_file import TrialFile
from evalgate.checking.check import check
from evalgate.checking.inventory import Inventory, take_inventory
from evalgate.checking.observation import Observation, Severity
from evalgate.deciding.wording import counted
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.gate.gathering import POLICY_PATH
from evalgate.model.trial import Trial
from evalgate.reporting.visible import safe_line

_MOST_SHOWN = 200

_STYLES: Mapping[Severity, str] = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.HINT: "cyan",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("--ref", metavar="REF", help="a commit (default: the work tree)")
    parser.add_argument(
        "--policy", metavar="PATH", default=POLICY_PATH, help="the policy that names the folders"
    )
    parser.add_argument(
        "--record",
        metavar="FILE",
        type=Path,
        action="append",
        help="trials of a past run; repeatable (default: reports/*/trials.jsonl)",
    )
    parser.add_argument("--strict", action="store_true", help="let warnings fail the check too")
    parser.add_argument("--json", action="store_true", help="print the remarks for machines")


def run(options: Namespace) -> ExitCode:
    """Check the library; an error, or with --strict a warning, ends with exit code 1."""
    repository = GitRepository(Path.cwd())
    commit = repository.resolve(options.ref) if options.ref else None
    inventory = take_inventory(repository, FORMATS, commit=commit, policy_path=options.policy)
    observations = check(inventory, _recorded(options.record, repository.root))
    if options.json:
        print(json.dumps([asdict(each) for each in observations], indent=2, ensure_ascii=False))  # noqa: T201
    else:
        _show(observations, inventory)
    grave = {Severity.ERROR, Severity.WARNING} if options.strict else {Severity.ERROR}
    return ExitCode.FAIL if any(each.severity in grave for each in observations) else ExitCode.OK


def _recorded(named: list[Path] | None, root: Path) -> Iterator[Trial]:
    """Yield the trials of past runs; a named file must be readable, one that was found need not."""
    for file in named or ():
        if not file.is_file():
            raise UsageError(f"there is no file {file}")
        yield from TrialFile(file).read()
    for file in () if named else sorted((root / "reports").glob("*/trials.jsonl")):
        with suppress(EvalgateError):
            yield from TrialFile(file).read()


def _show(observations: list[Observation], inventory: Inventory) -> None:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for each in observations[:_MOST_SHOWN]:
        place = each.path + (f":{each.line}" if each.line else "")
        key = f" {each.key}:" if each.key else ""
        word = Text(f"{each.severity.value:<8}", style=_STYLES[each.severity])
        console.print(word, safe_line(f"{place}:{key} {each.message}"), sep="")
    if len(observations) > _MOST_SHOWN:
        console.print(f"and {len(observations) - _MOST_SHOWN:,} more; --json prints all")
    console.print(_summary(observations, inventory), style="bold")


def _summary(observations: list[Observation], inventory: Inventory) -> str:
    cases = sum(len(evalset.cases) for evalset in inventory.sets.values())
    numbers = {
        "prompt": len(inventory.prompts),
        "version": len(inventory.versions),
        "eval set": len(inventory.sets),
        "case": cases,
    }
    looked = ", ".join(counted(number, noun) for noun, number in numbers.items())
    counts = Counter(each.severity for each in observations)
    found = [counted(counts[each], each.value) for each in Severity if counts[each]]
    return f"{looked}: {', '.join(found) or 'nothing to remark'}"
