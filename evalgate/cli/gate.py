"""`evalgate gate`: judges the prompts that changed between two git refs."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalgate.adapters.git import GitRepository
from evalgate.adapters.run_folder import make_folder
from evalgate.cli.complaint import complain
from evalgate.cli.engine import (
    BATCHES,
    add_engine_arguments,
    engine,
    engine_words,
    on_cluster,
)
from evalgate.cli.environment import Environment, read_environment
from evalgate.cli.evidence import add_evidence_argument, evidence_words, with_evidence
from evalgate.cli.judging import gate
from evalgate.cli.publication import PURSE, PURSE_FILES, Publication, publish_roots
from evalgate.cli.question import add_question_arguments, policies, read_question, run_folder
from evalgate.cli.replaying import add_replay_argument, hand_in, replay_words
from evalgate.cli.session import Terms, begun_run
from evalgate.cli.world import discard, outside, simulator_rules, store_path
from evalgate.cli.world_arguments import add_world_arguments, world_words
from evalgate.errors import GRAVEST, EvalgateError, ExitCode, InterruptedRunError, UsageError
from evalgate.gate.gathering import Question, gather
from evalgate.gate.outside import Outside
from evalgate.gate.replaying import from_store
from evalgate.gate.resuming import check_decides
from evalgate.gate.roots import check_apart, root_name

VERB = "gate"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of the verb."""
    add_question_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print verdict.json instead of a table")
    parser.add_argument(
        "--resume", metavar="DIR", type=Path, help="go on with the run in this folder"
    )
    add_world_arguments(parser)
    add_evidence_argument(parser)
    add_engine_arguments(parser)
    add_replay_argument(parser)


def run(options: Namespace) -> ExitCode:
    """Gate, write the run folder, and print what was decided; each root of a monorepo in turn."""
    environment = read_environment(os.environ)
    repository = GitRepository(Path.cwd())
    rules = simulator_rules(options)
    world = outside(repository, environment, rules)
    world = on_cluster(options, world, environment=environment, rules=rules)
    world = with_evidence(world, options)
    terms = Terms(
        again=(
            *(VERB, *world_words(options), *evidence_words(options), *engine_words(options)),
            *replay_words(options),
        ),
        store=store_path(options, rules, in_workflow=environment.in_workflow),
        simulated=bool(rules),
        max_cost_usd=options.max_cost,
        batches=options.engine == BATCHES,
        engine=(lambda _: from_store) if options.replay else engine(options, environment, rules),
    )
    if options.resume:
        return _resume(options, world, environment=environment, terms=terms)
    question = read_question(options, environment, repository, looks=options.engine != BATCHES)
    publication = Publication(
        folder=run_folder(options, environment, repository=repository, run_id=question.run_id),
        as_json=options.json,
        in_workflow=environment.in_workflow,
    )
    ruling = policies(options, question, repository)
    questions = [replace(question, policy=policy) for policy in ruling]
    code = gate_each(questions, world, publication=publication, terms=terms)
    if options.replay:
        hand_in(questions, world, folder=publication.folder)
    return code


def gate_each(
    questions: Sequence[Question], world: Outside, *, publication: Publication, terms: Terms
) -> ExitCode:
    """Gate the one root of a repository into the run folder, or each into a folder below it."""
    if len(questions) == 1:
        return gate(questions[0], world, publication=publication, terms=terms)
    return _gate_roots(questions, world, publication=publication, terms=terms)


def _resume(
    options: Namespace, world: Outside, *, environment: Environment, terms: Terms
) -> ExitCode:
    begun = begun_run(options, simulated=terms.simulated)
    check_decides(begun)
    if begun.shard is not None:
        raise UsageError(f"{options.resume} holds a shard: use `evalgate run --resume`")
    publication = Publication(
        folder=options.resume, as_json=options.json, in_workflow=environment.in_workflow
    )
    terms = replace(terms, begun=begun)
    return gate(begun.question, world, publication=publication, terms=terms)


def _gate_roots(
    questions: Sequence[Question], world: Outside, *, publication: Publication, terms: Terms
) -> ExitCode:
    """Gate each root into a folder of its own; a wrong policy of one does not hide the others."""
    check_apart(
        gather(question, world.repository, world.parser).policy
        for question in questions
        if _can_be_gathered(question, world)
    )
    if terms.max_cost_usd is not None:
        # The words that the user typed are one limit, whatever the policies of the roots say.
        make_folder(publication.folder, PURSE_FILES)
        terms = replace(terms, purse=publication.folder)
    codes: dict[str, ExitCode] = {}
    for question in questions:
        root = root_name(question.policy)
        folder = publication.folder / root
        own = replace(publication, folder=folder, root=root, shares=len(questions))
        try:
            code = gate(question, world, publication=own, terms=terms)
        except InterruptedRunError:
            raise
        except EvalgateError as error:
            complain(error)
            code = error.exit_code
        # Two policies of the base may share a name, though the head no longer may.
        codes[root] = min(codes.get(root, code), code, key=GRAVEST.index)
    worst = min(codes, key=lambda root: GRAVEST.index(codes[root]))
    discard(publication.folder / PURSE)
    publish_roots(publication, list(codes), worst=worst)
    return codes[worst]


def _can_be_gathered(question: Question, world: Outside) -> bool:
    try:
        gather(question, world.repository, world.parser)
    except EvalgateError:  # said when the root itself is gated
        return False
    return True
