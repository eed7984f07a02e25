"""Runs one gate into a run folder and publishes what it decides."""

import asyncio
from contextlib import suppress

from evalgate.cli.complaint import say
from evalgate.cli.publication import Publication, prepare, publish, refusal
from evalgate.cli.session import Terms, how_to_go_on, session
from evalgate.errors import (
    ConfigurationError,
    EvalgateError,
    EvaluationError,
    ExitCode,
    InterruptedRunError,
    UsageError,
)
from evalgate.gate.gate import plan_gate, run_gate
from evalgate.gate.gathering import Question
from evalgate.gate.outside import Outside
from evalgate.model.chat import FailureKind
from evalgate.model.verdict import RunVerdict


def gate(question: Question, world: Outside, *, publication: Publication, terms: Terms) -> ExitCode:
    """Run one gate and publish it; an error that the user can mend is published too."""
    return judge(question, world, publication=publication, terms=terms).exit_code


def judge(
    question: Question, world: Outside, *, publication: Publication, terms: Terms
) -> RunVerdict:
    """Run one gate, publish it as `gate` does, and return what it decided."""
    if terms.begun is None:
        prepare(publication)
    try:
        plan = plan_gate(question, world)
        with session(plan, world, folder=publication.folder, terms=terms) as own:
            verdict = asyncio.run(
                run_gate(own.plan, own.world, log=own.log, on_trial=own.on_trial, mode=own.mode)
            )
    except InterruptedRunError:
        raise
    except EvalgateError as error:
        # A run that cannot be gone on with keeps what it had come to.
        if terms.begun is None or isinstance(error, EvaluationError):
            with suppress(UsageError):  # the folder may be why; the first error is the one to show
                problems = error.problems if isinstance(error, ConfigurationError) else ()
                publish(publication, refusal(question, error), problems=problems)
        raise
    publish(publication, verdict, plan=plan, log=own.log, repository=world.repository)
    if plan.trials and verdict.exit_code is ExitCode.NOT_EVALUATED:
        costs_too_much = FailureKind.COST_LIMIT in {reason.code for reason in verdict.reasons}
        how = how_to_go_on(terms, publication.folder, costs_too_much=costs_too_much)
        say(f"evalgate: {how}")
    return verdict
