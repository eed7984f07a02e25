"""`evalgate demo`: gates a harmless and a damaging change of the example, against the simulator."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.padding import Padding

from evalgate.adapters.git import GitRepository
from evalgate.adapters.git_writing import commit_all, create_repository, switch_branch
from evalgate.cli.environment import Environment
from evalgate.cli.example import example_files, read_rule_files
from evalgate.cli.judging import gate
from evalgate.cli.publication import Publication
from evalgate.cli.question import new_run_id
from evalgate.cli.session import Terms
from evalgate.cli.world import outside
from evalgate.errors import EvaluationError, ExitCode
from evalgate.gate.gathering import POLICY_PATH, Question
from evalgate.model.report_folder import PAGE
from evalgate.simulator.rules import Rules

PROMPT = "prompts/support-reply"
POLICY = "# The gate of the demo; every key has a default.\ngate:\n  max_drop: 5  # points\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """One line of the stable version, changed in a new version beside it."""

    name: str
    title: str
    old: str
    new: str
    expected: ExitCode


EDITS = (
    _Edit(
        name="harmless",
        title="A harmless change: the opening is reworded",
        old="You write the first reply to customers of Quillfern, an online shop for",
        new="Customers of Quillfern write to us; you write our first reply. We are a web shop for",
        expected=ExitCode.OK,
    ),
    _Edit(
        name="damaging",
        title="A damaging change: someone shortens the line about returns",
        old=(
            "- Items can be returned within 30 days of delivery; name this window whenever a "
            "return comes up, and accept no return after it."
        ),
        new="- Items can be returned; be generous about it.",
        expected=ExitCode.FAIL,
    ),
)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="a new folder (default: reports/demo-<run id>)"
    )


def run(options: Namespace) -> ExitCode:
    """Gate both changes and say where the reports are.

    Raises:
        EvaluationError: when a verdict is not the one that the demo is built to show.
    """
    console = Console()
    folder: Path = options.out or Path("reports") / f"demo-{new_run_id()}"
    repository = folder / "repository"
    _make_repository(repository)
    rules = read_rule_files(None)
    codes = {edit.name: _gate_edit(edit, folder, console=console, rules=rules) for edit in EDITS}
    _farewell(folder, console)
    surprises = [edit.name for edit in EDITS if codes[edit.name] is not edit.expected]
    if surprises:
        raise EvaluationError(f"the demo's change was not judged as expected: {surprises}")
    return ExitCode.OK


def _make_repository(folder: Path) -> None:
    create_repository(folder, "main")
    for path, content in {**example_files(), POLICY_PATH: POLICY.encode()}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    commit_all(folder, "Support replies, version 2, with their golden cases")


def _gate_edit(edit: _Edit, folder: Path, *, console: Console, rules: Sequence[Rules]) -> ExitCode:
    repository = folder / "repository"
    switch_branch(repository, edit.name, start="main")
    stable = (repository / PROMPT / "v2.md").read_text(encoding="utf-8")
    if edit.old not in stable:
        raise EvaluationError(f"the example no longer has the line that the demo edits: {edit.old}")
    new_version = repository / PROMPT / "v3.md"
    new_version.write_text(stable.replace(edit.old, edit.new), encoding="utf-8")
    commit_all(repository, edit.title)
    console.rule(edit.title)
    _show_edit(edit, console)
    return gate(
        Question(base="main", head=edit.name, run_id=f"demo-{edit.name}"),
        outside(GitRepository(repository), Environment(), rules),
        publication=Publication(folder=folder / edit.name, as_json=False, in_workflow=False),
        terms=Terms(again=("gate", "--simulate"), simulated=True),
    )


def _show_edit(edit: _Edit, console: Console) -> None:
    lines = (("red", f"- {edit.old}"), ("green", f"+ {edit.new}"))
    for colour, line in lines:
        console.print(Padding(line, (0, 2)), style=colour, markup=False, highlight=False)


def _farewell(folder: Path, console: Console) -> None:
    console.rule("What to look at")
    for edit in EDITS:
        console.print(
            f"  {folder / edit.name / PAGE}", markup=False, highlight=False, soft_wrap=True
        )
    console.print(
        f"\nTo run one case by itself, first go to {folder / 'repository'}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    console.print(
        "The answers were simulated. To gate your own prompts with Claude, set "
        "ANTHROPIC_API_KEY and run `evalgate gate` in your repository.",
        markup=False,
        highlight=False,
    )
