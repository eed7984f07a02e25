"""`evalgate gate`: judges the prompts that changed between two git refs."""

import asyncio
import os
import random
import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from evalgate.adapters.clock import SystemClock
from evalgate.adapters.formats import FORMATS
from evalgate.adapters.git import GitRepository
from evalgate.adapters.prices import PriceTable
from evalgate.adapters.python_grader import PythonGraders
from evalgate.adapters.records import RecordFiles
from evalgate.adapters.trial_file import TrialFile
from evalgate.cli import adapters
from evalgate.cli.complaint import complain
from evalgate.cli.connection import connection
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.example import read_rule_files
from evalgate.cli.publication import (
    TRIALS,
    Publication,
    prepare,
    publish,
    publish_roots,
    refusal,
)
from evalgate.errors import EvalgateError, ExitCode, UsageError
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question, gather
from evalgate.gate.outside import Outside
from evalgate.gate.planning import Plan
from evalgate.gate.roots import check_apart, find_policies, root_name
from evalgate.model.ports import TrialLog
from evalgate.model.trial import Trial
from evalgate.model.verdict import RunVerdict
from evalgate.simulator.rules import Rules


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument(
        "--base", metavar="REF", help="what is trusted now (default: the default branch)"
    )
    parser.add_argument(
        "--head", metavar="REF", help="what is to be judged (default: the work tree)"
    )
    parser.add_argument(
        "--policy",
        metavar="PATH",
        help="the policy that rules (default: each `.github/evalgate*.yml` in turn)",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="the run folder (default: reports/<run id>)"
    )
    parser.add_argument("--json", action="store_true", help="print verdict.json instead of a table")
    parser.add_argument(
        "--simulate",
        action="store_true",
        help="let the simulator answer: no key, no cost, and no real answers",
    )
    parser.add_argument(
        "--rules",
        metavar="FILE",
        type=Path,
        action="append",
        help="a rule file for --simulate (default: the rules of the example)",
    )


def run(options: Namespace) -> ExitCode:
    """Gate, write the run folder, and print what was decided; each root of a monorepo in turn."""
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    run_id = new_run_id()
    publication = Publication(
        folder=options.out or _default_folder(environment, repository) / run_id,
        as_json=options.json,
        in_workflow=environment.in_workflow,
    )
    question = Question(
        base=options.base or _default_base(environment, repository),
        head=options.head or ("HEAD" if environment.in_workflow else None),
        run_id=run_id,
    )
    if environment.in_workflow and environment.base_ref and not options.head:
        _check_checkout(question, repository)
    rules = read_rule_files(options.rules) if options.simulate or options.rules else ()
    world = outside(repository, environment, rules)
    policies = [options.policy] if options.policy else _policies(question, repository)
    questions = [replace(question, policy=policy) for policy in policies]
    if len(questions) == 1:
        return gate(questions[0], world, publication=publication)
    return _gate_roots(questions, world, publication=publication)


def outside(repository: GitRepository, environment: Environment, rules: Sequence[Rules]) -> Outside:
    """Return the real outside world; `rules`, when there are any, stand in for Claude."""
    return Outside(
        repository=repository,
        parser=FORMATS,
        open_model=connection(environment, rules),
        origin=lambda route: f"{environment.base_url} {route.provider} {len(rules)}",
        prices=PriceTable(),
        clock=SystemClock(),
        random=random.random,
        draw_boundary=lambda: secrets.token_hex(16),
        open_code=PythonGraders,
        open_records=RecordFiles,
    )


def gate(question: Question, outside: Outside, *, publication: Publication) -> ExitCode:
    """Run one gate and publish it; an error that the user can mend is published too."""
    prepare(publication)
    try:
        plan = plan_gate(question, outside)
        verdict, log = _judge(plan, outside, publication)
    except EvalgateError as error:
        publish(publication, refusal(question, error))
        raise
    publish(publication, verdict, plan=plan, log=log)
    return verdict.exit_code


def _gate_roots(
    questions: Sequence[Question], world: Outside, *, publication: Publication
) -> ExitCode:
    """Gate each root into a folder of its own; a wrong policy of one does not hide the others."""
    check_apart(
        gather(question, world.repository, world.parser).policy
        for question in questions
        if _can_be_gathered(question, world)
    )
    codes: dict[str, ExitCode] = {}
    for question in questions:
        root = root_name(question.policy)
        own = replace(publication, folder=publication.folder / root, root=root)
        try:
            codes[root] = gate(question, world, publication=own)
        except EvalgateError as error:
            complain(error)
            codes[root] = error.exit_code
    worst = min(codes, key=lambda root: _GRAVEST.index(codes[root]))
    publish_roots(publication, list(codes), worst=worst)
    return codes[worst]


_GRAVEST = (
    ExitCode.FAIL,
    ExitCode.NOT_EVALUATED,
    ExitCode.USAGE,
    ExitCode.INCONCLUSIVE,
    ExitCode.OK,
)
"""The exit codes of several roots, the one that counts first."""


def _can_be_gathered(question: Question, world: Outside) -> bool:
    try:
        gather(question, world.repository, world.parser)
    except EvalgateError:  # said when the root itself is gated
        return False
    return True


def _policies(question: Question, repository: GitRepository) -> Sequence[str]:
    head = None if question.head is None else repository.resolve(question.head)
    return find_policies(repository, base=repository.resolve(question.base), head=head)


def new_run_id() -> str:
    """Return an id that sorts by time and repeats in no other run."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _judge(plan: Plan, outside: Outside, publication: Publication) -> tuple[RunVerdict, TrialLog]:
    with (
        TrialFile(publication.folder / TRIALS) as log,
        adapters.progress(plan.trials) if plan.trials else nullcontext() as progress,
    ):
        on_trial = progress.count if progress else _ignore
        verdict = asyncio.run(run_gate(plan, outside, log=log, on_trial=on_trial))
    return verdict, log


def _ignore(trial: Trial) -> None:
    """Show nothing of a trial."""


def _default_base(environment: Environment, repository: GitRepository) -> str:
    if environment.in_workflow and environment.base_ref:
        return repository.branch(environment.base_ref)
    return repository.default_branch()


def _default_folder(environment: Environment, repository: GitRepository) -> Path:
    # In a workflow the checkout is somebody's pull request, which may have prepared a folder.
    if environment.in_workflow and environment.temporary:
        return Path(environment.temporary) / "evalgate"
    return repository.root / "reports"


def _check_checkout(question: Question, repository: GitRepository) -> None:
    """Refuse a pull request that is not checked out: it would always be found unchanged."""
    if repository.resolve("HEAD") == repository.resolve(question.base):
        raise UsageError(
            f"the head is the base itself ({question.base}): check out the pull request, which "
            "`pull_request` does by default and `pull_request_target` does not"
        )
