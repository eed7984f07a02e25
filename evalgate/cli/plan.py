"""`evalgate plan`: says what a gate would run, at what cost and for how long; calls nothing."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import write_files
from evalgate.cli.complaint import complain
from evalgate.cli.environment import read_environment
from evalgate.cli.plan_table import show_plan
from evalgate.cli.printing import as_json, as_one_line, print_json
from evalgate.cli.question import add_question_arguments, policies, read_question
from evalgate.cli.world import outside
from evalgate.errors import EvalgateError, ExitCode
from evalgate.gate.estimate_document import estimate_document
from evalgate.gate.estimating import Known, PlanEstimate, estimate_plan
from evalgate.gate.gate import plan_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan, plan_document
from evalgate.gate.recorded import recorded
from evalgate.gate.roots import check_apart, root_name
from evalgate.model.document import Data
from evalgate.model.report_folder import PLAN


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_question_arguments(parser, out="write plan.json into this folder")
    parser.add_argument("--json", action="store_true", help="print the estimate for machines")


def run(options: Namespace) -> ExitCode:
    """Plan each root, and print what it would take."""
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    world = outside(repository, environment, ())
    question = read_question(options, environment, repository)
    ruling = policies(options, question, repository)
    asked = [replace(question, policy=policy) for policy in ruling]
    if len(asked) > 1:
        return _plan_roots(asked, world, options)
    plan, estimate = _planned(asked[0], world, folder=options.out)
    if options.json:
        print_json(as_json(estimate_document(plan, estimate)))
    else:
        show_plan(plan, estimate, Console(highlight=False, markup=False))
    return ExitCode.OK


def _plan_roots(asked: Sequence[Question], world: Outside, options: Namespace) -> ExitCode:
    """Plan each root into a folder of its own; what is wrong in one does not hide the others."""
    planned: dict[str, tuple[Plan, PlanEstimate]] = {}
    code = ExitCode.OK
    for question in asked:
        root = root_name(question.policy)
        folder = options.out / root if options.out else None
        try:
            planned[root] = _planned(question, world, folder=folder)
        except EvalgateError as error:
            complain(error)
            code = error.exit_code
    check_apart(plan.sources.policy for plan, _ in planned.values())
    if options.json:
        documents: list[Data] = [estimate_document(*each) for each in planned.values()]
        print_json(as_json({"schema": "estimates/1", "estimates": documents}))
        return code
    console = Console(highlight=False, markup=False)
    for root, (plan, estimate) in planned.items():
        console.rule(root)
        show_plan(plan, estimate, console)
    return code


def _planned(
    question: Question, world: Outside, *, folder: Path | None
) -> tuple[Plan, PlanEstimate]:
    plan = plan_gate(question, world)
    if folder is not None:
        write_files(folder, {PLAN: as_one_line(plan_document(plan))})
    return plan, estimate_plan(plan, world.prices, known=Known(is_recorded=recorded(plan, world)))
