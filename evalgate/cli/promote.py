"""`evalgate promote`: gates a version for its next share of the traffic, and moves the pointer."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import write_files
from evalgate.cli.engine import (
    BATCHES,
    add_engine_arguments,
    engine,
    engine_words,
    on_cluster,
)
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.evidence import add_evidence_argument, evidence_words, with_evidence
from evalgate.cli.printing import print_lines
from evalgate.cli.promoting import Prepared, judge_promotion, prepare, today
from evalgate.cli.publication import Publication
from evalgate.cli.question import RUN_FOLDER, new_run_id, run_folder
from evalgate.cli.session import Terms, begun_run
from evalgate.cli.stable_run import refuse_pull_requests
from evalgate.cli.world import outside, simulator_rules, store_path
from evalgate.cli.world_arguments import add_world_arguments, world_words
from evalgate.errors import ExitCode, UsageError
from evalgate.gate.resuming import BegunRun
from evalgate.gate.roots import find_policies
from evalgate.reporting.visible import safe_line
from evalgate.rollout.announcement import SIMULATED, headline
from evalgate.rollout.request import Request, read_request

VERB = "promote"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    parser.add_argument("prompt", metavar="PROMPT", help="the name of the prompt")
    parser.add_argument("version", metavar="VERSION", help="the version, such as v3")
    parser.add_argument(
        "--percent", metavar="N", required=True, help="its share of the traffic; 100: stable"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the history")
    parser.add_argument("--by", metavar="NAME", help="who asks (default: git's user.name)")
    parser.add_argument(
        "--dry-run", action="store_true", help="gate, print the new live.yaml, and write nothing"
    )
    parser.add_argument("--base", metavar="REF", help="the commit to start from (default: HEAD)")
    parser.add_argument(
        "--policy", metavar="PATH", help="the policy that rules (default: that of the prompt)"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help=RUN_FOLDER)
    parser.add_argument(
        "--resume", metavar="DIR", type=Path, help="go on with the run in this folder"
    )
    add_world_arguments(parser)
    add_evidence_argument(parser)
    add_engine_arguments(parser)


def run(options: Namespace) -> ExitCode:
    """Gate the commit that would move the pointer, and on pass move it in the work tree."""
    environment = read_environment(os.environ)
    refuse_pull_requests(environment, verb=VERB)
    repository = GitRepository(Path.cwd())
    rules = simulator_rules(options)
    begun = _begun(options, simulated=bool(rules))
    request = _request(options, repository, begun)
    base = repository.resolve(_base(options, begun))
    policies = [options.policy] if options.policy else None
    prepared = prepare(
        request,
        policies or find_policies(repository, base=base, head=base),
        base=base,
        repository=repository,
    )
    if prepared.is_done:
        print_lines([f"Nothing to do: as it stands, {safe_line(headline(prepared.promotion))}."])
        return ExitCode.OK
    if not options.dry_run:
        _check_work_tree(prepared, repository)
    world = outside(repository, environment, rules)
    world = on_cluster(options, world, environment=environment, rules=rules)
    world = with_evidence(world, options)
    terms = Terms(
        again=_again(options, request),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
        batches=options.engine == BATCHES,
        engine=engine(options, environment, rules),
        begun=begun,
    )
    publication = _publication(options, environment, repository=repository, request=request)
    ruling, verdict = judge_promotion(
        prepared, world, repository=repository, publication=publication, terms=terms
    )
    if not ruling.passes:
        print_lines([f"The live pointer has not moved: {safe_line(ruling.why)}"])
        return ruling.exit_code
    if not options.dry_run:
        _check_work_tree(prepared, repository)
        _write(prepared, repository)
    print_lines(_told(prepared, dry_run=options.dry_run, simulated=verdict.simulated))
    return ExitCode.OK


def _begun(options: Namespace, *, simulated: bool) -> BegunRun | None:
    return begun_run(options, simulated=simulated) if options.resume else None


def _base(options: Namespace, begun: BegunRun | None) -> str:
    return begun.question.base if begun else options.base or "HEAD"


def _request(options: Namespace, repository: GitRepository, begun: BegunRun | None) -> Request:
    return read_request(
        options.prompt,
        options.version,
        percent=options.percent,
        reason=options.reason,
        by=options.by or repository.user(),
        at=begun.question.today if begun else today(),
        verdict=begun.question.run_id if begun else new_run_id(),
    )


def _again(options: Namespace, request: Request) -> tuple[str, ...]:
    words = [VERB, request.prompt, request.version, "--percent", f"{request.percent:g}"]
    for name, text in (("--reason", options.reason), ("--by", options.by)):
        words += [f"{name}={text}"] if text else []
    words += ["--dry-run"] if options.dry_run else []
    return (*words, *world_words(options), *evidence_words(options), *engine_words(options))


def _publication(
    options: Namespace, environment: Environment, *, repository: GitRepository, request: Request
) -> Publication:
    folder = options.resume or run_folder(
        options, environment, repository=repository, run_id=request.verdict
    )
    return Publication(folder=folder, as_json=False, in_workflow=environment.in_workflow)


def _check_work_tree(prepared: Prepared, repository: GitRepository) -> None:
    """Refuse to write over what somebody has changed and not committed."""
    if repository.changed(prepared.base, None, [prepared.path]):
        raise UsageError(
            f"{prepared.path} in the work tree is not that of {prepared.base[:12]}: commit or undo "
            "that change, or name the commit to start from with --base"
        )


def _write(prepared: Prepared, repository: GitRepository) -> None:
    file = repository.root / prepared.path
    write_files(file.parent, {file.name: prepared.text})


def _told(prepared: Prepared, *, dry_run: bool, simulated: bool) -> Iterator[str]:
    yield from map(safe_line, prepared.promotion.warnings)
    if simulated:
        yield SIMULATED
    said = safe_line(headline(prepared.promotion))
    if dry_run:
        yield f"With this {safe_line(prepared.path)}, {said}; nothing was written:"
        yield from map(safe_line, prepared.text.splitlines())
        return
    yield f"{safe_line(prepared.path)} is written: {said}, once it is committed and merged."
